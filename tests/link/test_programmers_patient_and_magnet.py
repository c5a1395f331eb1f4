"""Two programmers, a patient and a magnet at one pump, in any order, the link breaking at will."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from broken_wires import LATER_S, Bed, Break, Kind
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from pump_cases import DOSE, FULL, HOUR, simple

from thecal.bench.happenings import Struck
from thecal.link.roles import Role
from thecal.programmer.notebook import Notebook, Page
from thecal.programmer.patient import DoseOutcome, press
from thecal.programmer.session.link_port import LinkPort
from thecal.programmer.session.outcome import Outcome
from thecal.programmer.session.port import LinkLostError
from thecal.programmer.session.session import Edit, Session
from thecal.programmer.session.states import State
from thecal.pump import MagnetEnter, MagnetLeave, Running

EDITS = [
    Edit(simple(rate, patient_dose=DOSE), FULL) for rate in (150_000_000, 165_000_000, 180_000_000)
]
BREAKS = st.none() | st.tuples(st.sampled_from(Kind), st.integers(0, 8), st.integers(0, 30))
WHO = st.sampled_from(["first", "second"])


@dataclass
class Programmer:
    """One clinic's programmer, with its own key and notebook."""

    notebook: Notebook
    page: Page
    session: Session
    port: LinkPort
    seen: int = -1
    edit: Edit = field(default_factory=Edit)


class AtOnePump(RuleBasedStateMachine):
    """What each says must be true of the pump when it is said."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.bed = Bed(self.folder)
        self.bed.pump.twin.fill(FULL.volume_pl)
        self.programmers = {name: self.programmer(name) for name in ("first", "second")}
        self.patient_home = Notebook(self.folder / "patient")
        self.patient = self.bed.pair(self.patient_home, Role.PATIENT)
        self.granted: list[int] = []
        self.sent: list[str] = []
        first = self.programmers["first"]
        first.session.interrogate()
        first.session.edit(EDITS[0])
        first.session.review()
        assert first.session.confirm().outcome is Outcome.VERIFIED

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def programmer(self, name: str) -> Programmer:
        notebook = Notebook(self.folder / name)
        page = self.bed.pair(notebook, Role.CLINICIAN)
        return Programmer(notebook, page, *self.bed.session(notebook, page))

    def breaking(self, broken: tuple[Kind, int, int] | None) -> None:
        """The next frames break so, or not."""
        self.bed.broken = None
        if broken is not None:
            kind, after, byte = broken
            byte = byte if kind in {Kind.CUT, Kind.DELAYED} else 0
            self.bed.broken = Break(kind, len(self.bed.frames) + after, byte)

    # The programmers

    def anew(self, who: str, later_s: int = 0) -> Programmer:
        """Open a new session, from what is on this programmer's disk."""
        one = self.programmers[who]
        one.port.close()
        one.session, one.port = self.bed.session(one.notebook, one.page, later_s)
        return one

    @rule(who=WHO)
    def looks(self, who: str) -> None:
        one = self.anew(who)
        if one.session.state is State.NEW:
            one.session.interrogate()
            assert one.session.holding == self.bed.holds()
            one.seen = one.session.holding.revision

    @rule(who=WHO, edit=st.sampled_from(EDITS), broken=BREAKS)
    def sends(self, who: str, edit: Edit, broken: tuple[Kind, int, int] | None) -> None:
        one = self.programmers[who]
        if one.session.state not in {State.INTERROGATED, State.VERIFIED, State.NOT_DONE}:
            return
        one.session.edit(edit)
        one.session.review()
        stale = one.session.holding.revision != self.bed.holds().revision
        self.breaking(broken)
        result = one.session.confirm()
        self.breaking(None)
        assert result.sent is not None
        command = result.sent.update.command_id
        self.sent.append(command)
        if result.outcome is Outcome.VERIFIED:
            assert not stale
            assert self.bed.holds().same_settings(result.sent.wanted)
        elif result.outcome is not Outcome.UNKNOWN:
            assert self.bed.acted(command) == 0
            assert result.outcome is not Outcome.STALE or stale
        one.edit = edit

    @precondition(lambda self: any(one.session.pending for one in self.programmers.values()))
    @rule(who=WHO, later_s=st.sampled_from([0, LATER_S]), broken=BREAKS)
    def finds_out(self, who: str, later_s: int, broken: tuple[Kind, int, int] | None) -> None:
        one = self.anew(who, later_s)
        if one.session.state is not State.UNKNOWN:
            return
        self.breaking(broken)
        result = one.session.reconcile()
        self.breaking(None)
        assert result.sent is not None
        acted = self.bed.acted(result.sent.update.command_id)
        if result.outcome is Outcome.VERIFIED:
            assert self.bed.holds().same_settings(result.sent.wanted)
        elif result.outcome is Outcome.NOT_DONE:
            assert acted == 0
            assert self.bed.holds().same_settings(result.sent.before)
        elif result.outcome is Outcome.MISMATCH:  # the other one was there meanwhile
            assert not self.bed.holds().same_settings(result.sent.wanted)

    @rule(who=WHO)
    def leaves(self, who: str) -> None:
        one = self.programmers[who]
        if one.session.state in {State.INTERROGATED, State.VERIFIED, State.NOT_DONE}:
            one.session.end()

    # Patient, magnet, time

    @rule(broken=BREAKS)
    def patient_asks(self, broken: tuple[Kind, int, int] | None) -> None:
        page = Page.read(self.patient.path)
        port = self.bed.port(self.patient_home, page, Role.PATIENT)
        before = self.bed.status().doses_granted
        self.breaking(broken)
        try:
            answer = press(port, page, utc_s=lambda: self.bed.utc_s, pause=lambda _: None)
            said = answer.outcome
        except LinkLostError:
            said = DoseOutcome.NOT_DONE
        self.breaking(None)
        port.close()
        gave = self.bed.status().doses_granted - before
        assert gave in {0, 1}
        if said is not DoseOutcome.UNKNOWN:
            assert gave == (said is DoseOutcome.GRANTED), said
        if gave:
            self.granted.append(self.bed.pump.now_s)

    @rule()
    def a_magnet_comes_or_goes(self) -> None:
        twin = self.bed.pump.twin
        fault = (MagnetLeave if twin.world.magnet else MagnetEnter)(twin.now_s)
        self.bed.pump.happen(Struck(fault))

    @rule(seconds=st.sampled_from([1, 90, HOUR, 5 * HOUR]))
    def time_passes(self, seconds: int) -> None:
        self.bed.pass_time(seconds)

    @rule()
    def what_was_held_up_arrives(self) -> None:
        before = self.bed.status().doses_granted
        self.bed.bring_late()
        if self.bed.status().doses_granted > before:
            self.granted.append(self.bed.pump.now_s)

    # What is always true

    @invariant()
    def no_command_acts_twice(self) -> None:
        assert all(self.bed.acted(command) <= 1 for command in self.sent)

    @invariant()
    def the_pump_runs(self) -> None:
        assert self.bed.status().running in {Running.BASE, Running.PATIENT_DOSE}

    @invariant()
    def doses_keep_the_lockout(self) -> None:
        gaps = [b - a for a, b in zip(self.granted, self.granted[1:], strict=False)]
        assert all(gap >= DOSE.lockout_s for gap in gaps)


TestAtOnePump = AtOnePump.TestCase
TestAtOnePump.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
