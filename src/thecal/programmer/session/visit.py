"""A visit: one plan put into one pump in one session, with all that a report tells of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from time import sleep

from thecal.programmer.review.rows import Row
from thecal.programmer.review.side_by_side import differences, side_by_side
from thecal.programmer.session.outcome import Outcome, Result
from thecal.programmer.session.port import LinkLostError, Reading
from thecal.programmer.session.session import Edit, PumpStandsError, Session
from thecal.programmer.session.states import TRANSITIONS, Event, State
from thecal.pump.holding import Holding
from thecal.therapy.findings import Finding, Severity
from thecal.therapy.plan import Plan
from thecal.therapy.rules.pump_at_hand import Found, judge_pump, judge_top_up

CONTACTS_AFTER_UNKNOWN = 3
"""How often a visit makes contact again by itself before it leaves an outcome unknown."""
_PAUSE_S = 1.0


@dataclass
class Visit:
    """One plan, one pump.

    Attributes:
        top_up: only the fill is stated, after a priming.
        sends_ceiling: whether this pump takes Thecal's ceiling.
        keyed_in: a person has programmed the pump already, so it is compared whatever the checks
            say; they still decide whether it is verified.
        reconciled: what became of a command of an earlier session, None if there was none.
        before: the pump as it was found.
        findings: what the pump at hand has to say of the plan.
        rows: the review; empty for a pump of another model.
        result: what came of it; None while nothing was sent or refused.
        compared: where the outcome is ``mismatch``, the fields, wanted and held; where it is
            ``stale``, those that changed meanwhile.
        ended_well: False where the pump stands still without an order or the link broke off;
            None while the session goes on.
        stands: the pump refused the end because it stands still.
        watch: what the way to the pump has to say of a reading, such as of its log.
        pause: waits so many seconds.
    """

    plan: Plan
    session: Session
    top_up: bool = False
    sends_ceiling: bool = True
    keyed_in: bool = False
    reconciled: Result | None = None
    before: Reading | None = None
    findings: tuple[Finding, ...] = ()
    rows: tuple[Row, ...] = ()
    result: Result | None = None
    compared: tuple[Row, ...] = ()
    ended_well: bool | None = None
    stands: bool = False
    watch: Callable[[Reading], tuple[Finding, ...]] = field(default=lambda _: (), repr=False)
    pause: Callable[[float], None] = field(default=sleep, repr=False)

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        """What keeps the plan out of this pump: each ``stop``, each ``confirm`` not signed."""
        return tuple(
            one
            for one in self.findings
            if one.severity is Severity.STOP
            or (one.severity is Severity.CONFIRM and not self.plan.is_signed(one))
        )

    @property
    def ten_fold(self) -> tuple[Row, ...]:
        """The rows that change ten-fold."""
        return tuple(row for row in self.rows if row.ten_fold)

    @property
    def goes_on(self) -> bool:
        """Whether there is something to confirm."""
        return self.result is None

    def found(self, holding: Holding) -> Found:
        """Settings of this pump, worked out."""
        slow = self.plan.case.pump.minimum_rate_mode
        status = self.session.reading.status if self.session.reading else None
        return Found.of(holding, status, slow.value if slow else Fraction(0))

    # From the first contact to the review

    def begin(self) -> None:
        """Reconcile what an earlier session left, read the pump, judge it, and lay out the review.

        Raises:
            LinkLostError: the pump could not be read.
        """
        if self.session.state is State.UNKNOWN:
            self._reconcile()
        elif self.session.state is State.NEW:
            self.session.interrogate()
        if self.result is None:
            self._judge()

    def _reconcile(self) -> None:
        self.reconciled = self._until_known(self.session.reconcile())
        sent = self.reconciled.sent
        if self.reconciled.outcome is Outcome.UNKNOWN:
            self.result = self.reconciled
        elif self.reconciled.outcome is Outcome.VERIFIED and sent is not None:
            update = sent.update
            if Edit(update.program, update.fill, update.ceiling) == self._edit():
                self.result = self.reconciled  # the command under way was this plan's own

    def _edit(self) -> Edit:
        case = self.plan.case
        if self.top_up:
            return Edit(fill=case.fill)
        return Edit(case.program, case.fill, case.ceiling if self.sends_ceiling else None)

    def _judge(self) -> None:
        self.before = self.session.reading
        extra = self.watch(self.before) if self.before else ()
        found = self.found(self.session.holding)
        judge = judge_top_up if self.top_up else judge_pump
        self.findings = (*extra, *judge(self.plan.case, found))
        if found.holding.model != self.plan.case.pump.key:
            self.result = Result(Outcome.REFUSED, reading=self.before, why="another model")
            return
        self.session.edit(self._edit())
        change = self.session.review()
        self.rows = side_by_side(found, self.found(change.new))
        if self.open_findings and not self.keyed_in:
            self.refuse("the checks refuse it")

    def refuse(self, why: str) -> None:
        """Drop the edit: nothing was sent."""
        self.session.abandon()
        self.result = Result(Outcome.REFUSED, reading=self.before, why=why)

    # From the confirmation to the end

    def send(self) -> Result:
        """Send what was reviewed; while its outcome is unknown, make contact again a few times."""
        result = self._until_known(self.session.confirm())
        if result.outcome is Outcome.MISMATCH and result.sent is not None:
            wanted = self.found(result.sent.wanted)
            self.compared = differences(wanted, self.found(self.session.holding))
        if result.outcome is Outcome.STALE:
            self._see_what_changed(self.session.holding)
        if result.outcome is Outcome.VERIFIED and self.open_findings:
            why = "the pump holds exactly the plan, and the checks refuse it for what was there"
            result = replace(result, outcome=Outcome.REFUSED, why=why)
        self.result = result
        return result

    def _until_known(self, result: Result) -> Result:
        for _ in range(CONTACTS_AFTER_UNKNOWN):
            if result.outcome is not Outcome.UNKNOWN:
                break
            self.pause(_PAUSE_S)
            result = self.session.reconcile()
        return result

    def _see_what_changed(self, seen: Holding) -> None:
        try:
            now = self.session.interrogate()
        except LinkLostError:
            return
        self.compared = differences(self.found(seen), self.found(now.holding))

    def end(self) -> None:
        """End the session as well as can be: an unknown outcome leaves it open to the next."""
        if (self.session.state, Event.END) not in TRANSITIONS:
            self.ended_well = False
            return
        try:
            self.ended_well = self.session.end()
        except PumpStandsError:
            self.ended_well, self.stands = False, True
