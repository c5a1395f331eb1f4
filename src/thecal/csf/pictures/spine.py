"""The spine as a drawing: canal, cord, vertebrae, pump, catheter, and where the drug is (SVG).

Drawn from the same anatomy that the simulation runs on: widths are to one scale across, lengths
to another along. Text and shapes only: no script, no style sheet, nothing from outside, so that a
strict page can hold it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from thecal.csf.anatomy.levels import level_position_cm, levels
from thecal.csf.anatomy.profile import grid
from thecal.csf.courses import Courses
from thecal.csf.transport.assembly import CELLS

Array = NDArray[np.float64]
DECADES = 3.0
"""Colours span so many powers of ten below the highest value."""
_WIDE, _TALL, _TOP, _LONG = 460, 900, 84, 720
_CENTRE, _ACROSS = 215.0, 34.0
_BONE, _INK, _CORD, _PAPER = "#E9E2D0", "#333333", "#F3E3B3", "#FFFFFF"
_COLOURS = ((0.0, (247, 251, 255)), (0.35, (158, 202, 225)), (0.7, (66, 120, 181)),
            (1.0, (68, 1, 84)))  # fmt: skip
_PUMP = (372.0, 640.0)
_ROOM_FOR_TEXT = 12


@dataclass(frozen=True, slots=True)
class Scale:
    """What the colours mean.

    Attributes:
        top: the darkest value, in µg/mL.
    """

    top: float

    def share(self, value: float) -> float:
        """From 0 (palest: so many decades below the top, or less) to 1."""
        if value <= 0 or self.top <= 0:
            return 0.0
        return float(np.clip(1 + np.log10(value / self.top) / DECADES, 0.0, 1.0))

    def colour(self, value: float) -> str:
        """As #rrggbb."""
        at = self.share(value)
        places = [place for place, _ in _COLOURS]
        parts = [np.interp(at, places, [rgb[i] for _, rgb in _COLOURS]) for i in range(3)]
        return "#" + "".join(f"{round(float(part)):02x}" for part in parts)


@dataclass(frozen=True, slots=True)
class Shade:
    """Concentrations along the canal: (cells,) cm above the caudal end, and µg/mL there."""

    position_cm: Array
    ug_per_ml: Array


def courses_svg(courses: Courses) -> str:
    """The first drug's spine at the last record."""
    drug = courses.drugs[0]
    fluid = courses.whole[drug]["fluid"].isel(patient=0, time=-1)
    shade = Shade(fluid["position"].values, fluid.values)
    caption = f"{drug} after {courses.hours[-1]:.4g} h, {courses.given[drug]}"
    return spine_svg(courses.tips[drug], shade, caption)


def spine_svg(
    tip: str, shade: Shade | None = None, caption: str = "", scale: Scale | None = None
) -> str:
    """A whole SVG document.

    Args:
        tip: level of the catheter's tip.
        shade: what is in the fluid; None draws the anatomy alone.
        caption: one line under the title.
        scale: of the colours; None: from the highest value down.

    Raises:
        CsfError: no such level.
    """
    top = float(shade.ug_per_ml.max()) if shade is not None else 0.0
    colours = scale or Scale(top)
    title = f"Spine with the catheter's tip at {tip}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_TALL}" role="img" '
        f'aria-label="{escape(f"{title}. {caption}", quote=True)}" '
        'font-family="DejaVu Sans, Arial, sans-serif">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDE}" height="{_TALL}" fill="{_PAPER}"/>',
        _text(20, 32, title, size=17, weight="bold"),
        *([_text(20, 54, caption, size=12)] if caption else []),
        *_bones(),
        *_fluid(shade, colours),
        _cord(),
        *_device(tip),
        *(_legend(colours) if shade is not None and top > 0 else []),
        _text(
            20,
            _TALL - 14,
            "A relative picture, not a dosing recommendation. Not a medical device.",
            size=10,
            fill="#666666",
        ),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _y(position_cm: float) -> float:
    length = max(high for _, high in levels().values())
    return _TOP + (1 - position_cm / length) * _LONG


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: int,
    fill: str = _INK,
    weight: str = "normal",
    anchor: str = "start",
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" '
        f'fill="{fill}" text-anchor="{anchor}">{escape(text)}</text>'
    )


def _bones() -> list[str]:
    """A vertebral body on the left of each level, its spinous process on the right, its name."""
    drawn = []
    for name, (low, high) in levels().items():
        upper, tall = _y(high) + 1, _y(low) - _y(high) - 2
        drawn.append(
            f'<rect x="{_CENTRE - 108:.1f}" y="{upper:.1f}" width="56" height="{tall:.1f}" '
            f'rx="5" fill="{_BONE}" stroke="#B9AE92"/>'
        )
        drawn.append(
            f'<path d="M{_CENTRE + 52:.1f} {upper:.1f} l34 {tall * 0.55:.1f} l-6 {tall * 0.4:.1f} '
            f'l-28 {-tall * 0.35:.1f} z" fill="{_BONE}" stroke="#B9AE92"/>'
        )
        size = 11 if tall > _ROOM_FOR_TEXT else 8
        drawn.append(
            _text(_CENTRE - 118, upper + tall / 2 + size / 3, name, size=size, anchor="end")
        )
    return drawn


def _half_widths() -> tuple[Array, Array, Array]:
    """(cells,) centres, half the canal's and half the cord's width in cm, as circles' radii."""
    canal = grid(CELLS)
    area = (canal.low_volume_ml + canal.high_volume_ml) / canal.dx_cm
    outer = np.sqrt(area / np.pi + canal.cord_radius_cm**2)
    return canal.centres_cm, outer, canal.cord_radius_cm


def _fluid(shade: Shade | None, scale: Scale) -> list[str]:
    """The canal, cell by cell, in the colour of what is in it."""
    centres, outer, _ = _half_widths()
    values = np.zeros(len(centres))
    if shade is not None:
        values = np.interp(centres, shade.position_cm, shade.ug_per_ml)
    tall = _LONG / len(centres)
    cells = [
        f'<rect x="{_CENTRE - _ACROSS * w:.2f}" y="{_y(float(x)) - tall / 2:.2f}" '
        f'width="{2 * _ACROSS * w:.2f}" height="{tall + 0.3:.2f}" fill="{scale.colour(float(v))}"/>'
        for x, w, v in zip(centres, outer, values, strict=True)
    ]
    return ['<g shape-rendering="crispEdges">', *cells, "</g>"]


def _cord() -> str:
    centres, _, inner = _half_widths()
    there = inner > 0
    ys = [_y(float(x)) for x in centres[there]]
    left = [f"{_CENTRE - _ACROSS * w:.1f},{y:.1f}" for w, y in zip(inner[there], ys, strict=True)]
    right = [f"{_CENTRE + _ACROSS * w:.1f},{y:.1f}" for w, y in zip(inner[there], ys, strict=True)]
    points = " ".join([*left, *reversed(right)])
    return f'<polygon points="{points}" fill="{_CORD}" stroke="#C9A94E" stroke-width="0.8"/>'


def _device(tip: str) -> Sequence[str]:
    """Pump and catheter: it enters the canal below the tip where there is room, and ends there."""
    tip_y = _y(level_position_cm(tip))
    entry_y = max(tip_y, _y(level_position_cm("L3")))
    x, pump_y = _CENTRE + 21, _PUMP[1] + 40
    path = (
        f"M{_PUMP[0]:.0f} {pump_y:.0f} C{_PUMP[0] - 40:.0f} {pump_y + 40:.0f} "
        f"{x + 70:.0f} {entry_y + 50:.0f} {x:.0f} {entry_y:.1f} L{x:.0f} {tip_y:.1f}"
    )
    return (
        f'<path d="{path}" fill="none" stroke="#FFFFFF" stroke-width="5"/>',
        f'<path d="{path}" fill="none" stroke="#B33A00" stroke-width="2.6"/>',
        f'<circle cx="{x:.0f}" cy="{tip_y:.1f}" r="5" fill="#B33A00" stroke="#FFFFFF"/>',
        f'<line x1="{x + 8:.0f}" y1="{tip_y:.1f}" x2="{_CENTRE + 108:.0f}" y2="{tip_y:.1f}" '
        'stroke="#B33A00"/>',
        _text(_CENTRE + 112, tip_y + 4, f"tip, {tip}", size=12, fill="#B33A00", weight="bold"),
        f'<circle cx="{_PUMP[0]:.0f}" cy="{_PUMP[1]:.0f}" r="42" fill="#DDE3E8" stroke="#7A8790" '
        'stroke-width="2"/>',
        f'<circle cx="{_PUMP[0]:.0f}" cy="{_PUMP[1]:.0f}" r="9" fill="#9AA7B0"/>',
        _text(_PUMP[0], _PUMP[1] + 27, "pump", size=11, anchor="middle"),
    )


def _legend(scale: Scale) -> list[str]:
    """A bar of the colours with their values."""
    x, y, tall, steps = 352, 120, 200, 40
    values = [scale.top * 10 ** (-DECADES * i / steps) for i in range(steps + 1)]
    bar = [
        f'<rect x="{x}" y="{y + tall * i / (steps + 1):.2f}" width="16" '
        f'height="{tall / (steps + 1) + 0.3:.2f}" fill="{scale.colour(value)}"/>'
        for i, value in enumerate(values)
    ]
    marks = [
        _text(x + 22, y + 8 + (tall - 8) * k / DECADES, f"{scale.top * 10**-k:.2g}", size=11)
        for k in range(int(DECADES))
    ]
    lowest = _text(x + 22, y + tall, f"{scale.top * 10**-DECADES:.2g} or less", size=11)
    return [_text(x, y - 10, "in the fluid, µg/mL", size=11), *bar, *marks, lowest]
