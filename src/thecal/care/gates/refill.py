"""Requirements of a fill and of closing a refill: what was drawn out, what goes in, the watch."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from thecal.care.facts import (
    Answer,
    Aspirated,
    DifferenceInvestigated,
    Discharged,
    Event,
    Filled,
    History,
    Implanted,
    LabelRead,
    RefillBegun,
    Rinsed,
    WatchEnded,
)
from thecal.care.gates.judging import Reply, View, requirement
from thecal.care.gates.moment import PUMP_FACTS, pump_fact, pump_model
from thecal.care.result import Source
from thecal.care.settings import figures
from thecal.therapy.findings import Finding, Severity
from thecal.therapy.refill.residual import ResidualCheck, judge_residual

VISIT_FACTS: tuple[type[Event], ...] = (RefillBegun, Filled, Discharged, *PUMP_FACTS)


@dataclass(frozen=True, slots=True)
class Visit:
    """The refill visit that began last.

    Attributes:
        first: whether it is the first fill of a pump that was just placed.
        facts: since it began.
        filled: its fill, None if not given yet.
    """

    first: bool
    facts: History
    filled: Filled | None


def visit_of(facts: History) -> Visit | None:
    """The visit that began last, None if none began.

    Placing a pump begins its first fill, which ends with the stay: a pump whose patient went home
    is taken to have been filled, whether that was recorded or not.
    """
    home = facts.last(Discharged)
    begins = [
        one
        for one in facts.events
        if isinstance(one, RefillBegun)
        or (isinstance(one, Implanted) and (home is None or home.at < one.at))
    ]
    if not begins:
        return None
    own = facts.since(begins[-1].at)
    fills = own.all(Filled)
    return Visit(isinstance(begins[-1], Implanted), own, fills[0] if fills else None)


@requirement("refill.under-way", *VISIT_FACTS)
def under_way(view: View) -> Reply:
    """One fill for each visit."""
    visit = visit_of(view.facts)
    if visit is None:
        return Reply.of(False, "no refill visit has begun")
    if visit.filled is not None:
        return Reply.of(False, "this visit's fill was given; another needs a visit of its own")
    return Reply.of(True, "a visit is under way")


@requirement("refill.aspirated", Aspirated, *VISIT_FACTS)
def aspirated(view: View) -> Reply:
    """A pump that was never filled has nothing to draw out."""
    visit = visit_of(view.facts)
    drawn = _drawn(visit) if visit else None
    if drawn is None:
        return _without_aspirate(visit)
    return Reply.of(True, f"{float(drawn.volume_ml):g} mL came out")


def _without_aspirate(visit: Visit | None) -> Reply:
    """Only a pump that was never filled may do without."""
    if visit is None:
        return Reply.of(False, "no refill visit has begun")
    if visit.first:
        return Reply.of(True, "a new pump, never filled")
    return Reply.of(False, "no aspirated volume is recorded for this visit")


def _drawn(visit: Visit) -> Aspirated | None:
    """What came out before the fill."""
    before = [
        one
        for one in visit.facts.all(Aspirated)
        if visit.filled is None or one.at <= visit.filled.at
    ]
    return before[-1] if before else None


@requirement("refill.expected", Aspirated, *VISIT_FACTS)
def expected_known(view: View) -> Reply:
    """Expected and delivered volume, as the pump has them."""
    visit = visit_of(view.facts)
    drawn = _drawn(visit) if visit else None
    if drawn is None:
        return _without_aspirate(visit)
    known = _check_of(drawn) is not None
    return Reply.of(known or None, "read off the pump" if known else "not recorded")


def _check_of(drawn: Aspirated) -> ResidualCheck | None:
    if drawn.expected_ml is None or drawn.delivered_ml is None:
        return None
    return ResidualCheck(drawn.delivered_ml, drawn.expected_ml, drawn.volume_ml)


def residual_findings(facts: History) -> tuple[Finding, ...] | None:
    """What the last aspirate, and the one before, tell of the pump; None where it is unknown."""
    held, pump = pump_fact(facts), pump_model(facts)
    checks = [_check_of(one) for one in facts.all(Aspirated) if held and one.at >= held.at]
    running = tuple(one for one in checks[-2:] if one is not None)
    if pump is None or not checks or checks[-1] is None:
        return None
    return judge_residual(running, pump)


@requirement("refill.explained", Aspirated, DifferenceInvestigated, *VISIT_FACTS)
def explained(view: View) -> Reply:
    """By the pump's accuracy, the fixed difference, and two refills running."""
    visit = visit_of(view.facts)
    drawn = _drawn(visit) if visit else None
    if visit is None or drawn is None:
        return _without_aspirate(visit)
    looked = [one for one in visit.facts.all(DifferenceInvestigated) if one.at >= drawn.at]
    if looked:
        return Reply.of(looked[-1].may_fill, f"looked into: {looked[-1].finding}")
    findings = residual_findings(view.facts)
    if findings is None:
        return Reply.of(None, "the expected volume or the pump's model is not known")
    grave = [one for one in findings if one.severity is not Severity.NOTE]
    sources = tuple(_source(one) for one in grave)
    if grave:
        return Reply(Answer.NO, "; ".join(one.message for one in grave), sources)
    return Reply.of(True, _agreement(findings))


def _source(finding: Finding) -> Source:
    basis = finding.basis
    return Source("practice.refill", basis.source, basis.provenance, finding.limit)


def _agreement(findings: tuple[Finding, ...]) -> str:
    blanks = [one.message for one in findings if one.limit == "no published figure"]
    return "; ".join(("aspirated and expected agree", *blanks))


@requirement("refill.label", LabelRead, *VISIT_FACTS)
def label_agrees(view: View) -> Reply:
    """The same drugs at the same concentrations, entered twice."""
    visit = visit_of(view.facts)
    read = visit.facts.last(LabelRead) if visit else None
    if read is None:
        return Reply.of(False, "no pharmacy label is recorded for this visit")
    same = bool(read.label) and _mixture(read.label) == _mixture(read.ordered)
    return Reply.of(same, "they agree" if same else "the label is not what was prescribed")


def _mixture(parts: tuple[object, ...]) -> frozenset[object]:
    return frozenset(parts)


@requirement("refill.rinsed", Rinsed, LabelRead, *VISIT_FACTS)
def rinsed(view: View) -> Reply:
    """Before the first fill with a drug whose label asks for it."""
    visit = visit_of(view.facts)
    read = visit.facts.last(LabelRead) if visit else None
    if visit is None or read is None:
        return Reply.of(None, "which drugs go in is not recorded")
    for name in new_drugs(view.facts, visit, read):
        if f"rinses-{name}" in figures():
            return _rinses(view, visit, name)
    return Reply.of(True, "no drug that is new to this pump asks for it")


def new_drugs(facts: History, visit: Visit, read: LabelRead) -> tuple[str, ...]:
    """The drugs of a label that this pump has not held before this visit's fill."""
    held = pump_fact(facts)
    earlier = {
        part.drug
        for one in facts.all(Filled)
        if one is not visit.filled and (held is None or one.at >= held.at)
        for part in one.drugs
    }
    return tuple(part.drug for part in read.ordered if part.drug not in earlier)


def _rinses(view: View, visit: Visit, name: str) -> Reply:
    times = view.figure(f"rinses-{name}")
    volume = view.figure(f"rinse-volume-{name}")
    done = sum(
        (one.times for one in visit.facts.all(Rinsed) if one.volume_ml >= volume.known), start=0
    )
    reason = f"first fill with {name}: {times} rinses of {volume}; {done} recorded"
    return Reply.of(Fraction(done) >= times.known, reason, times, volume)


@requirement("refill.filled", *VISIT_FACTS)
def filled(view: View) -> Reply:
    """This visit's."""
    visit = visit_of(view.facts)
    given = visit is not None and visit.filled is not None
    return Reply.of(given, "filled" if given else "not filled at this visit")


def _watch(view: View) -> tuple[Filled, WatchEnded] | None:
    visit = visit_of(view.facts)
    fill = visit.filled if visit else None
    watches = [one for one in view.facts.all(WatchEnded) if fill and one.at >= fill.at]
    return (fill, watches[-1]) if fill and watches else None


@requirement("refill.watched", WatchEnded, *VISIT_FACTS)
def watched(view: View) -> Reply:
    """For the clinic's own time, if it has set one; nobody published how long."""
    figure = view.figure("watch-after-refill")
    pair = _watch(view)
    if pair is None:
        return Reply.of(False, "no watch after the fill is recorded", figure)
    if figure.value is None:
        return Reply.of(True, "watched; for how long it must be: no published figure", figure)
    fill, watch = pair
    enough = watch.at - fill.at >= figure.delta
    return Reply.of(enough, f"watched {'for' if enough else 'for less than'} {figure}", figure)


@requirement("refill.no-signs", WatchEnded, *VISIT_FACTS)
def no_signs(view: View) -> Reply:
    """What the watch found; the latest examination decides."""
    pair = _watch(view)
    if pair is None:
        return Reply.of(None, "no watch after the fill is recorded")
    signs = pair[1].overdose_signs
    if signs is Answer.UNKNOWN:
        return Reply.of(None, "whether there were signs was not recorded")
    there = signs is Answer.YES
    return Reply.of(not there, "signs of an overdose" if there else "no sign of an overdose")
