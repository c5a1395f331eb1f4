"""How the programmer's pictures look: paper, colours, legends, the unit of a dose axis.

Colours are Okabe and Ito's, which colour-blind readers tell apart; every line also has its own
dash pattern, so that a grey print still reads. matplotlib loads in here, at the first picture.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from thecal.formulary import Drug

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_IN, HEIGHT_IN, DPI = 10.0, 7.5, 160
"""A page of 1600 x 1200 pixels; printed across a landscape A4 page its text keeps its size."""
TITLE_PT, HEAD_PT, TEXT_PT = 15, 10, 8.8
BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#AA4499",
    "#E69F00",
    "#56B4E9",
)
BLACK, GREY, PALE = "#000000", "#6B6B6B", "#D9E8F2"
LINES: tuple[tuple[str, Any], ...] = (
    (BLUE, "-"),
    (VERMILION, (0, (6, 2))),
    (GREEN, (0, (6, 2, 1, 2))),
    (PURPLE, (0, (1, 1.2))),
    (ORANGE, (0, (8, 2, 1, 2, 1, 2))),
    (SKY, (0, (3, 1))),
    (BLACK, (0, (1, 3))),
)
"""A colour and a dash pattern for each of several lines, told apart in grey too."""
_MILLI = 1000
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=[A-Za-zµ%])")
_LEGEND_DROP_IN = 0.42
_TITLE_IN, _BELOW_LEGEND_IN, _SENTENCE_IN = 0.28, 0.06, 0.5


@dataclass(frozen=True, slots=True)
class DoseUnit:
    """The unit of a dose axis: ``factor`` µg are one ``name``."""

    name: str
    factor: float

    @classmethod
    def of(cls, drug: Drug) -> DoseUnit:
        """The unit that the drug is shown in everywhere."""
        return cls("mg", float(_MILLI)) if drug.shown_in == "mg" else cls("µg", 1.0)


def fill(text: str, width: int) -> str:
    """Break a text into lines of so many characters, never between a number and its unit."""
    return textwrap.fill(bind_units(text), width)


def bind_units(text: str) -> str:
    """The text with no-break spaces between numbers and what follows them."""
    return _BEFORE_UNIT.sub("\N{NO-BREAK SPACE}", text)


@dataclass
class Key:
    """The legend of a panel, which grows as the panel is drawn; ``width`` is in characters."""

    width: int = 54
    handles: list[Artist] = field(default_factory=list)

    def add(self, artist: Artist) -> None:
        """Explain a line or an area by its own label."""
        artist.set_label(fill(str(artist.get_label()), self.width))
        self.handles.append(artist)

    def sample(self, label: str, **style: Any) -> None:
        """Explain a line that several artists draw."""
        from matplotlib.lines import Line2D  # noqa: PLC0415

        self.add(Line2D([], [], label=label, **style))

    def say(self, sentence: str) -> None:
        """A line of text without a sample."""
        self.sample(sentence, linestyle="none")

    def place(self, axes: Axes, columns: int = 1) -> None:
        """Put the legend below the axis label, at a fixed distance whatever the panel's height."""
        from matplotlib.transforms import ScaledTranslation  # noqa: PLC0415

        scale = axes.get_figure(root=True).dpi_scale_trans  # type: ignore[union-attr]
        axes.legend(
            handles=self.handles,
            loc="upper left",
            bbox_to_anchor=(0.0, 0.0),
            bbox_transform=axes.transAxes + ScaledTranslation(0, -_LEGEND_DROP_IN, scale),
            borderaxespad=0,
            frameon=False,
            fontsize=TEXT_PT,
            handlelength=3.2,
            ncols=columns,
            labelspacing=0.3,
            columnspacing=1.0,
        )


def new_page(width_in: float = WIDTH_IN, height_in: float = HEIGHT_IN) -> Figure:
    """An empty page, outside matplotlib's global state."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    page = Figure(figsize=(width_in, height_in), dpi=DPI, facecolor="white")
    FigureCanvasAgg(page)
    return page


@dataclass(frozen=True, slots=True)
class Place:
    """A panel and where it stands across the page, in inches from the left."""

    axes: Axes
    left_in: float
    right_in: float

    @property
    def legend_in(self) -> float:
        """How high the panel's legend is, in inches; 0 without one."""
        legend, page = self.axes.get_legend(), self.axes.get_figure(root=True)
        if legend is None or page is None:
            return 0.0
        return float(legend.get_window_extent().height / page.dpi)


def arrange(page: Figure, rows: list[list[Place]], top_in: float, bottom_in: float) -> None:
    """Give every row the same height of axes, and its legends the room that they need.

    A row of panels that only say something gets no more than the room for a sentence.

    Args:
        page: what the panels stand on.
        rows: the panels of each row, from the top.
        top_in: where the panels begin, in inches from the bottom.
        bottom_in: where they end, likewise.
    """
    below = [_TITLE_IN + max(_room_below_in(place) for place in row) for row in rows]
    spoken = [not any(place.axes.axison for place in row) for row in rows]
    drawn = len(rows) - sum(spoken) or 1
    axes_in = (top_in - bottom_in - sum(below) - _SENTENCE_IN * sum(spoken)) / drawn
    base = top_in
    for row, under, only_words in zip(rows, below, spoken, strict=True):
        tall = _SENTENCE_IN if only_words else axes_in
        base -= _TITLE_IN + tall
        for place in row:
            _put(page, place, base, tall)
        base -= under - _TITLE_IN


def _put(page: Figure, place: Place, base_in: float, tall_in: float) -> None:
    width, height = page.get_size_inches()
    across = (place.right_in - place.left_in) / width
    place.axes.set_position((place.left_in / width, base_in / height, across, tall_in / height))


def _room_below_in(place: Place) -> float:
    return _LEGEND_DROP_IN + place.legend_in + _BELOW_LEGEND_IN if place.legend_in else 0.0


def save(page: Figure, path: Path | BinaryIO) -> None:
    """Write a PNG; equal pages give equal bytes, since no program version or time is written."""
    page.savefig(path, format="png", dpi=DPI, metadata={"Software": None})


def dress(axes: Axes, title: str, across: str, up: str) -> None:
    """Title, axis labels (each with its unit) and a light grid."""
    axes.set_title(title, fontsize=HEAD_PT, fontweight="bold", loc="left")
    axes.set_xlabel(across, fontsize=TEXT_PT)
    axes.set_ylabel(up, fontsize=TEXT_PT)
    axes.tick_params(labelsize=TEXT_PT)
    axes.grid(visible=True, color="#E4E4E4", linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def only_say(axes: Axes, title: str, sentences: Iterable[str], width: int = 60) -> None:
    """A panel without a picture, which says why there is none."""
    axes.set_axis_off()
    axes.set_title(title, fontsize=HEAD_PT, fontweight="bold", loc="left")
    text = "\n\n".join(fill(sentence, width) for sentence in sentences)
    axes.annotate(
        text,
        (0, 1),
        xycoords="axes fraction",
        xytext=(0, -6),
        textcoords="offset points",
        va="top",
        fontsize=HEAD_PT,
        parse_math=False,
    )
