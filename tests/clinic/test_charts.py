"""Pictures: where the ink goes, what the table says, and that nothing unknown is drawn."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.clinic.design.charts import (
    Bar,
    Limit,
    Mark,
    Number,
    Series,
    bar,
    bars,
    day_ticks,
    gauge,
    lines,
    nice_ticks,
    spark,
    text_of,
    weekday_ticks,
)

SVG = "{http://www.w3.org/2000/svg}"


def parts(svg: str, name: str, kind: str = "") -> list[ElementTree.Element]:
    found = ElementTree.fromstring(svg).iter(SVG + name)  # noqa: S314  (our own text)
    return [one for one in found if kind in (one.get("class") or "").split() or not kind]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (0, "0"),
        (-0.0, "0"),
        (100, "100"),
        (Decimal("0.250"), "0.25"),
        (Decimal("1E+3"), "1000"),
        (Fraction(3, 20), "0.15"),
        (Fraction(1, 3), "0.333333"),
        (0.1 + 0.2, "0.3"),
    ],
)
def test_a_number_reads_as_it_is(value: Number | None, text: str) -> None:
    assert text_of(value) == text


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), Decimal("NaN"), Decimal("-Infinity")]
)
def test_what_has_no_place_is_refused(value: Number) -> None:
    with pytest.raises(ValueError, match="no place"):
        lines("t", [Series("s", [(0, 1), (1, value)])], x_title="x", y_title="y")
    with pytest.raises(ValueError, match="no place"):
        gauge("t", value, 20, "mL")


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_ticks_are_round_and_hold_what_they_are_for(low: float, reach: float) -> None:
    ticks = [float(one.at) for one in nice_ticks(low, low + reach)]
    slack = max(abs(low), reach) * 1e-6
    assert ticks[0] <= low + slack
    assert ticks[-1] >= low + reach - slack
    assert 2 <= len(ticks) <= 12


def test_a_step_holds_until_the_next_and_a_line_does_not() -> None:
    points = [(0, 1), (12, 3), (24, None)]
    stepped = lines("t", [Series("s", points)], x_title="h", y_title="mg", is_step=True)
    (drawn,) = parts(stepped.svg, "path", "line")
    assert re.fullmatch(r"M[\d.]+ [\d.]+H[\d.]+V[\d.]+H[\d.]+V[\d.]+", drawn.get("d") or "")
    straight = lines("t", [Series("s", points)], x_title="h", y_title="mg")
    (drawn,) = parts(straight.svg, "path", "line")
    assert (drawn.get("d") or "").count("L") == 1


def test_no_line_is_drawn_through_what_is_not_known() -> None:
    points = [(0, 8), (7, 6), (14, None), (21, 3), (28, 2)]
    picture = lines("t", [Series("s", points, dots=True)], x_title="d", y_title="0-10")
    assert len(parts(picture.svg, "path", "line")) == 2
    assert len(parts(picture.svg, "circle", "dot")) == 4


def test_the_table_says_what_the_picture_shows_exactly() -> None:
    old = Series("old", [(0, Fraction(3, 20)), (7, Fraction(3, 10))], "old")
    new = Series("new", [(0, Decimal("0.2")), (9, None)], "new")
    picture = lines("t", [new, old], x_title="h", y_title="mg/h")
    assert list(picture.columns) == ["h", "new (mg/h)", "old (mg/h)"]
    assert [list(row) for row in picture.rows] == [["0", "0.2", "0.15"], ["7", "—", "0.3"]]
    kinds = [one.get("class") for one in parts(picture.svg, "path")]
    assert kinds == ["line line--old", "line line--new"]


def test_a_limit_lies_within_the_picture() -> None:
    picture = lines(
        "t", [Series("s", [(0, 1), (24, 1)])], x_title="h", y_title="mg", limits=[Limit(40, "most")]
    )
    (drawn,) = parts(picture.svg, "line", "line--limit")
    assert 28 <= float(drawn.get("y1") or 0) <= 216
    assert "most" in picture.svg


def test_bars_go_both_ways_from_zero_and_the_unknown_is_no_bar() -> None:
    rows = [Bar("late", -4, "late"), Bar("later", 8, address="/there"), Bar("never", None)]
    picture = bars("t", rows, x_title="days")
    late, later, never = parts(picture.svg, "rect")
    assert float(late.get("x") or 0) < float(later.get("x") or 0)
    assert float(later.get("width") or 0) == pytest.approx(
        2 * float(late.get("width") or 0), abs=0.1
    )
    assert never.get("class") == "bar bar--unknown"
    assert [list(one) for one in picture.rows] == [["late", "-4"], ["later", "8"], ["never", "?"]]
    assert 'href="/there"' in picture.svg


def test_a_cell_s_bar_is_empty_for_the_unknown() -> None:
    assert "bar--late" in bar(-3, -5, 30, kind="late")
    assert 'class="bar' not in bar(None, -5, 30)
    assert bar(1, 0, 0)


def test_a_gauge_shows_how_full_and_its_marks() -> None:
    picture = gauge("Reservoir", Decimal(5), 20, "mL", marks=[Mark(2, "alarm")])
    track, fill = parts(picture.svg, "rect")
    assert float(fill.get("width") or 0) == pytest.approx(float(track.get("width") or 0) / 4)
    assert ["alarm", "2 mL"] in [list(one) for one in picture.rows]
    assert "not known" in gauge("Reservoir", None, 20, "mL").svg
    with pytest.raises(ValueError, match="more than nothing"):
        gauge("Reservoir", 1, 0, "mL")


def test_a_gauge_never_draws_beyond_its_ends() -> None:
    fill = parts(gauge("Reservoir", 25, 20, "mL").svg, "rect")[1]
    assert float(fill.get("width") or 0) == pytest.approx(336)


def test_a_spark_has_a_gap_and_an_end() -> None:
    drawn = spark([3, None, 4, 5], "3, ?, 4, 5")
    assert len(parts(drawn, "path")) == 2
    assert len(parts(drawn, "circle")) == 1
    assert not parts(spark([None], "not known"), "path")


def test_text_from_outside_is_escaped_and_nothing_has_a_style() -> None:
    evil = '<script>alert("1")</script>'
    series = [Series(evil, [(0, 1)]), Series(evil, [(0, 2)])]
    drawn = [
        lines(evil, series, x_title=evil, y_title=evil, description=evil).svg,
        bars(evil, [Bar(evil, 1, text=evil)], x_title=evil).svg,
        gauge(evil, 1, 2, evil, marks=[Mark(1, evil)]).svg,
        spark([1, 2], evil),
        bar(1, 0, 2, title=evil),
    ]
    for svg in drawn:
        assert "<script" not in svg
        assert "style=" not in svg
        assert ElementTree.fromstring(svg) is not None  # noqa: S314


def test_days_and_weeks_have_their_ticks() -> None:
    assert [str(one.text) for one in day_ticks(6)] == ["00:00", "06:00", "12:00", "18:00", "00:00"]
    assert [one.at for one in weekday_ticks()] == [0, 24, 48, 72, 96, 120, 144]
