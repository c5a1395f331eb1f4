"""H03, H04, H05, H12, H16: what the pathway asks before a fill, after it, and before sending."""

from fractions import Fraction

import pytest
from care_cases import (
    DAY,
    HOUR,
    MORPHINE,
    REFILL,
    at_home,
    gate,
    label,
    lacking,
    path,
    refill,
)

from thecal.care.facts import (
    Answer,
    Aspirated,
    DifferenceInvestigated,
    Event,
    Filled,
    Ingredient,
    LabelRead,
    PlanChecked,
    RefillBegun,
    SecondPersonConfirmed,
    WatchEnded,
)

NOW = REFILL + HOUR


def test_program_waits_for_another_person_than_the_sender_where_a_check_asks_for_one() -> None:
    plan = PlanChecked(at=REFILL, digest="a", accepted=True, second_person=Answer.YES, who="one")
    own = SecondPersonConfirmed(at=NOW, digest="a", who="one")
    stale = SecondPersonConfirmed(at=NOW, digest="b", who="two")
    right = SecondPersonConfirmed(at=NOW, digest="a", who="two")
    events = [*at_home(), plan]
    for more in ([], [own], [stale], [own, stale]):
        assert not gate("program.send", [*events, *more], NOW).is_open
    assert gate("program.send", [*events, right], NOW).is_open


def test_empty_reservoir_where_drug_was_expected_keeps_the_fill_closed() -> None:
    judged = gate("fill", refill("0"), NOW)
    assert lacking(judged) == {"refill.explained"}
    assert "tolerance may be lost" in judged.missing[0].reason


def test_nothing_is_filled_without_its_aspirate_and_nobody_can_waive_it() -> None:
    bare: list[Event] = [*at_home(), RefillBegun(at=REFILL), label(REFILL + HOUR / 2)]
    judged = gate("fill", bare, NOW)
    assert "refill.aspirated" in lacking(judged)
    assert gate("fill", refill(), NOW).is_open


def test_refill_is_not_closed_without_a_watch_that_found_no_sign() -> None:
    filled = refill(filled=True)
    assert lacking(gate("refill.close", filled, NOW)) == {"refill.watched", "refill.no-signs"}
    for signs, is_open in ((Answer.NO, True), (Answer.YES, False), (Answer.UNKNOWN, False)):
        watched = [*filled, WatchEnded(at=NOW + HOUR, overdose_signs=signs)]
        assert gate("refill.close", watched, NOW + HOUR).is_open is is_open


@pytest.mark.parametrize(("aspirated", "suspected"), [("5.0", False), ("5.01", True)])
def test_pocket_fill_is_suspected_from_over_1_ml_in_a_20_ml_pump(
    aspirated: str, suspected: bool
) -> None:
    assert bool(path(refill(aspirated), NOW).task("refill.pocket-fill")) is suspected


def drawn(day: int, aspirated: str) -> list[Event]:
    """A refill that many days later whose aspirate is looked into, and its fill given."""
    at = REFILL + day * DAY
    return [
        RefillBegun(at=at),
        Aspirated(
            at=at + HOUR / 4,
            volume_ml=Fraction(aspirated),
            expected_ml=Fraction(4),
            delivered_ml=Fraction(10),
        ),
        label(at + HOUR / 2),
        DifferenceInvestigated(at=at + HOUR / 2, finding="seen", may_fill=True),
        Filled(at=at + HOUR, volume_ml=Fraction(18), drugs=MORPHINE),
    ]


def test_two_refills_running_outside_the_accuracy_are_an_alert() -> None:
    once = [one for one in drawn(50, "2.5") if not isinstance(one, DifferenceInvestigated)]
    twice = [*at_home(), *drawn(0, "2.5"), *once]
    said = path(twice, REFILL + 51 * DAY).task("refill.investigate")[0].reason
    assert "at 2 refills running" in said
    alone = [*at_home(), *drawn(0, "4"), *once]
    said = path(alone, REFILL + 51 * DAY).task("refill.investigate")[0].reason
    assert "running" not in said


def test_label_of_2000_against_500_prescribed_keeps_the_fill_closed() -> None:
    def baclofen(strength: int) -> tuple[Ingredient, ...]:
        return (Ingredient(drug="baclofen", concentration_ug_per_ml=Fraction(strength)),)

    wrong = LabelRead(at=NOW, label=baclofen(2000), ordered=baclofen(500))
    judged = gate("fill", [*refill(), wrong], NOW)
    assert lacking(judged) == {"refill.label"}
    right = LabelRead(at=NOW, label=baclofen(500), ordered=baclofen(500))
    assert gate("fill", [*refill(), right], NOW).is_open
