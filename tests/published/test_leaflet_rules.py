"""The leaflet's eight rules, by number: each is in the data, and each holds on facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from care_cases import (
    DAY,
    FIRST_FILL,
    HOUR,
    LONDON,
    PLACED,
    PUMP,
    REFILL,
    RISKS,
    TRIAL,
    ZICONOTIDE,
    at_home,
    before_implant,
    before_trial,
    gate,
    implanted,
    label,
    lacking,
    nrs,
    path,
    refill,
    screening,
    selection,
    trial,
)

from thecal.care import Indication, Patient, benefits, gate_cards, requirements_of, rule, rules
from thecal.care.facts import (
    ActivityAnswered,
    Answer,
    Assessment,
    CandidacyAnswered,
    Change,
    Consented,
    Criterion,
    Discharged,
    Event,
    Grade,
    History,
    Procedure,
    PsychologicalAssessment,
    Risk,
    Role,
    SideEffectsAnswered,
    SurveillanceAnswered,
    TrialCatheterRemoved,
    Waiver,
)
from thecal.care.tasks import surveillance_questions
from thecal.care.usual import usual


def rule_1() -> None:
    """No scheduling of trial or permanent pump without a neuropsychologist's assessment."""
    for code, events, now in (
        ("trial.schedule", selection(), TRIAL),
        ("trial.start", before_trial(), TRIAL),
        ("implant.schedule", trial(), PLACED),
        ("implant.start", before_implant(), PLACED),
    ):
        assert gate(code, events, now).is_open
        bare = [one for one in events if not isinstance(one, PsychologicalAssessment)]
        judged = gate(code, bare, now)
        assert lacking(judged) == {"psychology.evaluated", "psychology.cleared"}
        waived: list[Event] = [
            Waiver(at=now, requirement=one, role=role, who="x", reason="y")
            for one in lacking(judged)
            for role in Role
        ]
        assert not gate(code, [*bare, *waived], now).is_open
        other = PsychologicalAssessment(
            at=now - HOUR, by_neuropsychologist=False, outcome=Assessment.CLEARED
        )
        assert not gate(code, [*bare, other], now).is_open


def rule_2() -> None:
    """23 h of observation, and a decrease, before the permanent pump."""
    baclofen_free = trial("4 3 3 3", "hydromorphone", hours=23)
    assert gate("implant.schedule", baclofen_free, PLACED).is_open
    short = [one for one in baclofen_free if not isinstance(one, TrialCatheterRemoved)]
    short.append(TrialCatheterRemoved(at=TRIAL + 23 * HOUR - timedelta(seconds=1)))
    assert lacking(gate("implant.schedule", short, PLACED)) == {"trial.observed"}
    for scores in ("8 8 8 8 8 8 8", "9 9 9 9 9 9 9"):
        unmoved = trial(scores, "hydromorphone", hours=23)
        assert "trial.success" in lacking(gate("implant.schedule", unmoved, PLACED))
    assert "trial.catheter-out" in lacking(gate("implant.start", before_implant()[:-8], TRIAL))


def rule_3() -> None:
    """General anaesthesia, abdominal pocket, the five drugs: anything else is noted."""
    assert usual().drugs == {"morphine", "hydromorphone", "baclofen", "bupivacaine", "clonidine"}
    assert (usual().anaesthesia, usual().pocket) == ("general", "abdominal")
    noted = path(at_home(), REFILL).notes
    assert "implant.unusual" not in {one.code for one in noted}
    odd = [
        *before_implant(),
        replace(PUMP, anaesthesia="local", pocket="other"),
        label(PLACED + HOUR / 2, ZICONOTIDE),
        replace(FIRST_FILL, drugs=ZICONOTIDE),
    ]
    said = [one.text for one in path(odd, PLACED + DAY).notes if one.code == "implant.unusual"]
    assert [text.split()[0] for text in said] == ["local", "pocket", "ziconotide"]


def rule_4() -> None:
    """Nothing is sent to the pump but a checked program."""
    assert gate_cards()["program.send"].title == "Send a program"
    judged = gate("program.send", at_home(), REFILL)
    assert "program.accepted" in lacking(judged)


def rule_5() -> None:
    """Overnight; wound check within 5 days; closures out at about 2 weeks."""
    assert not gate("implant.discharge", implanted(), PLACED + 12 * HOUR).is_open
    home: list[Event] = [*implanted(), Discharged(at=PLACED + 2 * DAY)]
    found = path(home, PLACED + 3 * DAY)
    (wound,), (out,) = found.task("wound.check"), found.task("closures.remove")
    assert wound.due == PLACED + 5 * DAY
    assert not wound.is_overdue(PLACED + 5 * DAY + 14 * HOUR)
    assert wound.is_overdue(PLACED + 5 * DAY + 15 * HOUR)
    assert out.due == PLACED + 14 * DAY
    assert not path(at_home(), REFILL).task("wound.check")
    assert not path(at_home(), REFILL).task("closures.remove")


def rule_6() -> None:
    """Six indications, all of them, each yes, no or unknown."""
    codes = {card.code for card in requirements_of("trial.schedule")} - {"course.open"}
    assert len(codes) == 6
    for criterion in Criterion:
        for answer in (Answer.NO, Answer.UNKNOWN):
            events = [
                *selection(),
                CandidacyAnswered(at=TRIAL, criterion=criterion, answer=answer),
            ]
            judged = gate("trial.schedule", events, TRIAL)
            assert not judged.is_open
            assert judged.state == ("closed" if answer is Answer.NO else "unknown")


def rule_7() -> None:
    """The three risks are discussed, and asked about."""
    for risk in Risk:
        events = [one for one in before_trial() if not isinstance(one, Consented)]
        events.append(Consented(at=TRIAL - DAY, procedure=Procedure.TRIAL, risks=RISKS - {risk}))
        assert lacking(gate("trial.start", events, TRIAL)) == {"consent.trial-risks"}
    assert {one.risk for one in surveillance_questions().values()} == set(Risk)
    for name, question in surveillance_questions().items():
        answers = dict.fromkeys(surveillance_questions(), Answer.NO) | {name: Answer.YES}
        asked = [*at_home(), SurveillanceAnswered(at=REFILL, answers=answers)]
        assert [one.key.split(":")[1] for one in path(asked, REFILL).task(question.raises)] == [
            name
        ]


def rule_8() -> None:
    """Side effects, oral medicines, activity and infections, against before treatment."""
    before = SideEffectsAnswered(at=TRIAL - DAY, nausea=Grade.SEVERE, sedation=Grade.MILD)
    after = SideEffectsAnswered(at=REFILL, nausea=Grade.MILD, sedation=Grade.MODERATE)
    events = (
        *at_home(),
        before,
        after,
        nrs(REFILL, "3"),
        ActivityAnswered(at=REFILL, change=Change.BETTER),
    )
    shown = benefits(
        History(patient=Patient(indication=Indication.PAIN), zone=LONDON, events=tuple(events)),
        REFILL + DAY,
    )
    assert [one.name for one in shown.side_effects] == [
        "nausea",
        "vomiting",
        "sedation",
        "constipation",
    ]
    assert [one.change for one in shown.side_effects] == [Change.BETTER, None, Change.WORSE, None]
    assert shown.activity is Change.BETTER
    assert shown.infections == 0
    assert shown.trends[0].direction == "better"


RULES: dict[int, Callable[[], None]] = {
    1: rule_1,
    2: rule_2,
    3: rule_3,
    4: rule_4,
    5: rule_5,
    6: rule_6,
    7: rule_7,
    8: rule_8,
}


@pytest.mark.parametrize("number", RULES)
def test_leaflet_rule_holds(number: int) -> None:
    assert rule(f"leaflet.{number}").provenance == "found"
    RULES[number]()


def test_every_rule_of_the_leaflet_is_walked() -> None:
    numbers = {one.number for one in rules().values() if one.number is not None}
    assert numbers == set(RULES) == set(range(1, 9))


def test_23_hours_of_the_leaflet_do_not_satisfy_the_24_of_the_morphine_label() -> None:
    after_23 = trial(hours=23)
    judged = gate("implant.schedule", after_23, PLACED)
    assert lacking(judged) == {"trial.observed"}
    (lack,) = judged.missing
    assert "24 h after first dose of morphine" in lack.reason
    assert "the stricter applies, beside 23 h after admission" in lack.reason
    assert {one.figure for one in lack.sources if one.figure} == {"23 h", "24 h"}
    (note,) = [one for one in path(after_23, PLACED).notes if one.code == "observation.stricter"]
    assert "The stricter applies: 24 h after first dose of morphine" in note.text


def test_screening_is_observed_for_the_leaflets_23_hours_or_the_labels_8_whichever_ends_later() -> (
    None
):
    late = screening((0, "50"), (24, "75"))
    now = TRIAL + 31 * HOUR
    spasm = Patient(indication=Indication.SPASTICITY)
    assert not gate("trial.end", late, now, spasm).is_open
    assert gate("trial.end", late, now + HOUR, spasm).is_open


def test_refill_needs_no_gate_of_the_leaflet_to_be_reopened() -> None:
    assert gate("fill", refill(), REFILL + HOUR).is_open
