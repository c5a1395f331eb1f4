"""Rules that need the pump itself: whether the plan was made for what was found in it.

They are judged in a session, once the pump has been read; a prescription may sign them like any
other rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from thecal import formulary
from thecal.pump.controller.alarms import AlarmName
from thecal.pump.holding import Holding
from thecal.pump.language import Mode, Running, Status
from thecal.therapy.case import Case
from thecal.therapy.findings import Basis, By, Finding, Severity
from thecal.therapy.program.doses import Doses
from thecal.therapy.rules.registry import Card, card
from thecal.therapy.solution_labels import label, strengths
from thecal.therapy.thresholds import thresholds
from thecal.units import DOSE_RATE, Provenance, plain_number

_PERCENT = 100
_STANDING = {Running.STOPPED, Running.HELD, Running.EMPTY, Running.ENDED}
_TOO_LONG = {AlarmName.STOPPED_TOO_LONG, AlarmName.RESERVOIR_EMPTY}
_PUMP_SAYS = Basis(By.DEVICE, "the pump, interrogated", Provenance.FOUND)

MODEL = card(
    "session.model",
    "Is this the pump that the plan was made for?",
    severities="stop",
    source="hazard H23: limits come from the pump at hand",
    hazards="H23",
)
SOLUTION = card(
    "session.solution",
    "Does the pump say that it held the solution that the prescription has before?",
    severities="confirm note",
    source="hazards H16 and H17: a bridge is only as right as the solution that it bridges",
    hazards="H16 H17",
)
DOSE = card(
    "session.dose",
    "Did the pump run the dose that the prescription has before?",
    severities="confirm note",
    source="hazard H02: the dose before is what an increase is measured by",
    figures=lambda: (thresholds().rounding.source,),
    hazards="H02",
)
TEN_FOLD = card(
    "session.ten-fold",
    "Does a drug's daily dose change ten-fold against what the pump holds?",
    severities="confirm",
    source="hazard H20: a slip of the decimal mark",
    figures=lambda: (thresholds().ten_fold.source,),
    hazards="H20",
)
AGAIN = card(
    "session.again",
    "Does the pump hold this very program already?",
    severities="confirm note",
    source="hazard H22: priming and bridge are meant to run once",
    hazards="H22",
)
STANDING = card(
    "session.standing",
    "Was the pump running until now?",
    severities="confirm note",
    source="hazards H04 and H08: a pump that stood still gave nothing, and tolerance may be lost",
    hazards="H04 H08",
)
LOG = card(
    "session.log",
    "Does the pump's log go on from where it was last seen?",
    severities="confirm",
    source="docs/link.md §6: a log can only grow",
)
TOP_UP = card(
    "session.top-up",
    "Does the pump hold this plan, its priming over, so that a top-up may be stated?",
    severities="stop",
    source="hazard H04: a volume that is stated without the fluid makes every later count wrong",
    hazards="H04",
)
AT_THE_PUMP: tuple[Card, ...] = (MODEL, SOLUTION, DOSE, TEN_FOLD, AGAIN, STANDING, LOG, TOP_UP)
"""The codes that only a session can judge."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a session found in the pump, worked out.

    Attributes:
        status: None where a person read the settings off a screen.
        strengths: drug to µg/mL by the pump's own labels; None if it cannot be known.
        doses: of the program that it holds; None without a program.
    """

    holding: Holding
    status: Status | None
    strengths: Mapping[str, Fraction] | None
    doses: Doses | None

    @classmethod
    def of(cls, holding: Holding, status: Status | None, minimum_ml_per_day: Fraction) -> Found:
        """Work a reading out; ``minimum_ml_per_day`` is this model's minimum rate."""
        known = strengths(holding.fill.labels) if holding.fill else None
        doses = None
        if holding.program is not None:
            slow = minimum_ml_per_day if holding.program.mode is Mode.MINIMUM_RATE else Fraction(0)
            doses = Doses(holding.program, known or {}, slow)
        return cls(holding, status, known, doses)

    @property
    def mean_ug_per_day(self) -> Mapping[str, Fraction]:
        """Each drug's dose on the week's mean day, empty where it is not known."""
        return self.doses.amounts(self.doses.mean_ml) if self.doses else {}


def judge_pump(case: Case, found: Found) -> tuple[Finding, ...]:
    """What the pump at hand has to say of a plan, the gravest first.

    A pump of another model is judged no further: its settings mean something else.
    """
    wrong = tuple(_model(case, found))
    if wrong:
        return wrong
    checks = (_solution, _dose, _ten_fold, _again, _standing)
    findings = [finding for check in checks for finding in check(case, found)]
    return tuple(sorted(findings, key=lambda one: one.severity is Severity.NOTE))


def judge_top_up(case: Case, found: Found) -> tuple[Finding, ...]:
    """Whether the reservoir may be stated full again after this plan's priming."""
    wrong = tuple(_model(case, found))
    if wrong:
        return wrong
    if not _same_program(case, found) or case.program is None or case.program.priming is None:
        message = "the pump does not hold this plan, or the plan has no priming"
    elif found.status is not None and found.status.running is Running.PRIMING:
        message = f"the priming still runs, for {found.status.seconds_left} s"
    else:
        return ()
    return (_found(TOP_UP, Severity.STOP, message),)


def judge_log(code: str) -> Finding:
    """A log that does not go on; ``code`` says in words how."""
    return _found(LOG, Severity.CONFIRM, f"the pump's log does not go on from before: {code}")


def _found(
    told: Card, severity: Severity, message: str, asked: str = "", limit: str = "", drug: str = ""
) -> Finding:
    return Finding(severity, message, _PUMP_SAYS, asked, limit, drug, told.code)


def _model(case: Case, found: Found) -> Iterator[Finding]:
    wanted, at_hand = case.pump.key, found.holding.model
    if wanted != at_hand:
        message = f"the plan is for {wanted}, the pump is {at_hand} {found.holding.serial}"
        yield _found(MODEL, Severity.STOP, message, wanted, at_hand)


def _solution(case: Case, found: Found) -> Iterator[Finding]:
    planned = tuple(label(part.drug, part.strength) for part in case.old_parts)
    fill = found.holding.fill
    if fill is None or not fill.labels:
        if planned:
            message = "the pump knows of no solution: what the path holds rests on the prescription"
            yield _found(SOLUTION, Severity.NOTE, message)
        return
    held = " + ".join(fill.labels)
    if not planned:
        message = f"the plan is a first fill, and the pump says that it holds {held}"
    elif sorted(planned) != sorted(fill.labels):
        message = f"the plan has {' + '.join(planned)} before, and the pump says {held}"
    else:
        return
    yield _found(SOLUTION, Severity.CONFIRM, message, " + ".join(planned) or "first fill", held)


def _dose(case: Case, found: Found) -> Iterator[Finding]:
    """The dose before, of its first drug, by the week's mean day."""
    if not case.old_parts or _same_program(case, found):
        return
    part = case.old_parts[0]
    planned = case.before_ug_per_day[part.name]
    runs = found.mean_ug_per_day.get(part.name)
    if runs is None:
        message = f"what the pump ran of {part.name} is not known: it rests on the prescription"
        yield _found(DOSE, Severity.NOTE, message, drug=part.name)
        return
    most = thresholds().rounding.value / _PERCENT * max(planned, runs)
    if abs(runs - planned) > most:
        asked, held = part.drug.show(planned, DOSE_RATE), part.drug.show(runs, DOSE_RATE)
        message = f"the plan has {asked} of {part.name} before, and the pump's program gives {held}"
        yield _found(DOSE, Severity.CONFIRM, message, asked, held, part.name)


def _ten_fold(case: Case, found: Found) -> Iterator[Finding]:
    limit = thresholds().ten_fold
    for name, new in case.mean_ug_per_day.items():
        old = found.mean_ug_per_day.get(name, Fraction(0))
        ratio = max(new / old, old / new) if old and new else Fraction(1)
        if ratio * _PERCENT >= limit.value:
            shown = formulary.drug(name).show
            message = (
                f"{name}: from {shown(old, DOSE_RATE)} in the pump to {shown(new, DOSE_RATE)}, "
                f"a {plain_number(ratio, 3)}-fold change: is the decimal mark right?"
            )
            finding = _found(
                TEN_FOLD, Severity.CONFIRM, message, shown(new, DOSE_RATE), "less", name
            )
            yield replace(finding, basis=Basis.of_figure(limit, By.PRACTICE))


def _same_program(case: Case, found: Found) -> bool:
    held = found.holding.program
    return held is not None and case.program is not None and held == case.program


def _again(case: Case, found: Found) -> Iterator[Finding]:
    if not _same_program(case, found) or case.program is None:
        return
    starts = case.program.priming is not None or case.program.bridge is not None
    if starts:
        message = "the pump holds this very program: its priming or bridge would run once more"
        yield _found(AGAIN, Severity.CONFIRM, message)
    else:
        message = "the pump holds this very program: sending it states the fill anew"
        yield _found(AGAIN, Severity.NOTE, message)


def _standing(case: Case, found: Found) -> Iterator[Finding]:
    status = found.status
    if status is None or status.running not in _STANDING or status.fill is None:
        return
    alarms = {alarm.name for alarm in status.alarms}
    long = bool(alarms & _TOO_LONG) and bool(case.old_parts)
    sounding = f" ({', '.join(sorted(alarms))})" if alarms else ""
    message = f"the pump stands still: {status.running}{sounding}; nothing is delivered"
    if long:
        message = f"{message}, and tolerance to the dose before may be lost"
    yield _found(STANDING, Severity.CONFIRM if long else Severity.NOTE, message)
