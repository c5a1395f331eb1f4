"""Whether a trial succeeded, and how long it must be observed, at the edges of each figure."""

from __future__ import annotations

from fractions import Fraction

import pytest
from care_cases import (
    DAY,
    HOUR,
    PLACED,
    SPASM,
    TRIAL,
    gate,
    history,
    nrs,
    path,
    screening,
    trial,
)

from thecal.care import PUBLISHED, Settings, read_settings_text
from thecal.care.facts import (
    Answer,
    BolusGiven,
    Event,
    FunctionAnswered,
    Measured,
    Method,
    TrialCatheterRemoved,
    TrialStarted,
    TrialStopped,
)
from thecal.care.trial import judge_trial, next_screening_dose, screening_doses

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


def pain(
    *scores: tuple[float, str],
    before: str | None = "8",
    function: Answer | None = YES,
    ended: bool = True,
) -> list[Event]:
    return [
        *([] if before is None else [nrs(TRIAL - DAY, before)]),
        TrialStarted(at=TRIAL, method=Method.CATHETER),
        *(nrs(TRIAL + hour * HOUR, one) for hour, one in scores),
        *([] if function is None else [FunctionAnswered(at=TRIAL + HOUR, answer=function)]),
        *([TrialCatheterRemoved(at=TRIAL + 25 * HOUR)] if ended else []),
    ]


def every(hours: range, score: str) -> list[tuple[float, str]]:
    return [(hour, score) for hour in hours]


BAD = every(range(0, 2), "8")
AFTER = every(range(12, 25), "8")


def verdict(events: list[Event], settings: Settings = PUBLISHED) -> Answer:
    return judge_trial(history(*events), settings).answer


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param(pain(*BAD, *every(range(2, 11), "4"), *AFTER), YES, id="half less for 8 h"),
        pytest.param(pain(*BAD, *every(range(2, 11), "5"), *AFTER), NO, id="less than half"),
        pytest.param(
            pain(*BAD, *every(range(2, 10), "4"), *every(range(10, 25), "8")), NO, id="7 h"
        ),
        pytest.param(
            pain(*BAD, *every(range(2, 8), "4"), (8, "5"), *every(range(9, 12), "4"), *AFTER),
            NO,
            id="interrupted",
        ),
        pytest.param(pain((2, "4"), (10, "4")), UNKNOWN, id="two scores 8 h apart"),
        pytest.param(pain((2, "4"), (6, "4"), (10, "4")), YES, id="scores 4 h apart"),
        pytest.param(pain((2, "4"), (6, "4")), UNKNOWN, id="nobody measured after"),
        pytest.param(pain(), UNKNOWN, id="never measured"),
        pytest.param(pain(*every(range(2, 11), "4"), before=None), UNKNOWN, id="no baseline"),
        pytest.param(pain(*every(range(0, 25), "0"), before="0"), NO, id="nothing to lessen"),
        pytest.param(
            pain(*every(range(2, 11), "4"), function=None), UNKNOWN, id="function unasked"
        ),
        pytest.param(pain(*every(range(2, 11), "4"), function=NO), NO, id="function lost"),
        pytest.param(pain(*every(range(0, 3), "8"), ended=False), UNKNOWN, id="still runs"),
        pytest.param(
            pain(*every(range(2, 11), "4"), ended=False), YES, id="succeeds while it runs"
        ),
    ],
)
def test_pain_is_halved_for_8_hours_with_function(events: list[Event], expected: Answer) -> None:
    assert verdict(events) is expected


def test_scores_after_the_trial_ended_do_not_count() -> None:
    late = pain(*every(range(2, 6), "4"), ended=False)
    late += [TrialStopped(at=TRIAL + 6 * HOUR, reason="nausea")]
    late += [nrs(TRIAL + hour * HOUR, "4") for hour in range(7, 20)]
    assert verdict(late) is NO


def test_the_least_that_a_clinic_may_ask_is_the_leaflets_decrease() -> None:
    own = read_settings_text(
        'schema = 1\n[figures]\ntrial-pain-relief = "0 %"\ntrial-pain-time = "0 h"\n'
        "trial-pain-function = 0\n"
    )
    assert verdict(pain((3, "7"), *every(range(4, 25), "8"), function=None), own) is YES
    assert verdict(pain(*every(range(0, 25), "8"), function=None), own) is NO
    assert verdict(pain(*every(range(0, 25), "9"), function=None), own) is NO


def ashworth(before: str, after: str, hours: float = 4, site: str = "knee") -> list[Event]:
    return [
        Measured(at=TRIAL - DAY, instrument="modified-ashworth", score=before, site=site),
        *(
            Measured(at=TRIAL + hour * HOUR, instrument="modified-ashworth", score=one, site=site)
            for hour, one in (
                (0.5, before),
                (1.0, after),
                (1 + hours, after),
                *((2 + hours + extra, before) for extra in range(0, 22, 3)),
            )
        ),
    ]


def spasm(*scores: list[Event]) -> list[Event]:
    return [
        TrialStarted(at=TRIAL, method=Method.BOLUS),
        *(event for one in scores for event in one),
        TrialCatheterRemoved(at=TRIAL + 25 * HOUR),
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("3", "1", YES),
        ("4", "2", YES),
        ("3", "2", NO),
        ("3", "1+", NO),
        ("1+", "0", NO),
        ("2", "0", YES),
        ("4", "1+", YES),
    ],
)
def test_two_points_less_on_the_ordinal_scale_with_1_plus_never_helping(
    before: str, after: str, expected: Answer
) -> None:
    facts = history(*spasm(ashworth(before, after)), patient=SPASM)
    assert judge_trial(facts, PUBLISHED).answer is expected


def test_spasm_must_be_less_for_4_hours() -> None:
    for hours, expected in ((4, YES), (3.9, NO)):
        facts = history(*spasm(ashworth("3", "1", hours)), patient=SPASM)
        assert judge_trial(facts, PUBLISHED).answer is expected


def test_one_point_is_enough_where_the_clinic_says_so() -> None:
    own = read_settings_text("schema = 1\n[figures]\ntrial-spasm-points = 1\n")
    facts = history(*spasm(ashworth("3", "2")), patient=SPASM)
    judged = judge_trial(facts, own)
    assert judged.answer is YES
    assert [one.as_source().own for one in judged.figures] == [True, False]


def test_more_than_half_of_the_sites_must_have_it() -> None:
    sites = [ashworth("3", "1", site="knee"), ashworth("3", "3", site="hip")]
    assert judge_trial(history(*spasm(*sites), patient=SPASM), PUBLISHED).answer is NO
    sites.append(ashworth("4", "2", site="ankle"))
    assert judge_trial(history(*spasm(*sites), patient=SPASM), PUBLISHED).answer is YES


def test_screening_goes_50_75_100_from_the_label_and_children_begin_with_25() -> None:
    child = SPASM.__class__(indication=SPASM.indication, child=True)
    assert [int(one) for one in screening_doses(SPASM, PUBLISHED)] == [50, 75, 100]
    assert [int(one) for one in screening_doses(child, PUBLISHED)] == [25, 50, 75, 100]


@pytest.mark.parametrize(
    ("given", "following"), [("50", 75), ("60", 75), ("75", 100), ("100", None)]
)
def test_next_screening_dose_is_the_next_larger_step(given: str, following: int | None) -> None:
    dose = BolusGiven(at=TRIAL, drug="baclofen", dose_ug=Fraction(given))
    assert next_screening_dose(history(dose, patient=SPASM), PUBLISHED) == following


def test_next_dose_is_due_24_h_after_the_last_and_not_if_it_worked() -> None:
    tried = screening((0, "50"), scores={1: "3", 4: "3", 8: "3"})
    now = TRIAL + 10 * HOUR
    (task,) = path(tried, now, SPASM).task("screening.next")
    assert "75 µg" in task.title
    assert task.earliest == task.due == TRIAL + 24 * HOUR
    worked = screening((0, "50"), scores={1: "1", 4: "1", 5: "1"})
    assert not path(worked, now, SPASM).task("screening.next")


def test_no_response_to_100_micrograms_is_not_a_candidate() -> None:
    scores = dict.fromkeys(range(1, 70, 3), "3")
    tried = screening((0, "50"), (24, "75"), (48, "100"), scores=scores)
    over = [*tried, TrialCatheterRemoved(at=TRIAL + 72 * HOUR)]
    found = path(over, PLACED, SPASM)
    assert found.stage == "not-a-candidate"
    (lack,) = [one for one in found.gate("implant.schedule").missing if one.code == "trial.success"]
    assert "not a candidate" in lack.reason
    assert not found.task("screening.next")


def test_trial_that_runs_is_observed_as_soon_as_its_time_is_over() -> None:
    running = [one for one in trial() if not isinstance(one, TrialCatheterRemoved)]
    assert not gate("trial.end", running, TRIAL + 25 * HOUR - HOUR / 60).is_open
    assert gate("trial.end", running, TRIAL + 25 * HOUR).is_open


def test_hydromorphone_has_no_published_observation_and_the_pathway_says_so() -> None:
    found = path(trial(drug="hydromorphone"), TRIAL + 2 * HOUR)
    assert any(
        one.code == "observation.first-dose-unknown" and "hydromorphone" in one.text
        for one in found.notes
    )
    (task,) = found.task("observation.interval")
    assert task.due is None
    assert "no published" in task.undated
