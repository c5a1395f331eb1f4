"""Whether a session may leave the pump as it stands (docs/link.md §9)."""

import pytest
from pump_cases import (
    DAY_AND_NIGHT,
    FULL,
    ML,
    UL,
    accepted,
    new_twin,
    running,
    simple,
    started,
    status,
)

from thecal.pump import Ceiling, Fill, Mode, Program, Reset, Stall, Stop, Twin, Update


def unordered(twin: Twin, *, changed: bool = True) -> bool:
    return twin.controller.stands_unordered(changed=changed)


def reset_pump() -> Twin:
    twin = running()
    twin.inject(Reset(twin.now_s))
    return twin


def test_a_running_pump_may_be_left() -> None:
    assert not unordered(running())


def test_a_new_pump_may_be_left_as_it_was_found_but_not_half_set_up() -> None:
    twin = new_twin()
    assert not unordered(twin, changed=False)
    accepted(twin, Update("fill-only", 0, None, FULL))
    assert unordered(twin)


@pytest.mark.parametrize("changed", [False, True])
def test_a_pump_that_was_reset_may_not_be_left(changed: bool) -> None:
    assert unordered(reset_pump(), changed=changed)


def test_a_stop_is_an_order_after_a_reset_too() -> None:
    twin = reset_pump()
    accepted(twin, Stop("stop"))
    assert not unordered(twin)
    assert [one.name for one in status(twin).alarms] == ["reset"]


def test_a_reset_after_a_stop_ends_the_order() -> None:
    twin = running()
    accepted(twin, Stop("stop"))
    assert not unordered(twin)
    twin.inject(Reset(twin.now_s))
    assert unordered(twin)


def test_a_program_that_stops_is_an_order_and_one_that_runs_ends_it() -> None:
    twin = running()
    accepted(twin, Update("stopped", status(twin).revision, Program(Mode.STOPPED)))
    assert not unordered(twin)
    accepted(twin, Update("runs", status(twin).revision, DAY_AND_NIGHT, FULL))
    assert not unordered(twin)
    assert not twin.controller.state.stop_ordered


def test_a_fill_does_not_end_an_ordered_stop() -> None:
    twin = running()
    accepted(twin, Stop("stop"))
    accepted(twin, Update("fill", status(twin).revision, None, FULL))
    assert not unordered(twin)


def test_an_empty_pump_may_not_be_left_until_it_is_filled_or_stopped() -> None:
    twin = new_twin()
    accepted(twin, Update("small", 0, simple(24 * ML), Fill(10 * UL, 0)))
    twin.advance(3_600)
    assert unordered(twin, changed=False)
    accepted(twin, Update("fill", 1, None, FULL))
    assert not unordered(twin)
    assert status(twin).rate_pl_per_day > 0


def test_a_stalled_rotor_does_not_hold_the_session() -> None:
    """Nobody can start it; its alarm sounds whoever is in session."""
    twin = running()
    twin.inject(Stall(twin.now_s))
    assert not unordered(twin)


def test_a_pump_held_at_its_ceiling_may_not_be_left() -> None:
    twin = started(simple(480 * UL))
    state = twin.controller.state
    accepted(twin, Update("ceiling", 1, None, None, Ceiling(30 * UL, 600 * UL)))
    state.ceiling = Ceiling(1 * UL, 10 * UL)
    twin.controller.clock.refresh()
    twin.controller.clock.settle()
    twin.advance(7_200)
    assert status(twin).running == "held"
    assert unordered(twin, changed=False)
