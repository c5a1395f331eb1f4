"""Histories to judge: a patient who may go all the way, and the ways to part from that path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from thecal.care import PUBLISHED, Gate, History, Indication, Pathway, Patient, Settings, follow
from thecal.care import judge_gate as judge
from thecal.care.facts import (
    Answer,
    AntibioticGiven,
    AnticoagulantsReviewed,
    Aspirated,
    Assessment,
    BolusGiven,
    CandidacyAnswered,
    Closure,
    ClosuresRemoved,
    Consented,
    Criterion,
    Discharged,
    Event,
    Filled,
    FunctionAnswered,
    Implanted,
    InfusionStarted,
    Ingredient,
    Interrogated,
    LabelRead,
    Measured,
    Method,
    MriPlanned,
    MriScanned,
    Prepared,
    Procedure,
    PsychologicalAssessment,
    Referred,
    RefillBegun,
    Risk,
    Scheduled,
    TakenOver,
    TrialCatheterRemoved,
    TrialStarted,
    WatchEnded,
    WoundChecked,
)

LONDON = ZoneInfo("Europe/London")
TRIAL = datetime(2026, 2, 2, 9, tzinfo=UTC)
"""When the trial starts."""
PLACED = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""When the permanent pump is placed."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RISKS = frozenset(Risk)
MORPHINE = (Ingredient(drug="morphine", concentration_ug_per_ml=Fraction(10_000)),)
BACLOFEN = (Ingredient(drug="baclofen", concentration_ug_per_ml=Fraction(2_000)),)
ZICONOTIDE = (Ingredient(drug="ziconotide", concentration_ug_per_ml=Fraction(25)),)

PAIN = Patient(indication=Indication.PAIN)
SPASM = Patient(indication=Indication.SPASTICITY)


def history(*events: Event, patient: Patient = PAIN, zone: ZoneInfo = LONDON) -> History:
    return History(patient=patient, zone=zone, events=events)


def gate(
    code: str,
    events: Sequence[Event],
    now: datetime,
    patient: Patient = PAIN,
    settings: Settings = PUBLISHED,
) -> Gate:
    return judge(code, history(*events, patient=patient), now, settings)


def path(
    events: Sequence[Event],
    now: datetime,
    patient: Patient = PAIN,
    settings: Settings = PUBLISHED,
    zone: ZoneInfo = LONDON,
) -> Pathway:
    return follow(history(*events, patient=patient, zone=zone), now, settings)


def lacking(judged: Gate) -> set[str]:
    return {one.code for one in judged.missing}


def selection() -> list[Event]:
    """Referred, every indication answered yes, cleared by a neuropsychologist."""
    start = TRIAL - 30 * DAY
    return [
        Referred(at=start),
        *(CandidacyAnswered(at=start + DAY, criterion=one, answer=Answer.YES) for one in Criterion),
        PsychologicalAssessment(
            at=start + 2 * DAY, by_neuropsychologist=True, outcome=Assessment.CLEARED
        ),
    ]


def before_trial(method: Method = Method.CATHETER) -> list[Event]:
    return [
        *selection(),
        Scheduled(at=TRIAL - 20 * DAY, procedure=Procedure.TRIAL, planned=TRIAL, method=method),
        Consented(at=TRIAL - 19 * DAY, procedure=Procedure.TRIAL, risks=RISKS),
        AnticoagulantsReviewed(at=TRIAL - 18 * DAY, taken=()),
        nrs(TRIAL - DAY, "8"),
        AntibioticGiven(at=TRIAL - HOUR / 2),
    ]


def nrs(at: datetime, score: str) -> Measured:
    return Measured(at=at, instrument="nrs", score=score)


def trial(scores: str = "4 3 3 3", drug: str = "morphine", hours: int = 25) -> list[Event]:
    """A trial with a score every 3 h from the third on, and its catheter out after ``hours``."""
    return [
        *before_trial(),
        TrialStarted(at=TRIAL, method=Method.CATHETER),
        InfusionStarted(at=TRIAL + HOUR, drugs=(drug,)),
        *(nrs(TRIAL + (3 + 3 * i) * HOUR, one) for i, one in enumerate(scores.split())),
        FunctionAnswered(at=TRIAL + 20 * HOUR, answer=Answer.YES),
        TrialCatheterRemoved(at=TRIAL + hours * HOUR),
    ]


def before_implant() -> list[Event]:
    return [
        *trial(),
        Scheduled(at=PLACED - 20 * DAY, procedure=Procedure.IMPLANT, planned=PLACED),
        Consented(at=PLACED - 19 * DAY, procedure=Procedure.IMPLANT, risks=RISKS),
        AnticoagulantsReviewed(at=PLACED - 18 * DAY, taken=()),
        Prepared(at=PLACED - DAY, measure="decolonised"),
        Prepared(at=PLACED - HOUR, measure="chlorhexidine"),
        AntibioticGiven(at=PLACED - HOUR / 2),
    ]


PUMP = Implanted(
    at=PLACED,
    pump="synchromed-ii-20",
    catheter="ascenda-8780",
    closure=Closure.STAPLES,
    anaesthesia="general",
    pocket="abdominal",
)
FIRST_FILL = Filled(
    at=PLACED + HOUR,
    volume_ml=Fraction(18),
    drugs=MORPHINE,
    refill_due=date(2026, 6, 30),
    latest_safe=date(2026, 6, 14),
)


def label(at: datetime, parts: tuple[Ingredient, ...] = MORPHINE) -> LabelRead:
    return LabelRead(at=at, label=parts, ordered=parts)


def implanted(pump: str | None = "synchromed-ii-20") -> list[Event]:
    """The operation and the first fill."""
    return [*before_implant(), replace(PUMP, pump=pump), label(PLACED + HOUR / 2), FIRST_FILL]


def at_home() -> list[Event]:
    """Home after two days, wound healthy, staples out, the fill watched."""
    return [
        *implanted(),
        WatchEnded(at=PLACED + 3 * HOUR, overdose_signs=Answer.NO),
        Discharged(at=PLACED + 2 * DAY),
        WoundChecked(at=PLACED + 4 * DAY, healthy=Answer.YES),
        ClosuresRemoved(at=PLACED + 14 * DAY),
    ]


REFILL = datetime(2026, 6, 10, 9, tzinfo=UTC)


def refill(aspirated: str = "4.0", expected: str | None = "4", filled: bool = False) -> list[Event]:
    """A refill visit, until the fill or with it."""
    visit: list[Event] = [
        *at_home(),
        RefillBegun(at=REFILL),
        Aspirated(
            at=REFILL + HOUR / 4,
            volume_ml=Fraction(aspirated),
            expected_ml=None if expected is None else Fraction(expected),
            delivered_ml=None if expected is None else Fraction(14),
        ),
        label(REFILL + HOUR / 2),
    ]
    fill = Filled(at=REFILL + HOUR, volume_ml=Fraction(18), drugs=MORPHINE)
    return [*visit, fill] if filled else visit


def screening(*doses: tuple[int, str], scores: dict[int, str] | None = None) -> list[Event]:
    """A screening with baclofen: (hour, µg) doses, and Ashworth scores by the hour."""
    return [
        *before_trial(Method.BOLUS),
        Measured(at=TRIAL - DAY, instrument="modified-ashworth", score="3", site="knee"),
        TrialStarted(at=TRIAL, method=Method.BOLUS),
        *(
            BolusGiven(at=TRIAL + hour * HOUR, drug="baclofen", dose_ug=Fraction(dose))
            for hour, dose in doses
        ),
        *(
            Measured(at=TRIAL + hour * HOUR, instrument="modified-ashworth", score=one, site="knee")
            for hour, one in (scores or {}).items()
        ),
    ]


SCAN = datetime(2026, 9, 1, 9, tzinfo=UTC)


def before_scan(pump: str | None, tesla: str | None = "1.5") -> list[Event]:
    return [
        Referred(at=PLACED - DAY),
        TakenOver(at=PLACED, pump=pump, implanted=PLACED),
        MriPlanned(
            at=SCAN - 7 * DAY, planned=SCAN, tesla=None if tesla is None else Decimal(tesla)
        ),
    ]


def reading(at: datetime, digest: str | None = "d1", **read: object) -> Interrogated:
    return Interrogated(at=at, digest=digest, **read)  # type: ignore[arg-type]


def scanned(*after: Interrogated, pump: str = "synchromed-ii-20") -> list[Event]:
    return [
        *before_scan(pump),
        reading(SCAN - HOUR, running=True),
        MriScanned(at=SCAN),
        *after,
    ]
