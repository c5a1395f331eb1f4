"""Instruments: scores that are scores, ordinal ones kept ordinal, codes only where found."""

from __future__ import annotations

from fractions import Fraction

import pytest
from care_cases import DAY, TRIAL

from thecal.care import instrument, instruments, score, trend
from thecal.care.facts import Measured
from thecal.care.instruments import ScoreError, points_less, signs


def measured(
    key: str, text: str, day: int = 0, site: str = "", item: int | None = None
) -> Measured:
    return Measured(at=TRIAL + day * DAY, instrument=key, score=text, site=site, item_9=item)


GOOD = [
    ("nrs", "0"),
    ("nrs", "10"),
    ("vas", "37.5"),
    ("bpi-interference", "7.4"),
    ("phq-9", "27"),
    ("gad-7", "21"),
    ("modified-ashworth", "1+"),
    ("penn-spasm-frequency", "4"),
    ("poss", "S"),
    ("soapp-r", "18"),
    ("comm", "9"),
    ("pgic", "better-3"),
]
BAD = [
    ("nrs", "11"),
    ("nrs", "3.5"),
    ("nrs", "-1"),
    ("nrs", ""),
    ("nrs", "1e1"),
    ("nrs", "3,5"),
    ("vas", "100.1"),
    ("modified-ashworth", "5"),
    ("modified-ashworth", "1.5"),
    ("penn-spasm-frequency", "1+"),
    ("poss", "0"),
    ("poss", "5"),
    ("phq-9", "28"),
    ("pgic", "7"),
    ("odi", "1"),
]


@pytest.mark.parametrize(("key", "text"), GOOD)
def test_score_is_read(key: str, text: str) -> None:
    read = score(measured(key, text))
    assert (read.value is None) == instrument(key).is_ordinal
    assert (read.rank is None) != instrument(key).is_ordinal


@pytest.mark.parametrize(("key", "text"), BAD)
def test_what_is_no_score_is_refused(key: str, text: str) -> None:
    with pytest.raises(ScoreError, match="expected"):
        score(measured(key, text))


def test_item_9_belongs_to_the_phq_9_and_is_0_to_3() -> None:
    assert score(measured("phq-9", "3", item=1)).item_9 is True
    assert score(measured("phq-9", "3", item=0)).item_9 is False
    assert score(measured("phq-9", "3")).item_9 is None
    for key, item in (("gad-7", 1), ("phq-9", 4), ("phq-9", -1)):
        with pytest.raises(ScoreError):
            score(measured(key, "3", item=item))


@pytest.mark.parametrize(
    ("key", "below", "at"),
    [
        ("phq-9", "9", "10"),
        ("gad-7", "9", "10"),
        ("soapp-r", "17", "18"),
        ("comm", "8", "9"),
        ("poss", "2", "3"),
    ],
)
def test_published_cut_offs_act_from_their_score_on(key: str, below: str, at: str) -> None:
    assert not score(measured(key, below)).acts
    assert score(measured(key, at)).acts


def test_asleep_and_easy_to_rouse_is_no_reason_to_act() -> None:
    assert not score(measured("poss", "S")).acts


def test_codes_are_those_found_and_no_others() -> None:
    codes = {
        key: (one.code.system, one.code.value) for key, one in instruments().items() if one.code
    }
    assert codes == {
        "nrs": ("LOINC", "72514-3"),
        "vas": ("LOINC", "38214-3"),
        "pain-severity": ("LOINC", "38208-5"),
        "bpi-interference": ("LOINC", "77565-0"),
        "phq-9": ("LOINC", "44261-6"),
        "gad-7": ("LOINC", "70274-6"),
        "modified-ashworth": ("SNOMED CT", "765771006"),
    }
    assert all(one.code.provenance == "found" for one in instruments().values() if one.code)
    assert {key: one.code.value for key, one in signs().items()} == {
        "spo2": "2708-6",
        "respiratory-rate": "9279-1",
        "heart-rate": "8867-4",
    }


def test_ashworth_is_an_order_with_1_plus_between_1_and_2() -> None:
    ranks = [
        score(measured("modified-ashworth", one)).rank for one in ("0", "1", "1+", "2", "3", "4")
    ]
    assert ranks == sorted(set(ranks), key=lambda rank: rank or 0)
    one_plus = score(measured("modified-ashworth", "1+"))
    assert one_plus.value is None


@pytest.mark.parametrize(
    ("before", "after", "less"),
    [("3", "1", 2), ("3", "1+", 1), ("1+", "1", 0), ("1+", "0", 1), ("2", "1+", 0), ("1", "3", -2)],
)
def test_points_less_are_the_least_that_they_can_be(before: str, after: str, less: int) -> None:
    first, second = (score(measured("modified-ashworth", one)) for one in (before, after))
    assert points_less(first, second) == less


def test_points_of_an_instrument_without_points_or_of_two_are_refused() -> None:
    poss, nrs = score(measured("poss", "1")), score(measured("nrs", "1"))
    ashworth = score(measured("modified-ashworth", "1"))
    for first, second in ((poss, poss), (nrs, nrs), (ashworth, nrs)):
        with pytest.raises(ScoreError):
            points_less(first, second)


def test_trend_of_a_number_is_its_shift_and_percent() -> None:
    made = trend([measured("nrs", one, day) for day, one in enumerate(("8", "6", "2", "4"))])
    assert (made.shift, made.percent_less) == (Fraction(-4), Fraction(50))
    assert made.direction == "better"
    assert made.median == "4"


def test_trend_of_an_order_has_a_median_that_is_a_level_and_no_percent() -> None:
    made = trend(
        [
            measured("modified-ashworth", one, day)
            for day, one in enumerate(("3", "1+", "2", "1", "1+"))
        ]
    )
    assert made.percent_less is None
    assert made.median == "1+"
    assert made.shift == Fraction(-2)
    assert made.direction == "better"


def test_trend_knows_which_way_is_better() -> None:
    made = trend([measured("pgic", "same"), measured("pgic", "better-2", 1)])
    assert made.direction == "better"
    assert trend([measured("nrs", "4"), measured("nrs", "4", 1)]).direction == "same"
    assert trend([measured("nrs", "4"), measured("nrs", "5", 1)]).direction == "worse"


def test_trend_of_two_instruments_or_sites_or_of_one_score_is_refused() -> None:
    for scores in (
        [measured("nrs", "4")],
        [measured("nrs", "4"), measured("vas", "4", 1)],
        [
            measured("modified-ashworth", "1", 0, "knee"),
            measured("modified-ashworth", "1", 1, "hip"),
        ],
    ):
        with pytest.raises(ScoreError):
            trend(scores)
