"""The programmer's paper: an A4 page with its head and foot, its headings and its tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast

import matplotlib
from fpdf import FPDF, FontFace
from fpdf.enums import TableBordersLayout, VAlign, XPos, YPos
from fpdf.fonts import TTFFont

from thecal.programmer.pictures.style import bind_units

FIXED_DATE = date(2000, 1, 1)
"""The date of a file whose visit is not dated, so that equal plans give equal bytes."""
_FONTS = {
    ("Sans", ""): "DejaVuSans.ttf",
    ("Sans", "B"): "DejaVuSans-Bold.ttf",
    ("Mono", ""): "DejaVuSansMono.ttf",
}
_MARGIN_MM, _FOOT_MM = 15, 16
_TITLE_PT, _HEAD_PT, _TEXT_PT, _SMALL_PT = 15, 11, 8.5, 6.5
_KEPT_TOGETHER_MM = 95
_CHARACTER_MM, _PADDING_MM = 1.75, 0.7
_MAY_BREAK = 40
"""Longer texts, in characters, may need more than one line."""
_LINE_MM, _ROOM_FOR_A_TABLE_MM = 4.2, 34
_BLACK, _GREY, _RED = (0, 0, 0), (95, 95, 95), (160, 40, 0)
_SHADE = FontFace(emphasis="BOLD", size_pt=7.5, fill_color=(232, 238, 243))


@dataclass(frozen=True, slots=True)
class Table:
    """A heading with a table below it.

    Attributes:
        heads: the columns' headings; empty for a table of names and values.
        rows: texts, as many as columns in each.
        widths: of the columns, in proportion.
        note: a sentence below the heading.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    note: str = ""


class Paper(FPDF):
    """A4 pages with the same head and foot; all measures in mm."""

    def __init__(self, subject: str, digest: str, visit: date | None) -> None:
        super().__init__(format="A4", unit="mm")
        self._subject, self._digest = subject, digest
        day = visit or FIXED_DATE
        self.set_creation_date(datetime(day.year, day.month, day.day, tzinfo=UTC))
        self.set_title(subject)
        self.set_producer("Thecal")
        folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
        for (family, style), name in _FONTS.items():
            self.add_font(family, style, folder / name)
        self.set_margins(_MARGIN_MM, _MARGIN_MM)
        self.set_auto_page_break(True, _FOOT_MM + 4)
        self.set_font("Sans", size=_TEXT_PT)
        self._drawable = frozenset(cast("TTFFont", self.fonts["sans"]).cmap)

    def header(self) -> None:
        """What this page belongs to."""
        self.set_y(8)
        self.set_font("Sans", size=_SMALL_PT)
        self.set_text_color(*_GREY)
        self.cell(0, 4, self._subject, align="R")
        self.set_text_color(*_BLACK)
        self.set_y(_MARGIN_MM)

    def footer(self) -> None:
        """The statement, the program's digest and the page's number, on every page."""
        self.set_y(-_FOOT_MM)
        self.set_text_color(*_GREY)
        self.set_font("Sans", size=_SMALL_PT)
        self.cell(0, 3.5, "NOT A MEDICAL DEVICE", align="L", new_x=XPos.LMARGIN)
        page = f"page {self.page_no()} of {{nb}}"
        self.cell(0, 3.5, page, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_font("Mono", size=_SMALL_PT)
        self.cell(0, 3.5, self._digest, align="L")
        self.set_text_color(*_BLACK)

    def drawable(self, text: str) -> str:
        """The text as it can be printed.

        A character that the typeface lacks is written as its code point, and where lines may
        break none does between a number and its unit.
        """
        bound = bind_units(text) if len(text) > _MAY_BREAK else text
        return "".join(
            one if ord(one) in self._drawable or one == "\n" else f"[U+{ord(one):04X}]"
            for one in bound
        )

    def title_line(self, text: str) -> None:
        """The report's title."""
        self.set_font("Sans", "B", _TITLE_PT)
        self._lines(text, 7.5)

    def loud(self, text: str, alarming: bool) -> None:
        """A line in bold, red if it is bad news."""
        self.set_font("Sans", "B", _HEAD_PT)
        self.set_text_color(*(_RED if alarming else _BLACK))
        self._lines(text, 5.6)
        self.set_text_color(*_BLACK)

    def sentence(self, text: str) -> None:
        """A paragraph."""
        self.set_font("Sans", size=_TEXT_PT)
        self._lines(text, _LINE_MM)

    def _lines(self, text: str, height_mm: float) -> None:
        self.multi_cell(
            0, height_mm, self.drawable(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )

    def heading(self, text: str) -> None:
        """A heading, on a new page where no row of a table would fit below it."""
        if self.will_page_break(_ROOM_FOR_A_TABLE_MM):
            self.add_page()
        elif self.get_y() > _MARGIN_MM:
            self.ln(3.5)
        self.set_font("Sans", "B", _HEAD_PT)
        self._lines(text, 6)

    def rule_for(self, name: str) -> None:
        """A name and a ruled line to write on."""
        self.set_font("Sans", size=_TEXT_PT)
        self.cell(48, 8, self.drawable(name))
        self.line(self.get_x(), self.get_y() + 6.5, self.w - _MARGIN_MM, self.get_y() + 6.5)
        self.ln(8)

    def show_table(self, table: Table) -> None:
        """Heading, note and table.

        A short table goes to the next page rather than over two; a long one repeats its heads.
        """
        tall = _about_mm(table, self.epw)
        if tall < _KEPT_TOGETHER_MM and self.will_page_break(tall):
            self.add_page()
        self.heading(table.title)
        if table.note:
            self.sentence(table.note)
        if not table.rows:
            return
        self.ln(0.8)
        self.set_font("Sans", size=_TEXT_PT)
        with self.table(
            col_widths=table.widths,
            line_height=_LINE_MM,
            padding=_PADDING_MM,
            text_align="LEFT",
            v_align=VAlign.T,
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            first_row_as_headings=bool(table.heads),
            headings_style=_SHADE,
        ) as drawn:
            for row in ((table.heads,) if table.heads else ()) + table.rows:
                drawn.row([self.drawable(text) for text in row])


def _about_mm(table: Table, width_mm: float) -> float:
    """About how tall a table is with its heading, rather too tall than too short."""
    lines = 3.0 + _lines_of(table.note, width_mm)
    for row in (table.heads, *table.rows):
        cells = zip(row, table.widths, strict=False)
        share = width_mm / sum(table.widths) if table.widths else 0.0
        lines += max((_lines_of(text, width * share) for text, width in cells), default=0)
    return lines * _LINE_MM + (len(table.rows) + 1) * 2 * _PADDING_MM


def _lines_of(text: str, width_mm: float) -> int:
    fit = max(1, int(width_mm / _CHARACTER_MM))
    return sum(-(-len(line) // fit) for line in text.split("\n"))
