"""One drug's course on a page: at the levels sampled, along the spine, and both at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import xarray as xr

from thecal.csf.anatomy.levels import level_position_cm, levels
from thecal.csf.courses import Courses
from thecal.programmer.pictures.style import (
    BLACK,
    GREY,
    LINES,
    TEXT_PT,
    TITLE_PT,
    Key,
    dress,
    fill,
    new_page,
    save,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MAP_DECADES = 4.0
"""Colours and logarithmic axes span so many powers of ten below the highest value."""
_WIDTH_IN, _DRUG_IN, _FOOT_IN, _HEAD_IN = 10.0, 7.5, 0.6, 0.6
_SHOWN_LEVELS = ("C1", "C4", "C7", "T3", "T6", "T9", "T12", "L3", "S1", "S5")
_PROFILES = 5
UNIT = "µg/mL"


def draw_courses(courses: Courses, path: Path | BinaryIO) -> None:
    """A page with three panels for each drug, as a PNG."""
    page = new_page(_WIDTH_IN, _HEAD_IN + _DRUG_IN * len(courses.drugs) + _FOOT_IN)
    _, height = page.get_size_inches()
    for row, drug in enumerate(courses.drugs):
        top = height - _HEAD_IN - row * _DRUG_IN
        _title(page, f"{drug}, tip at {courses.tips[drug]}, {courses.given[drug]}", top)
        _levels(_panel(page, 0.8, top - 2.75, 8.8, 2.4), courses, drug)
        _map(page, _panel(page, 0.8, top - 6.5, 4.3, 2.6), courses, drug)
        _profiles(_panel(page, 6.3, top - 6.5, 3.3, 2.6), courses, drug)
    page.text(
        0.8 / _WIDTH_IN,
        0.15 / height,
        fill(f"{courses.says['note'][-1]} Not a medical device.", 130),
        fontsize=TEXT_PT - 1,
        color=GREY,
        va="bottom",
    )
    save(page, path)


def _title(page: Figure, text: str, top_in: float) -> None:
    _, height = page.get_size_inches()
    page.text(
        0.8 / _WIDTH_IN,
        (top_in + 0.15) / height,
        text,
        fontsize=TITLE_PT,
        fontweight="bold",
        va="bottom",
    )


def _panel(page: Figure, left: float, bottom: float, wide: float, tall: float) -> Axes:
    """Axes at a place given in inches."""
    width, height = page.get_size_inches()
    return page.add_axes((left / width, bottom / height, wide / width, tall / height))


def _levels(axes: Axes, courses: Courses, drug: str) -> None:
    """Each level through time."""
    key = Key(60)
    for index, level in enumerate(courses.levels):
        colour, dash = LINES[index % len(LINES)]
        values = courses.sampled[drug][:, index]
        (line,) = axes.plot(
            courses.hours, values, color=colour, linestyle=dash, linewidth=1.8, label=level
        )
        key.add(line)
    dress(axes, "In the fluid at each level", "time (h)", UNIT)
    axes.set_xlim(courses.hours[0], courses.hours[-1])
    top = float(courses.sampled[drug].max())
    if top > 0:
        axes.set_yscale("log")
        axes.set_ylim(top * 10**-MAP_DECADES, top * 2)
    key.place(axes, min(len(courses.levels), 6))


def _map(page: Figure, axes: Axes, courses: Courses, drug: str) -> None:
    """Level by time, logarithmic in colour."""
    from matplotlib.colors import LogNorm  # noqa: PLC0415

    whole = courses.whole[drug]
    fluid = whole["fluid"].isel(patient=0)
    top = float(fluid.max()) or 1.0
    drawn = axes.pcolormesh(
        fluid["time"].values,
        _faces(whole),
        np.maximum(fluid.values.T[:, :-1], top * 10**-MAP_DECADES),
        norm=LogNorm(top * 10**-MAP_DECADES, top),
        cmap="viridis",
        rasterized=True,
    )
    tip = courses.tips[drug]
    axes.axhline(level_position_cm(tip), color="white", linewidth=1.0, linestyle=(0, (4, 3)))
    axes.annotate(f"tip {tip}", (0.98, level_position_cm(tip)), xycoords=("axes fraction", "data"),
                  color="white", fontsize=TEXT_PT - 1, ha="right", va="bottom")  # fmt: skip
    dress(axes, "Along the spine through time", "time (h)", "level")
    axes.grid(visible=False)
    _level_ticks(axes)
    width = page.get_size_inches()[0]
    box = axes.get_position()
    bar = page.add_axes((box.x1 + 0.08 / width, box.y0, 0.12 / width, box.height))
    page.colorbar(drawn, cax=bar, extend="min")
    bar.set_ylabel(UNIT, fontsize=TEXT_PT - 1)
    bar.tick_params(labelsize=TEXT_PT - 1.5)


def _faces(whole: xr.Dataset) -> Any:
    centres = whole["position"].values
    half = (centres[1] - centres[0]) / 2
    return np.append(centres - half, centres[-1] + half)


def _profiles(axes: Axes, courses: Courses, drug: str) -> None:
    """The spine at a few times."""
    fluid = courses.whole[drug]["fluid"].isel(patient=0)
    hours = fluid["time"].values
    wanted = np.geomspace(max(hours[1], hours[-1] / 100), hours[-1], _PROFILES)
    chosen = np.unique(np.searchsorted(hours, wanted).clip(0, len(hours) - 1))
    for index, which in enumerate(chosen):
        colour, dash = LINES[index % len(LINES)]
        axes.plot(
            fluid.values[which],
            fluid["position"].values,
            color=colour,
            linestyle=dash,
            linewidth=1.6,
            label=f"{hours[which]:.3g} h",
        )
    axes.axhline(level_position_cm(courses.tips[drug]), color=BLACK, linewidth=0.7)
    dress(axes, "Along the spine at some times", UNIT, "")
    axes.set_xlim(left=0)
    _level_ticks(axes)
    axes.legend(fontsize=TEXT_PT - 1, frameon=False, loc="best")


def _level_ticks(axes: Axes) -> None:
    axes.set_ylim(0, max(high for _, high in levels().values()))
    axes.set_yticks([level_position_cm(one) for one in _SHOWN_LEVELS], _SHOWN_LEVELS)
