"""Benefit against before treatment; oral morphine only by conversions that are published."""

from __future__ import annotations

from fractions import Fraction

import pytest
from care_cases import DAY, PLACED, REFILL, TRIAL, at_home, history, nrs

from thecal.care import benefits, oral_morphine
from thecal.care.facts import (
    Event,
    Grade,
    Harm,
    HarmOccurred,
    OralMedicine,
    OralMedicinesTaken,
    SideEffectsAnswered,
)


def by_mouth(drug: str, mg: int) -> OralMedicine:
    return OralMedicine(drug=drug, ug_per_day=Fraction(mg * 1000))


def test_morphine_counts_as_itself_and_what_has_no_published_conversion_is_unknown() -> None:
    made = oral_morphine([by_mouth("morphine", 60), by_mouth("morphine", 30)])
    assert (made.ug_per_day, made.unknown) == (Fraction(90_000), ())
    made = oral_morphine([by_mouth("morphine", 60), by_mouth("oxycodone", 20)])
    assert made.ug_per_day is None
    assert (made.known_ug_per_day, made.unknown) == (Fraction(60_000), ("oxycodone",))
    assert oral_morphine([]).ug_per_day == 0


def test_conversion_from_oral_to_intrathecal_is_never_taken_for_one_between_oral_drugs() -> None:
    assert oral_morphine([by_mouth("hydromorphone", 8)]).unknown == ("hydromorphone",)


def test_before_is_before_the_trial_and_now_is_the_latest() -> None:
    def taken(at: object, mg: int) -> Event:
        return OralMedicinesTaken(at=at, medicines=(by_mouth("morphine", mg),))  # type: ignore[arg-type]

    events = [
        *at_home(),
        taken(TRIAL - 5 * DAY, 200),
        taken(TRIAL - DAY, 120),
        taken(PLACED + DAY, 60),
        taken(REFILL, 0),
        nrs(REFILL, "2"),
        HarmOccurred(at=REFILL, harm=Harm.INFECTION),
        HarmOccurred(at=TRIAL - 9 * DAY, harm=Harm.INFECTION),
    ]
    made = benefits(history(*events), REFILL + DAY)
    assert made.since == TRIAL
    assert made.oral_before is not None
    assert made.oral_now is not None
    assert (made.oral_before.ug_per_day, made.oral_now.ug_per_day) == (
        Fraction(120_000),
        Fraction(0),
    )
    assert made.infections == 1
    (pain,) = made.trends
    assert (pain.baseline.text, pain.latest.text, pain.percent_less) == ("8", "2", Fraction(75))


def test_nothing_is_a_benefit_before_treatment_began() -> None:
    made = benefits(history(nrs(TRIAL, "8"), nrs(TRIAL + DAY, "2")), REFILL)
    assert made.since is None
    assert made.trends == ()
    assert made.oral_now is None
    assert made.infections == 0


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        (Grade.SEVERE, Grade.NONE, "better"),
        (Grade.MILD, Grade.MILD, "same"),
        (Grade.NONE, Grade.MILD, "worse"),
        (None, Grade.MILD, None),
        (Grade.MILD, None, None),
    ],
)
def test_side_effects_are_compared_as_an_order(
    before: Grade | None, now: Grade | None, change: str | None
) -> None:
    events = [
        *at_home(),
        SideEffectsAnswered(at=TRIAL - DAY, vomiting=before),
        SideEffectsAnswered(at=REFILL, vomiting=now),
    ]
    shown = {one.name: one.change for one in benefits(history(*events), REFILL).side_effects}
    assert shown["vomiting"] == change
    assert shown["nausea"] is None
