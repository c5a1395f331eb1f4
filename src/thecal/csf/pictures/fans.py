"""A cohort's fans: the median and how far people lie about it, level by level."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from thecal.csf.cohort.study import Study
from thecal.csf.cohort.summary import Fan, Summary
from thecal.csf.simulate import NOT_A_DOSE
from thecal.programmer.pictures.style import (
    BLUE,
    GREY,
    TEXT_PT,
    TITLE_PT,
    VERMILION,
    dress,
    fill,
    new_page,
    save,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH_IN, _LEVEL_IN, _HEAD_IN, _FOOT_IN = 10.0, 2.9, 1.25, 0.6
_STYLES = ((BLUE, "-"), (VERMILION, (0, (6, 2))))


def draw_cohort(study: Study, summary: Summary, path: Path | BinaryIO) -> None:
    """A panel for each level, as a PNG; two regimens lie over each other."""
    page = new_page(_WIDTH_IN, _HEAD_IN + _LEVEL_IN * len(study.levels) + _FOOT_IN)
    width, height = page.get_size_inches()
    left = 0.85 / width
    page.text(left, 1 - 0.45 / height, f"{study.patients} virtual patients", fontsize=TITLE_PT,
              fontweight="bold")  # fmt: skip
    for number, regimen in enumerate(study.regimens):
        text = f"{number + 1}: {regimen.drug}, tip at {regimen.tip}, {regimen.given}"
        page.text(left, 1 - (0.7 + 0.2 * number) / height, text, fontsize=TEXT_PT + 1,
                  color=_STYLES[number][0])  # fmt: skip
    for row, level in enumerate(study.levels):
        bottom = (height - _HEAD_IN - (row + 1) * _LEVEL_IN + 0.65) / height
        axes = page.add_axes((left, bottom, 8.7 / width, (_LEVEL_IN - 1.05) / height))
        for fan in summary.fans:
            if fan.level == level:
                _fan(axes, summary, fan)
        dress(axes, f"{level}: median, half, and nine in ten of the patients", "time (h)", "µg/mL")
        axes.set_xlim(summary.times_h[0], summary.times_h[-1])
        axes.set_ylim(bottom=0)
    page.text(left, 0.15 / height, fill(f"{NOT_A_DOSE} Not a medical device.", 130),
              fontsize=TEXT_PT - 1, color=GREY, va="bottom")  # fmt: skip
    save(page, path)


def _fan(axes: Axes, summary: Summary, fan: Fan) -> None:
    colour, dash = _STYLES[fan.regimen]
    lowest, low, middle, high, highest = fan.quantiles
    axes.fill_between(summary.times_h, lowest, highest, color=colour, alpha=0.15, linewidth=0)
    axes.fill_between(summary.times_h, low, high, color=colour, alpha=0.3, linewidth=0)
    axes.plot(summary.times_h, middle, color=colour, linestyle=dash, linewidth=1.8)
