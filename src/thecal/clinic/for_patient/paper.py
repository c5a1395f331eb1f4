"""The leaflet on paper: large type, a part after another, the most urgent first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import cast

import matplotlib
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import TableBordersLayout, XPos, YPos
from fpdf.fonts import TTFFont

from thecal.clinic.for_patient.leaflet import Part, Table

_FONTS = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}
_MARGIN_MM, _FOOT_MM = 18, 16
_TITLE_PT, _HEAD_PT, _TEXT_PT, _SMALL_PT = 22, 16, 13, 9
_LINE_MM, _HEAD_MM, _ROOM_MM, _SIGN_MM = 7.0, 9.0, 40, 12
_BLACK, _RED, _GREY = (0, 0, 0), (150, 0, 0), (90, 90, 90)


class Leaflet(FPDF):
    """A4 pages in a large typeface that has the letters of many languages."""

    def __init__(self, title: str, language: str, made: datetime) -> None:
        super().__init__(format="A4", unit="mm")
        folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
        for style, name in _FONTS.items():
            self.add_font("Sans", style, folder / name)
        self.set_title(title)
        self.set_lang(language)
        self.set_producer("Thecal")
        self.set_creation_date(made)
        self.set_margins(_MARGIN_MM, _MARGIN_MM)
        self.set_auto_page_break(True, _FOOT_MM + 4)
        self._title = title
        self._drawable = frozenset(cast("TTFFont", self.fonts["sans"]).cmap)

    def footer(self) -> None:
        """Whose it is, and the page's number."""
        self.set_y(-_FOOT_MM)
        self.set_text_color(*_GREY)
        self.set_font("Sans", size=_SMALL_PT)
        self.cell(0, 5, self.drawable(self._title), new_x=XPos.LMARGIN)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="R")
        self.set_text_color(*_BLACK)

    def drawable(self, text: str) -> str:
        """The text as it can be printed; a letter that the typeface lacks, as its code point."""
        return "".join(
            one if ord(one) in self._drawable or one == "\n" else f"[U+{ord(one):04X}]"
            for one in text
        )

    def write_title(self) -> None:
        """The leaflet's title."""
        self._lines(self._title, _TITLE_PT, "B", 11)
        self.ln(3)

    def write_part(self, part: Part) -> None:
        """A part with its heading."""
        if self.will_page_break(_ROOM_MM):
            self.add_page()
        self.set_text_color(*(_RED if part.urgent else _BLACK))
        self._lines(part.title, _HEAD_PT, "B", _HEAD_MM)
        self.set_text_color(*_BLACK)
        for line in part.lines:
            self._lines(line, _TEXT_PT, "B" if part.urgent else "")
            self.ln(1)
        for number, point in enumerate(part.points):
            self._point(part, number, point)
        for table in part.tables:
            self._table(table)
        self.ln(4)

    def _point(self, part: Part, number: int, point: str) -> None:
        is_here = part.now == number
        sign = f"{number + 1}." if part.now is not None or part.done else "•"
        if number in part.done:
            sign = f"{sign}✓"
        if is_here:
            point = _("YOU ARE HERE: %s") % point
        self.set_font("Sans", "B" if is_here else "", _TEXT_PT)
        self.cell(_SIGN_MM, _LINE_MM, self.drawable(sign))
        self.multi_cell(
            0, _LINE_MM, self.drawable(point), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )
        self.ln(1)

    def _table(self, table: Table) -> None:
        self._lines(table.caption, _TEXT_PT, "B")
        self.set_font("Sans", size=_TEXT_PT - 1)
        with self.table(
            line_height=_LINE_MM,
            text_align="LEFT",
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            col_widths=_widths(len(table.heads)),
        ) as drawn:
            for row in (table.heads, *table.rows):
                drawn.row([self.drawable(text) for text in row])
        self.ln(2)

    def _lines(self, text: str, size_pt: float, style: str, height_mm: float = _LINE_MM) -> None:
        self.set_font("Sans", style, size_pt)
        self.multi_cell(
            0, height_mm, self.drawable(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )


def _widths(columns: int) -> tuple[int, ...]:
    return {2: (1, 1), 3: (2, 2, 5)}[columns]


def on_paper(title: str, parts: Sequence[Part], language: str, made: datetime) -> bytes:
    """The PDF."""
    paper = Leaflet(title, language, made)
    paper.add_page()
    paper.write_title()
    for part in parts:
        paper.write_part(part)
    return bytes(paper.output())
