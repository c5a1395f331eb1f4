"""Two programmers, a patient and a magnet at one running pump, which is cut off and killed too."""

from __future__ import annotations

import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from pump_cases import FULL, simple
from running_pumps import UL, Party, Process, ask, new_id, paired, start, status

from thecal.bench.pump import BenchPump
from thecal.link.errors import LinkError
from thecal.link.roles import Role
from thecal.link.transports.channel import Channel
from thecal.pump import (
    Accepted,
    Bolus,
    GiveBolus,
    PatientDose,
    RefusalCode,
    Refused,
    RequestPatientDose,
    Stop,
    Update,
)

SPEED = "1200"
DOSE = PatientDose(5 * UL, 300, 1_800, 6)
WHO = ("one", "two", "patient")
CLINICIANS = st.sampled_from(WHO[:2])


class OnePump(RuleBasedStateMachine):
    """What everybody may believe of the pump, beside the pump."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.pump: Process = start(
            Path(self.folder.name), "--model", "synchromed-ii-20", "--speed", SPEED
        )
        self.pump.do("fill", "20 mL")
        self.parties: dict[str, Party] = {
            who: paired(self.pump, Role.PATIENT if who == "patient" else Role.CLINICIAN, who)
            for who in WHO
        }
        self.channels: dict[str, Channel] = {}
        self.seen = dict.fromkeys(WHO, 0)
        self.last: dict[str, tuple[Any, Any]] = {}
        self.program: str | None = None
        self.revision = self.granted = self.log_length = 0
        self.magnet = False

    def channel(self, who: str) -> Channel:
        if who not in self.channels:
            self.pump.do("touch")
            self.channels[who] = self.parties[who].open(self.pump.address)
        return self.channels[who]

    def ask(self, who: str, request: Any) -> Any:
        answer = ask(self.channel(who), request)
        self.last[who] = (request, answer)
        return answer

    def forget_channels(self) -> None:
        for channel in self.channels.values():
            with suppress(LinkError, OSError):
                channel.close()
        self.channels.clear()

    @rule(who=CLINICIANS)
    def looks(self, who: str) -> None:
        self.seen[who] = status(self.channel(who)).revision
        assert self.seen[who] == self.revision

    @rule(who=CLINICIANS, rate=st.integers(100, 400))
    def updates(self, who: str, rate: int) -> None:
        program = simple(rate * UL, patient_dose=DOSE)
        answer = self.ask(who, Update(new_id(), self.seen[who], program, FULL))
        if self.seen[who] == self.revision:
            assert isinstance(answer, Accepted), answer
            self.revision, self.program = answer.revision, program.digest
        else:
            assert answer.code is RefusalCode.STALE_EDIT

    @rule(who=CLINICIANS)
    def gives_a_bolus(self, who: str) -> None:
        answer = self.ask(who, GiveBolus(new_id(), Bolus(UL, 120)))
        assert isinstance(answer, (Accepted, Refused))

    @rule(who=CLINICIANS)
    def stops(self, who: str) -> None:
        answer = self.ask(who, Stop(new_id()))
        assert isinstance(answer, Accepted)
        self.revision = answer.revision

    @rule()
    def asks_for_a_dose(self) -> None:
        answer = self.ask("patient", RequestPatientDose(new_id()))
        assert not (self.magnet and isinstance(answer, Accepted))
        self.granted += isinstance(answer, Accepted)

    @rule()
    def reaches_for_more_than_a_dose(self) -> None:
        answer = self.ask("patient", Update(new_id(), self.revision, simple(UL * 1_000)))
        assert answer.code is RefusalCode.ROLE
        del self.last["patient"]

    @rule(who=st.sampled_from(WHO), other=st.booleans())
    @precondition(lambda self: self.last)
    def says_it_again(self, who: str, other: bool) -> None:
        if who not in self.last:
            return
        request, first = self.last[who]
        if other and isinstance(request, GiveBolus):
            again = ask(self.channel(who), replace(request, bolus=Bolus(2 * UL, 120)))
            assert again == Refused(request.command_id, RefusalCode.ID_REUSED)
        assert ask(self.channel(who), request) == first

    @rule()
    def magnet_comes_or_goes(self) -> None:
        self.magnet = not self.magnet
        self.pump.do("fault", "magnet" if self.magnet else "magnet-over")

    @rule(count=st.sampled_from([0, 30, 700]))
    def link_drops(self, count: int) -> None:
        self.pump.do("drop", str(count))
        if count:
            with suppress(LinkError):
                for who in WHO[:2]:
                    for _ in range(4):
                        status(self.channel(who))
        self.pump.do("drop", "0")
        self.forget_channels()

    @rule()
    def process_is_killed(self) -> None:
        self.pump.kill()
        self.forget_channels()
        self.pump = start(self.pump.folder, "--speed", SPEED)

    @rule()
    def time_passes(self) -> None:
        time.sleep(0.05)

    @invariant()
    def pump_holds_what_was_accepted_last(self) -> None:
        seen = self.pump.view()
        believed, true = seen["believed"], seen["true"]
        assert (believed["program_digest"], believed["revision"]) == (self.program, self.revision)
        assert believed["doses_granted"] == self.granted
        assert believed["log_length"] >= self.log_length
        assert true["turning"] != self.magnet
        left = ("to_tip_pl", "leaked_pl", "discharged_pl", "aspirated_pl", "remaining_pl")
        assert true["filled_pl"] == sum(true[name] for name in left)
        self.log_length = believed["log_length"]

    def teardown(self) -> None:
        self.forget_channels()
        self.pump.kill()
        pump = BenchPump.open(self.pump.folder)
        log = pump.twin.controller.log
        pump.close()
        log.verify()
        commands = [entry for entry in log.entries if "id" in entry.facts]
        acted = [entry for entry in commands if "refused" not in entry.facts]
        starts = [entry.t_s for entry in acted if entry.what == "patient-dose"]
        assert len(starts) == self.granted
        assert all(later - earlier >= DOSE.lockout_s for earlier, later in pairwise(starts))
        ids = [entry.facts["id"] for entry in acted]
        assert len(ids) == len(set(ids)), "a command acted twice"
        self.folder.cleanup()


OnePump.TestCase.settings = settings(
    max_examples=8,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestOnePump = OnePump.TestCase
