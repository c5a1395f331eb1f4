"""Every requirement answers yes, no and unknown where it should, and says what would meet it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from fractions import Fraction

import pytest
from care_cases import (
    DAY,
    HOUR,
    MORPHINE,
    PAIN,
    PLACED,
    REFILL,
    RISKS,
    SCAN,
    SPASM,
    TRIAL,
    ZICONOTIDE,
    at_home,
    before_implant,
    before_scan,
    before_trial,
    gate,
    implanted,
    label,
    reading,
    refill,
    scanned,
    screening,
    selection,
    trial,
)

from thecal.care import Patient, requirement_cards, requirements_of, rules
from thecal.care.facts import (
    AgentClass,
    Answer,
    AntibioticGiven,
    AnticoagulantsReviewed,
    AnticoagulantStopped,
    AnticoagulantTaken,
    Assessment,
    CandidacyAnswered,
    Consented,
    ConsentWithdrawn,
    Criterion,
    DifferenceInvestigated,
    EffectStepDone,
    Ended,
    Event,
    Explanted,
    Filled,
    Implanted,
    Ingredient,
    InrMeasured,
    LabelRead,
    MriScanned,
    PlanChecked,
    PortInjectionPlanned,
    Prepared,
    Procedure,
    PsychologicalAssessment,
    Referred,
    RefillBegun,
    Rinsed,
    Risk,
    Scheduled,
    SecondPersonConfirmed,
    StepResult,
    TakenOver,
    WatchEnded,
)
from thecal.care.gates import entered, gate_cards

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
AGO = TRIAL - 10 * DAY


def without(events: list[Event], *kinds: type[Event]) -> list[Event]:
    return [one for one in events if not isinstance(one, kinds)]


def thinned(*more: Event) -> list[Event]:
    return [*before_trial(), *more]


def takes(agent_class: AgentClass, half_life_h: int | None = None) -> AnticoagulantTaken:
    seconds = None if half_life_h is None else Fraction(half_life_h * 3600)
    return AnticoagulantTaken(at=AGO, agent="x", agent_class=agent_class, half_life_s=seconds)


def assessed(outcome: Assessment, by: bool = True) -> PsychologicalAssessment:
    return PsychologicalAssessment(at=TRIAL - DAY, by_neuropsychologist=by, outcome=outcome)


def answered(criterion: Criterion, answer: Answer) -> list[Event]:
    return [*selection(), CandidacyAnswered(at=TRIAL - DAY, criterion=criterion, answer=answer)]


def consents(procedure: Procedure, *events: Event) -> list[Event]:
    return [*selection(), *events] if procedure is Procedure.TRIAL else [*at_home(), *events]


def gave(procedure: Procedure, at: datetime, *risks: Risk) -> Consented:
    return Consented(at=at, procedure=procedure, risks=frozenset(risks) or RISKS)


def plan(second: Answer = NO, accepted: bool = True) -> PlanChecked:
    return PlanChecked(at=REFILL, digest="a1", accepted=accepted, second_person=second, who="one")


def second(who: str = "two", digest: str = "a1") -> SecondPersonConfirmed:
    return SecondPersonConfirmed(at=REFILL + HOUR, digest=digest, who=who)


def port(*drugs: Ingredient) -> PortInjectionPlanned:
    return PortInjectionPlanned(at=REFILL, drugs=drugs)


def aspirated_port(result: StepResult) -> EffectStepDone:
    return EffectStepDone(at=REFILL + HOUR, step="side-port-aspiration", result=result)


REPLACED = Implanted(at=PLACED + 900 * DAY, pump="synchromed-ii-20", replaces=True)
LATER = REPLACED.at - HOUR / 2
WEAK = Ingredient(drug="baclofen", concentration_ug_per_ml=Fraction(50))
NEW_ZICONOTIDE = [*without(refill(), LabelRead), label(REFILL + HOUR / 2, ZICONOTIDE)]
OTHER = (Ingredient(drug="morphine", concentration_ug_per_ml=Fraction(20_000)),)

Case = tuple[str, Answer, list[Event], datetime]


def both(codes: str, answer: Answer, events: list[Event], now: datetime) -> list[Case]:
    return [(code, answer, events, now) for code in codes.split()]


CASES: list[Case] = [
    ("course.open", YES, selection(), TRIAL),
    ("course.open", NO, [], TRIAL),
    ("course.open", NO, [*selection(), Ended(at=TRIAL - HOUR, reason="transferred")], TRIAL),
    ("course.open", NO, [*at_home(), Explanted(at=REFILL, reason="infection")], REFILL + DAY),
    ("psychology.evaluated", YES, selection(), TRIAL),
    ("psychology.evaluated", NO, [Referred(at=AGO)], TRIAL),
    ("psychology.evaluated", NO, [assessed(Assessment.CLEARED, by=False)], TRIAL),
    ("psychology.evaluated", NO, selection(), TRIAL - 29 * DAY),
    ("psychology.cleared", YES, selection(), TRIAL),
    ("psychology.cleared", NO, [], TRIAL),
    ("psychology.cleared", NO, [*selection(), assessed(Assessment.NOT_CLEARED)], TRIAL),
    ("psychology.cleared", UNKNOWN, [assessed(Assessment.UNDECIDED)], TRIAL),
    ("psychology.cleared", YES, [*selection(), assessed(Assessment.NOT_CLEARED, by=False)], TRIAL),
    *[
        (f"candidacy.{code}", answer, answered(criterion, answer), TRIAL)
        for code, criterion in {
            "conservative-therapy": Criterion.CONSERVATIVE_THERAPY_FAILED,
            "no-further-surgery": Criterion.NO_FURTHER_SURGERY,
            "no-habituation": Criterion.NO_UNTREATED_HABITUATION,
            "no-contraindication": Criterion.NO_CONTRAINDICATION,
        }.items()
        for answer in Answer
    ],
    ("candidacy.no-habituation", UNKNOWN, [Referred(at=AGO)], TRIAL),
    ("trial.scheduled", YES, before_trial(), TRIAL),
    ("trial.scheduled", NO, selection(), TRIAL),
    ("trial.scheduled", NO, trial(), PLACED),
    ("implant.scheduled", YES, before_implant(), PLACED),
    ("implant.scheduled", NO, trial(), PLACED),
    (
        "replacement.scheduled",
        YES,
        [
            *at_home(),
            Scheduled(at=REFILL, procedure=Procedure.REPLACEMENT, planned=REPLACED.at),
        ],
        LATER,
    ),
    ("replacement.scheduled", NO, at_home(), LATER),
    *both("consent.trial consent.trial-risks", YES, before_trial(), TRIAL),
    *both("consent.trial consent.trial-risks", NO, selection(), TRIAL),
    ("consent.trial", NO, [*trial()], PLACED),
    (
        "consent.trial",
        NO,
        [*before_trial(), ConsentWithdrawn(at=TRIAL - HOUR, procedure=Procedure.TRIAL)],
        TRIAL,
    ),
    *[
        (
            "consent.trial-risks",
            NO,
            consents(Procedure.TRIAL, gave(Procedure.TRIAL, AGO, *(RISKS - {risk}))),
            TRIAL,
        )
        for risk in Risk
    ],
    *both("consent.implant consent.implant-risks", YES, before_implant(), PLACED),
    *both("consent.implant consent.implant-risks", NO, trial(), PLACED),
    (
        "consent.implant-risks",
        NO,
        [*trial(), gave(Procedure.IMPLANT, PLACED - DAY, Risk.INFECTION)],
        PLACED,
    ),
    *both(
        "consent.replacement consent.replacement-risks",
        YES,
        consents(Procedure.REPLACEMENT, gave(Procedure.REPLACEMENT, REFILL)),
        LATER,
    ),
    *both("consent.replacement consent.replacement-risks", NO, at_home(), LATER),
    ("anticoagulation.clear", YES, before_trial(), TRIAL),
    ("anticoagulation.clear", UNKNOWN, selection(), TRIAL),
    ("anticoagulation.clear", UNKNOWN, trial(), PLACED),
    ("anticoagulation.clear", NO, thinned(takes(AgentClass.WARFARIN)), TRIAL),
    (
        "anticoagulation.clear",
        UNKNOWN,
        thinned(AnticoagulantsReviewed(at=AGO, taken=("x",))),
        TRIAL,
    ),
    *[
        (
            "anticoagulation.clear",
            answer,
            thinned(
                takes(agent_class, half_life),
                AnticoagulantStopped(at=TRIAL - hours * HOUR, agent="x"),
                *([] if inr is None else [InrMeasured(at=TRIAL - HOUR, normal=inr)]),
            ),
            TRIAL,
        )
        for agent_class, half_life, hours, inr, answer in (
            (AgentClass.DIRECT, 12, 60, None, YES),
            (AgentClass.DIRECT, 12, 59, None, NO),
            (AgentClass.DIRECT, None, 200, None, UNKNOWN),
            (AgentClass.WARFARIN, None, 120, True, YES),
            (AgentClass.WARFARIN, None, 120, False, NO),
            (AgentClass.WARFARIN, None, 120, None, NO),
            (AgentClass.WARFARIN, None, 119, True, NO),
            (AgentClass.CLOPIDOGREL, None, 168, None, YES),
            (AgentClass.CLOPIDOGREL, None, 167, None, NO),
            (AgentClass.OTHER, None, 200, None, UNKNOWN),
        )
    ],
    ("trial.antibiotic", YES, before_trial(), TRIAL),
    ("trial.antibiotic", NO, before_trial(), TRIAL + HOUR),
    ("trial.antibiotic", NO, without(before_trial(), AntibioticGiven), TRIAL),
    ("trial.antibiotic", YES, without(screening()[:12], AntibioticGiven), TRIAL - HOUR),
    ("implant.antibiotic", YES, before_implant(), PLACED),
    ("implant.antibiotic", NO, before_implant(), PLACED + HOUR),
    ("replacement.antibiotic", YES, [*at_home(), AntibioticGiven(at=LATER)], REPLACED.at),
    ("replacement.antibiotic", NO, at_home(), REPLACED.at),
    ("skin.prepared", YES, before_implant(), PLACED),
    ("skin.prepared", NO, trial(), PLACED),
    ("skin.prepared", NO, [*trial(), Prepared(at=PLACED - HOUR, measure="decolonised")], PLACED),
    ("skin.prepared", NO, at_home(), LATER),
    ("trial.running", YES, trial(), TRIAL + HOUR),
    ("trial.running", NO, trial(), PLACED),
    ("trial.running", NO, [], TRIAL),
    ("trial.started", YES, trial(), PLACED),
    ("trial.started", NO, before_trial(), TRIAL - HOUR),
    ("trial.observed", YES, trial(), PLACED),
    ("trial.observed", NO, trial(hours=24), PLACED),
    ("trial.observed", NO, before_trial(), TRIAL),
    ("trial.success", YES, trial(), PLACED),
    ("trial.success", NO, trial("6 6 6 6 6 6 6 6"), PLACED),
    ("trial.success", UNKNOWN, trial(""), PLACED),
    ("trial.catheter-out", YES, trial(), PLACED),
    ("trial.catheter-out", NO, trial(), TRIAL + HOUR),
    ("trial.catheter-out", YES, screening((1, "50")), TRIAL + 2 * HOUR),
    ("screening.is-baclofen", NO, trial(), TRIAL + HOUR),
    ("screening.interval", YES, screening(), TRIAL),
    ("screening.interval", NO, screening((1, "50")), TRIAL + 24 * HOUR),
    ("screening.interval", YES, screening((1, "50")), TRIAL + 25 * HOUR),
    ("screening.not-exhausted", YES, screening((1, "50"), (25, "75")), TRIAL + 49 * HOUR),
    ("screening.not-exhausted", NO, screening((1, "100")), TRIAL + 49 * HOUR),
    ("pump.none", YES, trial(), PLACED),
    ("pump.none", NO, at_home(), REFILL),
    ("pump.present", YES, at_home(), REFILL),
    ("pump.present", YES, [TakenOver(at=PLACED)], REFILL),
    ("pump.present", NO, trial(), PLACED),
    ("pump.present", NO, [*at_home(), Explanted(at=REFILL, reason="x")], REFILL + DAY),
    ("pump.placed", YES, implanted(), PLACED + DAY),
    ("pump.placed", NO, [TakenOver(at=PLACED)], REFILL),
    ("stay.overnight", NO, implanted(), PLACED + 20 * HOUR),
    ("stay.overnight", YES, implanted(), PLACED + 21 * HOUR),
    ("stay.overnight", NO, [], PLACED),
    ("stay.first-dose", NO, implanted(), PLACED + 24 * HOUR),
    ("stay.first-dose", YES, implanted(), PLACED + 25 * HOUR),
    ("stay.first-dose", YES, before_implant(), PLACED),
    ("refill.under-way", YES, refill(), REFILL + HOUR),
    ("refill.under-way", NO, refill(filled=True), REFILL + 2 * HOUR),
    ("refill.under-way", NO, at_home(), REFILL),
    ("refill.aspirated", YES, refill(), REFILL + HOUR),
    ("refill.aspirated", NO, refill(), REFILL + HOUR / 8),
    ("refill.aspirated", NO, at_home(), REFILL),
    ("refill.aspirated", YES, implanted(), PLACED + HOUR),
    ("refill.expected", YES, refill(), REFILL + HOUR),
    ("refill.expected", UNKNOWN, refill(expected=None), REFILL + HOUR),
    ("refill.expected", NO, at_home(), REFILL),
    ("refill.explained", YES, refill(), REFILL + HOUR),
    ("refill.explained", NO, refill("1.5"), REFILL + HOUR),
    ("refill.explained", NO, refill("0"), REFILL + HOUR),
    ("refill.explained", UNKNOWN, refill(expected=None), REFILL + HOUR),
    (
        "refill.explained",
        YES,
        [
            *refill("1.5"),
            DifferenceInvestigated(at=REFILL + HOUR, finding="spilt", may_fill=True),
        ],
        REFILL + HOUR,
    ),
    (
        "refill.explained",
        NO,
        [*refill("1.5"), DifferenceInvestigated(at=REFILL + HOUR, finding="?", may_fill=False)],
        REFILL + HOUR,
    ),
    ("refill.label", YES, refill(), REFILL + HOUR),
    ("refill.label", NO, refill(), REFILL + HOUR / 4),
    (
        "refill.label",
        NO,
        [*refill(), LabelRead(at=REFILL + HOUR, label=OTHER, ordered=MORPHINE)],
        REFILL + HOUR,
    ),
    ("refill.label", NO, [*refill(), label(REFILL + HOUR, ())], REFILL + HOUR),
    ("refill.rinsed", YES, refill(), REFILL + HOUR),
    ("refill.rinsed", UNKNOWN, without(refill(), LabelRead), REFILL + HOUR),
    ("refill.rinsed", NO, NEW_ZICONOTIDE, REFILL + HOUR),
    (
        "refill.rinsed",
        NO,
        [*NEW_ZICONOTIDE, Rinsed(at=REFILL + HOUR / 2, times=3, volume_ml=Fraction(1))],
        REFILL + HOUR,
    ),
    (
        "refill.rinsed",
        YES,
        [*NEW_ZICONOTIDE, Rinsed(at=REFILL + HOUR / 2, times=3, volume_ml=Fraction(2))],
        REFILL + HOUR,
    ),
    ("refill.filled", YES, refill(filled=True), REFILL + HOUR),
    ("refill.filled", NO, refill(), REFILL + HOUR),
    *both("refill.watched", NO, refill(filled=True), REFILL + 2 * HOUR),
    *both("refill.no-signs", UNKNOWN, refill(filled=True), REFILL + 2 * HOUR),
    *[
        (code, answer, [*refill(filled=True), WatchEnded(at=REFILL + 2 * HOUR, overdose_signs=s)],
         REFILL + 2 * HOUR)
        for code, s, answer in (
            ("refill.watched", NO, YES),
            ("refill.no-signs", NO, YES),
            ("refill.no-signs", YES, NO),
            ("refill.no-signs", UNKNOWN, UNKNOWN),
        )
    ],
    ("program.accepted", YES, [plan()], REFILL),
    ("program.accepted", NO, [plan(accepted=False)], REFILL),
    ("program.accepted", NO, [], REFILL),
    ("program.second-person", YES, [plan()], REFILL),
    ("program.second-person", NO, [plan(YES)], REFILL + DAY),
    ("program.second-person", UNKNOWN, [plan(UNKNOWN)], REFILL + DAY),
    ("program.second-person", YES, [plan(YES), second()], REFILL + DAY),
    ("program.second-person", NO, [plan(YES), second("one")], REFILL + DAY),
    ("program.second-person", NO, [plan(YES), second(digest="b2")], REFILL + DAY),
    ("program.second-person", NO, [], REFILL),
    ("port.planned", YES, [port()], REFILL),
    ("port.planned", NO, [], REFILL),
    ("port.aspirated", YES, [port(), aspirated_port(StepResult.NORMAL)], REFILL + DAY),
    ("port.aspirated", NO, [port(), aspirated_port(StepResult.FAILED)], REFILL + DAY),
    ("port.aspirated", NO, [port(), aspirated_port(StepResult.ABNORMAL)], REFILL + DAY),
    ("port.aspirated", NO, [port()], REFILL + DAY),
    ("port.not-reservoir", YES, [port()], REFILL),
    ("port.not-reservoir", YES, [port(WEAK)], REFILL),
    ("port.not-reservoir", NO, [port(*MORPHINE)], REFILL),
    ("port.not-reservoir", UNKNOWN,
     [port(Ingredient(drug="clonidine", concentration_ug_per_ml=Fraction(1)))], REFILL),
    ("port.not-reservoir", NO, [], REFILL),
    ("mri.planned", YES, before_scan("synchromed-ii-20"), SCAN),
    ("mri.planned", NO, at_home(), SCAN),
    ("mri.planned", NO, scanned(), SCAN + HOUR),
    ("mri.behaviour", YES, before_scan("prometra-ii-20"), SCAN),
    ("mri.behaviour", UNKNOWN, before_scan("medstream-20"), SCAN),
    ("mri.behaviour", UNKNOWN, before_scan(None), SCAN),
    ("mri.read-before", YES, [*before_scan("synchromed-ii-20"), reading(SCAN - HOUR)], SCAN),
    ("mri.read-before", NO, before_scan("synchromed-ii-20"), SCAN),
    ("mri.read-before", NO, [*before_scan("synchromed-ii-20"), reading(SCAN - HOUR, None)], SCAN),
    ("mri.emptied", YES, [*before_scan("synchromed-ii-20")], SCAN),
    ("mri.emptied", UNKNOWN, before_scan("medstream-20"), SCAN),
    ("mri.emptied", NO, before_scan("prometra-ii-20"), SCAN),
    *[
        (
            "mri.emptied",
            answer,
            [
                *before_scan("prometra-ii-20"),
                reading(SCAN - HOUR, reservoir_ml=volume, daily_dose_ug=dose),
            ],
            SCAN,
        )
        for volume, dose, answer in (
            (Fraction(0), Fraction(0), YES),
            (Fraction(1), Fraction(0), NO),
            (Fraction(0), Fraction(1), NO),
            (None, Fraction(1), NO),
            (None, Fraction(0), UNKNOWN),
            (Fraction(0), None, UNKNOWN),
        )
    ],
    ("mri.field", YES, before_scan("prometra-ii-20", "1.5"), SCAN),
    ("mri.field", NO, before_scan("prometra-ii-20", "3"), SCAN),
    ("mri.field", NO, before_scan("prometra-ii-20", "1.0"), SCAN),
    ("mri.field", UNKNOWN, before_scan("prometra-ii-20", None), SCAN),
    ("mri.field", YES, before_scan("synchromed-ii-20", None), SCAN),
    ("mri.field", UNKNOWN, before_scan(None), SCAN),
    ("mri.not-stopped", UNKNOWN, before_scan("synchromed-ii-20"), SCAN),
    ("mri.not-stopped", YES, before_scan("prometra-ii-20"), SCAN),
    ("mri.not-stopped", UNKNOWN, before_scan("medstream-20"), SCAN),
    *[
        (
            "mri.not-stopped",
            answer,
            [*before_scan("synchromed-ii-20"), reading(SCAN - HOUR, running=running)],
            SCAN,
        )
        for running, answer in ((True, YES), (False, NO), (None, UNKNOWN))
    ],
    ("mri.scanned", YES, scanned(), SCAN),
    ("mri.scanned", NO, before_scan("synchromed-ii-20"), SCAN),
    ("mri.readings", NO, scanned(reading(SCAN + HOUR)), SCAN + DAY),
    ("mri.readings", YES, scanned(reading(SCAN + HOUR), reading(SCAN + 2 * HOUR)), SCAN + DAY),
    ("mri.program-same", YES, scanned(reading(SCAN + HOUR)), SCAN + DAY),
    ("mri.program-same", NO, scanned(reading(SCAN + HOUR, "d2")), SCAN + DAY),
    ("mri.program-same", UNKNOWN, scanned(reading(SCAN + HOUR, None)), SCAN + DAY),
    ("mri.program-same", UNKNOWN, scanned(), SCAN + DAY),
    ("mri.recovered", UNKNOWN, scanned(), SCAN + DAY),
    *[
        (
            "mri.recovered",
            answer,
            scanned(
                reading(
                    SCAN + HOUR,
                    running=running,
                    stall_logged=stall,
                    recovery_logged=recovery,
                )
            ),
            SCAN + DAY,
        )
        for running, stall, recovery, answer in (
            (True, True, True, YES),
            (True, False, None, YES),
            (True, True, None, NO),
            (True, True, False, NO),
            (True, None, None, UNKNOWN),
            (None, True, True, UNKNOWN),
            (False, True, True, NO),
        )
    ],
]  # fmt: skip


def gate_with(code: str) -> str:
    return next(one for one in gate_cards() if code in {c.code for c in requirements_of(one)})


@pytest.mark.parametrize(
    ("code", "answer", "events", "now"),
    CASES,
    ids=[f"{code} {answer} {index}" for index, (code, answer, _, _) in enumerate(CASES)],
)
def test_requirement_answers(code: str, answer: Answer, events: list[Event], now: datetime) -> None:
    judged = gate(gate_with(code), events, now)
    (one,) = [one for one in judged.requirements if one.code == code]
    assert one.answer is answer, one.reason
    assert one.stands is (answer is YES)
    assert one.reason
    assert one.opens
    assert one.sources
    assert judged.is_open <= one.stands


def test_single_doses_of_baclofen_are_for_spasticity() -> None:
    for patient, answer in ((SPASM, YES), (PAIN, NO)):
        judged = gate("screening.bolus", screening(), TRIAL, patient)
        (one,) = [one for one in judged.requirements if one.code == "screening.is-baclofen"]
        assert one.answer is answer


def test_every_requirement_is_answered_yes_by_some_facts_and_otherwise_by_others() -> None:
    told: dict[str, set[Answer]] = {}
    for code, answer, _, _ in CASES:
        told.setdefault(code, set()).add(answer)
    told["screening.is-baclofen"].add(YES)
    assert set(told) == set(requirement_cards()) == set(entered())
    assert not [code for code, answers in told.items() if YES not in answers or answers == {YES}]


def test_every_requirement_belongs_to_a_gate_and_names_rules_that_exist() -> None:
    used = {card.code for code in gate_cards() for card in requirements_of(code)}
    assert used == set(requirement_cards())
    for card in requirement_cards().values():
        assert set(card.rules) <= set(rules()), card.code


OPENED: dict[str, tuple[Callable[[], list[Event]], datetime, Patient]] = {
    "trial.schedule": (selection, TRIAL, PAIN),
    "trial.start": (before_trial, TRIAL, PAIN),
    "screening.bolus": (lambda: screening((0, "50")), TRIAL + DAY, SPASM),
    "trial.end": (trial, PLACED, PAIN),
    "implant.schedule": (trial, PLACED, PAIN),
    "implant.start": (before_implant, PLACED, PAIN),
    "implant.discharge": (implanted, PLACED + 25 * HOUR, PAIN),
    "replacement.schedule": (at_home, REFILL, PAIN),
    "replacement.start": (
        lambda: [
            *at_home(),
            Scheduled(at=REFILL, procedure=Procedure.REPLACEMENT, planned=REPLACED.at),
            gave(Procedure.REPLACEMENT, REFILL),
            AnticoagulantsReviewed(at=REFILL, taken=()),
            Prepared(at=LATER, measure="decolonised"),
            Prepared(at=LATER, measure="chlorhexidine"),
            AntibioticGiven(at=LATER),
        ],
        REPLACED.at,
        PAIN,
    ),
    "fill": (refill, REFILL + HOUR, PAIN),
    "refill.close": (
        lambda: [
            *refill(filled=True),
            WatchEnded(at=REFILL + 2 * HOUR, overdose_signs=Answer.NO),
        ],
        REFILL + 2 * HOUR,
        PAIN,
    ),
    "program.send": (lambda: [*at_home(), plan(YES), second()], REFILL + DAY, PAIN),
    "port.inject": (lambda: [port(), aspirated_port(StepResult.NORMAL)], REFILL + DAY, PAIN),
    "mri.scan": (
        lambda: [*before_scan("synchromed-ii-20"), reading(SCAN - HOUR, running=True)],
        SCAN,
        PAIN,
    ),
    "mri.close": (
        lambda: scanned(
            reading(SCAN + HOUR, running=True, stall_logged=True, recovery_logged=False),
            reading(SCAN + 2 * HOUR, running=True, stall_logged=True, recovery_logged=True),
        ),
        SCAN + DAY,
        PAIN,
    ),
}


def test_every_gate_can_be_opened() -> None:
    assert set(OPENED) == set(gate_cards())


@pytest.mark.parametrize("code", OPENED)
def test_gate_opens_when_everything_it_requires_is_there(code: str) -> None:
    events, now, patient = OPENED[code]
    judged = gate(code, events(), now, patient)
    assert judged.is_open, [(one.code, one.reason) for one in judged.missing]


@pytest.mark.parametrize("code", OPENED)
def test_gate_is_closed_on_no_facts_at_all(code: str) -> None:
    assert not gate(code, [], TRIAL).is_open


def test_first_fill_of_a_new_pump_has_no_aspirate_but_one_after_going_home_needs_it() -> None:
    first = [*before_implant(), implanted()[-3], label(PLACED + HOUR / 2)]
    assert gate("fill", first, PLACED + HOUR).is_open
    assert not gate("fill", at_home(), REFILL).is_open
    assert "refill.aspirated" in {
        one.code for one in gate("fill", [*at_home(), RefillBegun(at=REFILL)], REFILL).missing
    }


def test_replacement_needs_no_second_trial_but_a_pump() -> None:
    taken = [TakenOver(at=PLACED)]
    assert gate("replacement.schedule", taken, REFILL).is_open
    assert not gate("implant.schedule", [*trial(), *taken], REFILL).is_open


def test_unknown_gate_is_a_key_error_that_lists_them() -> None:
    with pytest.raises(KeyError, match=r"trial\.schedule"):
        gate("trial.begin", [], TRIAL)


def test_scan_of_the_future_and_facts_of_the_future_do_not_count() -> None:
    assert not gate("mri.close", scanned(), SCAN - DAY).is_open
    later = [*before_scan("synchromed-ii-20"), MriScanned(at=SCAN + DAY)]
    (one,) = [
        one for one in gate("mri.scan", later, SCAN).requirements if one.code == "mri.planned"
    ]
    assert one.stands
    assert not gate("fill", [*at_home(), Filled(at=SCAN, volume_ml=Fraction(1), drugs=())], REFILL
                    ).is_open  # fmt: skip
