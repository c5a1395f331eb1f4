"""The picture of a rehearsal: doses at pump and tip, the reservoir, the alarms."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from thecal.programmer.pictures import draw_rehearsal, rehearsal_page
from thecal.programmer.pictures.rehearsal import daily, hourly, is_long
from thecal.programmer.rehearsal.run import Rehearsal, rehearse
from thecal.pump.world.written import read_fault
from thecal.therapy.plan import Plan

Planned = Callable[[str], Plan]
UNIT = re.compile(r"\((?:h|day|mL|% of \w+)\)")


FAULTS = (*read_fault("bias=+14.5%@0d"), *read_fault("stall@2d+3h"))
_RUNS: dict[str, Rehearsal] = {}


def run_of(name: str, planned: Planned) -> Rehearsal:
    """A short run, a long one, one that stalls and over-delivers, one that delivers nothing."""
    if name not in _RUNS:
        prescription, days, faults = {
            "short": ("weaker", 2, ()),
            "long": ("weaker", 8, ()),
            "stalled": ("flex", 12, FAULTS),
            "stopped": ("stopped", 5, ()),
        }[name]
        _RUNS[name] = rehearse(planned(prescription), days, faults)
    return _RUNS[name]


@pytest.fixture(params=["short", "long", "stalled", "stopped"])
def run(request: pytest.FixtureRequest, planned: Planned) -> Rehearsal:
    """Each run in turn."""
    return run_of(request.param, planned)


def said(page: Figure) -> str:
    texts = [one.get_text() for one in page.findobj(Text) if isinstance(one, Text)]
    return " ".join(" ".join(texts).split())


def test_a_page_is_a_png_of_the_same_bytes_every_time(run: Rehearsal, tmp_path: Path) -> None:
    for name in ("first.png", "second.png"):
        draw_rehearsal(run, tmp_path / name)
    assert (tmp_path / "first.png").read_bytes() == (tmp_path / "second.png").read_bytes()
    with Image.open(tmp_path / "first.png") as image:
        assert (image.format, image.size) == ("PNG", (1600, 1200))
        assert len(image.convert("L").getcolors(256) or []) > 20


def test_every_axis_carries_its_unit(run: Rehearsal) -> None:
    for axes in rehearsal_page(run).axes:
        if axes.axison:
            assert UNIT.search(axes.get_xlabel())
            # The rows of the events are names, which have no unit.
            assert UNIT.search(axes.get_ylabel()) or axes.get_yticklabels()[0].get_text()[0] in "ar"


def test_all_text_stands_on_the_page(run: Rehearsal) -> None:
    page = rehearsal_page(run)
    page.canvas.draw()
    width, height = page.canvas.get_width_height()
    for text in page.texts + [axes.yaxis.label for axes in page.axes if axes.axison]:
        box = text.get_window_extent()
        assert box.x0 >= 0
        assert box.x1 <= width
        assert 0 <= box.y0 <= box.y1 <= height


def test_what_happened_is_said(planned: Planned) -> None:
    run = run_of("stalled", planned)
    page = said(rehearsal_page(run))
    assert "alarm: motor-stall" in page
    assert f"Patient doses: {run.granted} given, {len(run.refused)} refused." in page
    assert "morphine (100 % = 5.764 mg/day)" in page
    last = run.reservoir[-1]
    assert last.believed_ml is not None
    assert last.believed_ml > last.true_ml
    assert "alarm volume 2 mL" in page


def test_a_quiet_run_says_that_nothing_went_wrong(planned: Planned) -> None:
    page = said(rehearsal_page(run_of("short", planned)))
    assert "No alarm and no refusal." in page
    assert "No patient doses are ordered." in page


def test_only_a_long_run_has_a_panel_of_days(planned: Planned) -> None:
    short, long = run_of("short", planned), run_of("long", planned)
    assert (is_long(short), is_long(long)) == (False, True)
    assert "Dose day by day" not in said(rehearsal_page(short))
    assert "Dose day by day" in said(rehearsal_page(long))


def test_bins_keep_the_mean_dose() -> None:
    hourly_ug = [1.0] * 24 + [3.0] * 24 + [9.0]
    assert daily(49).mean_ug_per_day(hourly_ug) == [24.0, 72.0]
    assert daily(49).edges == (0.0, 1.0, 2.0)
    assert hourly(2).mean_ug_per_day(hourly_ug) == [24.0, 24.0]
