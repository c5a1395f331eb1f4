from itertools import product

import pytest
from pump_cases import HOUR, ML, UL, simple

from thecal.pump import TRANSITIONS, Bolus, Bridge, Event, Mode, Phase, Program
from thecal.pump.controller.phases import FLOWING, following

FULL_PROGRAM = simple(240 * UL, priming=Bolus(UL, 60), bridge=Bridge(ML, HOUR))
BASE_ONLY = simple(240 * UL)
STOPPED = Program(Mode.STOPPED)
PROGRAMS = [None, STOPPED, BASE_ONLY, FULL_PROGRAM]


def test_the_table_answers_every_phase_and_event() -> None:
    assert set(TRANSITIONS) == set(product(Phase, Event))


@pytest.mark.parametrize(("phase", "event"), list(product(Phase, Event)))
@pytest.mark.parametrize("program", PROGRAMS)
def test_every_cell_leads_to_a_phase(phase: Phase, event: Event, program: Program | None) -> None:
    assert following(phase, event, program) in Phase


@pytest.mark.parametrize(("event", "program"), list(product(Event, PROGRAMS)))
def test_the_end_of_service_is_for_good(event: Event, program: Program | None) -> None:
    assert following(Phase.ENDED, event, program) is Phase.ENDED


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.ENDED])
def test_reset_and_stop_stop_everything(phase: Phase) -> None:
    for program in PROGRAMS:
        assert following(phase, Event.RESET, program) is Phase.STOPPED
        assert following(phase, Event.STOP, program) is Phase.STOPPED
        assert following(phase, Event.END, program) is Phase.ENDED


@pytest.mark.parametrize(("phase", "event"), list(product(Phase, Event)))
def test_without_a_program_nothing_begins(phase: Phase, event: Event) -> None:
    after = following(phase, event, None)
    if phase not in FLOWING and phase is not Phase.EMPTY:
        assert after not in FLOWING


@pytest.mark.parametrize("phase", [Phase.STOPPED, Phase.HELD])
def test_only_a_commit_starts_a_stopped_or_held_pump(phase: Phase) -> None:
    starts = [event for event in Event if following(phase, event, FULL_PROGRAM) in FLOWING]
    assert starts == [Event.COMMIT]


def test_a_commit_runs_priming_bridge_base_in_order() -> None:
    phase = following(Phase.BASE, Event.COMMIT, FULL_PROGRAM)
    seen = [phase]
    for _ in range(2):
        phase = following(phase, Event.OVER, FULL_PROGRAM)
        seen.append(phase)
    assert seen == [Phase.PRIMING, Phase.BRIDGE, Phase.BASE]
    assert following(Phase.STOPPED, Event.COMMIT, BASE_ONLY) is Phase.BASE
    assert following(Phase.BASE, Event.COMMIT, STOPPED) is Phase.STOPPED
