"""The plan's page: what it shows, that it can be read, and that it is the same every time."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from thecal.programmer.pictures import draw_changeover, draw_day, draw_plan, plan_page
from thecal.programmer.pictures.changeover import (
    alike,
    moving_mean,
    primed_tip,
    why_nothing,
    without_bridge,
)
from thecal.programmer.pictures.day import example_doses_s
from thecal.programmer.pictures.reservoir import course
from thecal.programmer.pictures.style import fill, new_page, save
from thecal.programmer.wording import days_label
from thecal.pump.language import PatientDose
from thecal.therapy.plan import Plan

Planned = Callable[[str], Plan]
UNIT = re.compile(r"\((?:[^)]*[ /(])?(?:h|day|mL|µg|mg|%)(?:[ ,/][^)]*)?\)")
SMALLEST_PT = 8


_PAGES: dict[int, Figure] = {}


def page_of(plan: Plan) -> Figure:
    """The plan's page, drawn once for each plan."""
    if id(plan) not in _PAGES:
        _PAGES[id(plan)] = plan_page(plan)
        _PAGES[id(plan)].canvas.draw()
    return _PAGES[id(plan)]


def drawn_axes(page: Figure) -> Iterator[Axes]:
    """Each panel that has a picture, with the axes on its right."""
    for axes in page.axes:
        if axes.axison:
            yield axes
            yield from (child for child in axes.child_axes if isinstance(child, Axes))


def texts(page: Figure) -> list[Text]:
    return [
        one
        for one in page.findobj(Text)
        if isinstance(one, Text) and one.get_text().strip() and one.get_visible()
    ]


def said(page: Figure) -> str:
    return " ".join(" ".join(one.get_text() for one in texts(page)).split())


def test_a_page_is_a_png_of_1600_by_1200_that_is_not_blank(any_plan: Plan, tmp_path: Path) -> None:
    save(page_of(any_plan), tmp_path / "plan.png")
    with Image.open(tmp_path / "plan.png") as image:
        assert (image.format, image.size) == ("PNG", (1600, 1200))
        assert len(image.convert("L").getcolors(256) or []) > 20


@pytest.mark.parametrize("name", ["flex", "first-fill", "week-not-covered"])
def test_a_page_has_the_same_bytes_on_a_second_run(
    name: str, planned: Planned, tmp_path: Path
) -> None:
    for copy in ("first.png", "second.png"):
        draw_plan(planned(name), tmp_path / copy)
    assert (tmp_path / "first.png").read_bytes() == (tmp_path / "second.png").read_bytes()


def test_every_axis_carries_its_unit(any_plan: Plan) -> None:
    for axes in drawn_axes(page_of(any_plan)):
        for label in (axes.get_xlabel(), axes.get_ylabel()):
            assert not label or UNIT.search(label), label
    for axes in page_of(any_plan).axes:
        assert not axes.axison or axes.get_ylabel()


def test_all_text_is_large_enough_and_on_the_page(any_plan: Plan) -> None:
    page = page_of(any_plan)
    width, height = page.canvas.get_width_height()
    for text in texts(page):
        assert float(text.get_fontsize()) >= SMALLEST_PT, text.get_text()
        box = text.get_window_extent()
        inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height
        in_view = text.axes is None or text.get_text() in _shown_ticks(text.axes) or inside
        assert in_view, text.get_text()


def _shown_ticks(axes: object) -> set[str]:
    """Tick labels beyond an axis' ends exist but are not drawn."""
    assert isinstance(axes, Axes)
    labels = [*axes.get_xticklabels(), *axes.get_yticklabels()]
    return {label.get_text() for label in labels}


def test_no_panel_runs_into_another(any_plan: Plan) -> None:
    page = page_of(any_plan)
    panels = [axes for axes in page.axes if axes.get_title(loc="left")]
    boxes = [axes.get_tightbbox() for axes in panels]
    for one, other in combinations([box for box in boxes if box is not None], 2):
        assert not one.overlaps(other)


def test_a_refused_plan_is_drawn_with_refused_and_its_codes(planned: Planned) -> None:
    plan = planned("refused")
    page = said(page_of(plan))
    assert "REFUSED" in page
    assert plan.open_findings[0].code in page
    assert len([axes for axes in page_of(plan).axes if axes.axison]) >= 3


def test_an_accepted_plan_says_so(planned: Planned) -> None:
    page = said(page_of(planned("flex")))
    assert "ACCEPTED" in page
    assert "REFUSED" not in page


def test_a_plan_without_a_program_says_why(planned: Planned) -> None:
    page = said(page_of(planned("week-not-covered")))
    assert "No program" in page
    assert "No schedule for: sun." in page
    assert "More than one schedule for: fri." in page


def test_weekdays_and_weekend_are_told_apart_with_their_totals(planned: Planned) -> None:
    page = said(page_of(planned("flex")))
    assert "new, Mon–Fri: 6.15 mg in 24 h" in page
    assert "new, Sat, Sun: 4.8 mg in 24 h" in page
    assert "before: 4 mg/day" in page
    assert "bupivacaine 2.882 mg/day" in page
    assert "lockout 4 h" in page


def test_the_day_is_drawn_in_the_steps_of_the_program(planned: Planned) -> None:
    axes = new_page().add_subplot()
    draw_day(planned("flex"), axes)
    steps = [patch.get_data() for patch in axes.patches]  # type: ignore[attr-defined]
    assert [list(one.values) for one in steps] == [[0.15, 0.3], [0.2]]
    assert [list(one.edges) for one in steps] == [[0.0, 7.0, 24.0], [0.0, 24.0]]


@pytest.mark.parametrize(
    ("weekdays", "label"),
    [
        ((0, 1, 2, 3, 4, 5, 6), "every day"),
        ((0, 1, 2, 3, 4), "Mon–Fri"),
        ((5, 6), "Sat, Sun"),
        ((0, 2, 4, 5, 6), "Mon, Wed, Fri–Sun"),
        ((3,), "Thu"),
    ],
)
def test_weekdays_are_named_briefly(weekdays: tuple[int, ...], label: str) -> None:
    assert days_label(weekdays) == label


def test_example_doses_keep_the_lockout_and_the_count() -> None:
    dose = PatientDose(volume_pl=1, duration_s=600, lockout_s=14_400, max_per_day=4)
    times = example_doses_s(dose)
    assert times == [28_800, 43_200, 57_600, 72_000]


def test_doses_that_would_pass_midnight_start_earlier_or_are_left_out() -> None:
    dose = PatientDose(volume_pl=1, duration_s=600, lockout_s=28_800, max_per_day=5)
    assert example_doses_s(dose) == [0, 28_800, 57_600]


@pytest.mark.parametrize("name", ["stronger", "weaker", "flex", "fixed-rate", "prometra"])
def test_the_reservoir_reaches_the_alarm_volume_on_the_refill_day(
    name: str, planned: Planned
) -> None:
    case = planned(name).case
    assert case.refill is not None
    assert case.refill.days is not None
    _, volumes = course(case, float(case.refill.days), patient_doses=True)
    assert volumes[-1] == pytest.approx(float(case.alarm_volume_ml or 0), abs=1e-9)


def test_at_the_upper_accuracy_it_does_so_on_the_latest_safe_day(planned: Planned) -> None:
    case = planned("stronger").case
    assert case.refill is not None
    assert case.refill.latest_safe_days is not None
    assert case.upper_accuracy_percent is not None
    share = 1 + case.upper_accuracy_percent / 100
    # The refill counts the bridge's hours as programmed, so its volume alone is larger.
    _, volumes = course(case, float(case.refill.latest_safe_days), True, share)
    assert volumes[-1] == pytest.approx(2.0, abs=1e-6)


def test_an_unpublished_accuracy_is_said(planned: Planned) -> None:
    assert "accuracy not published for Prometra II" in said(page_of(planned("prometra")))
    assert "at this flow, only at 10 mL/h" in said(page_of(planned("trial")))
    assert "(recalled)" in said(page_of(planned("stronger")))


def test_dates_stand_beside_the_reservoir(planned: Planned) -> None:
    page = said(page_of(planned("stronger")))
    assert "refill: 118.3 day (2026-06-28), set by reservoir" in page
    assert "latest safe: 103.1 day (2026-06-13)" in page


def test_a_date_set_by_stability_is_said_with_what_sets_it(planned: Planned) -> None:
    page = said(page_of(planned("ziconotide-first")))
    assert "refill: 14 day (2026-03-16), set by stability" in page
    assert "ziconotide may stay in a pump for 14 day" in page


@pytest.mark.parametrize(("name", "share"), [("stronger", 0.25), ("weaker", 4.0)])
def test_a_bridge_left_out_shows_the_wrong_dose(name: str, share: float, planned: Planned) -> None:
    change = planned(name).case.changeover
    assert change is not None
    tip = without_bridge(planned(name).case, change).tip
    assert tip is not None
    assert tip.rates("baclofen")[0][1] == pytest.approx(300 * share, rel=1e-3)


def test_the_mean_at_the_tip_is_the_one_that_is_judged(planned: Planned) -> None:
    change = planned("flex").case.changeover
    assert change is not None
    assert change.tip is not None
    means = [rate for _, rate in moving_mean(change.tip, "bupivacaine", change.window_h)]
    low, high = change.tip.rate_range("bupivacaine", change.window_h)
    assert min(means) == pytest.approx(low)
    assert max(means) == pytest.approx(high)


def test_drugs_that_run_in_step_share_a_line(planned: Planned) -> None:
    change = planned("another-drug").case.changeover
    assert change is not None
    assert alike(change) == [["hydromorphone", "bupivacaine"], ["morphine", "clonidine"]]


def test_a_first_fill_shows_early_drug_and_the_weak_stretch(planned: Planned) -> None:
    case = planned("first-fill").case
    assert case.priming is not None
    page = said(page_of(planned("first-fill")))
    assert "early, before the bolus ends: morphine 0.0186 mg, clonidine 1.86 µg" in page
    assert "weak stretch" in page
    tip = primed_tip(case, case.priming)
    assert tip is not None
    end_h = case.priming.bolus.duration_s / 3600
    assert tip.by("morphine", end_h) == pytest.approx(case.priming.early_ug["morphine"], rel=0.01)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("same-solution", "No change-over"),
        ("prometra", "Path volume not published"),
        ("trial", "Path volume not published"),
        ("stopped", "The pump is stopped"),
        ("week-not-covered", "No program"),
    ],
)
def test_where_nothing_can_be_drawn_a_sentence_says_why(
    name: str, why: str, planned: Planned
) -> None:
    axes = new_page().add_subplot()
    draw_changeover(planned(name), axes)
    assert not axes.axison
    assert axes.texts[0].get_text().startswith(why)
    assert why_nothing(planned(name).case).startswith(why)


def test_a_line_never_breaks_between_a_number_and_its_unit() -> None:
    lines = fill("hydromorphone 4.044 mg/day and more", 24).splitlines()
    assert lines == ["hydromorphone", "4.044\N{NO-BREAK SPACE}mg/day and more"]


def test_matplotlib_loads_at_the_first_picture_only() -> None:
    program = "import sys, thecal.programmer.pictures; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_whole_days_and_no_patient_dose_leave_more_in_the_reservoir(planned: Planned) -> None:
    case = planned("flex").case
    _, taken = course(case, 30.0, patient_doses=True)
    _, none = course(case, 30.0, patient_doses=False)
    assert none[-1] - taken[-1] == pytest.approx(float(Fraction("0.05")) * 30, rel=0.03)
