"""What each key draws by hand: every text escaped, a box for every field, no day told twice."""

from __future__ import annotations

from datetime import date
from html import escape

import pytest
from django.utils.translation import override
from programming import BACLOFEN, FIRST, example

from thecal import formulary
from thecal.clinic.prescriptions.checking import check
from thecal.clinic.programming import beside, coming_to
from thecal.clinic.programming.day_picture import DayPicture, Handle, Tick, pictures
from thecal.clinic.programming.form import form_of, names_of
from thecal.clinic.programming.prefilling import imported
from thecal.clinic.programming.preview import Line, Said, Total, plan_days
from thecal.clinic.programming.reading import Now, Question, Read, read_sheet
from thecal.clinic.programming.sheet import Sheet, change
from thecal.clinic.programming.standing import planned
from thecal.therapy.file.reading import read_text

DAY_AND_NIGHT = example("morphine-bupivacaine-day-and-night.toml").partition("[[signed]]")[0]
DAY = date(2026, 3, 2)
EVIL = "<script>\"'&"


@pytest.mark.parametrize("text", [FIRST, BACLOFEN, DAY_AND_NIGHT])
@pytest.mark.parametrize("button", ["", "add-step:0", "add-drug:0", "add-before:0", "add-days:0"])
def test_there_is_a_box_for_every_field_of_the_form(text: str, button: str) -> None:
    sheet = imported(read_text(text))
    sheet.put_schedules(sheet.schedules() or [(["mon"], [("00:00", "1")])])
    change(sheet, button)
    fields = form_of(sheet, read_sheet(sheet, 50, Now())).fields
    assert names_of(sheet) == [one.name for one in fields]


def test_an_empty_sheet_has_the_boxes_of_its_form() -> None:
    fields = form_of(Sheet(), Read()).fields
    assert names_of(Sheet()) == [one.name for one in fields]


def test_whatever_is_put_into_a_box_is_escaped() -> None:
    doubted = Question(EVIL, EVIL, is_answered=False, typed=EVIL)
    for read in (
        Read(problems={"daily": EVIL}),
        Read(questions={"daily": doubted}, echoes={"daily": EVIL}),
    ):
        drawn = beside.all_beside(["daily"], read)
        assert EVIL not in drawn
        assert escape(EVIL) in drawn


def test_whatever_is_put_into_a_picture_is_escaped() -> None:
    handle, tick = Handle(0, 0, 1.0, 1.0, EVIL, EVIL), Tick(1.0, EVIL)
    day = DayPicture(
        EVIL, EVIL, EVIL, EVIL, EVIL, EVIL, (handle,), (tick,), (tick,), 1.0, 0.1, per_day=True
    )
    drawn = beside.day(day, 1)
    assert EVIL not in drawn
    assert drawn.count(escape(EVIL)) == 12


def test_whatever_is_put_into_totals_and_findings_is_escaped() -> None:
    line = Line(EVIL, EVIL, EVIL, EVIL, is_changed=True, is_ten_fold=True)
    totals = coming_to.totals([Total(EVIL, "", (line,))])
    findings = coming_to.findings([Said(*[EVIL] * 9)])
    for drawn, times in ((totals, 5), (findings, 10)):
        assert EVIL not in drawn
        assert drawn.count(escape(EVIL)) == times


def test_a_finding_is_drawn_in_the_language_of_who_reads_it() -> None:
    one = Said("label.off-label", "confirm", "m", "a", "l", "label", "s", "found", "")
    with override("es"):
        spanish = coming_to.findings([one])
    with override("en"):
        english = coming_to.findings([one])
    assert "To be signed" in english
    assert "To be signed" not in spanish


def test_days_of_which_nothing_is_known_of_the_drug_are_one_picture() -> None:
    runs = planned(check(DAY_AND_NIGHT, DAY))
    [flat] = plan_days(check(FIRST, DAY))
    known = pictures([flat], runs, formulary.drug("morphine"), "h", editable=False)
    assert [one.title for one in known] == ["Mon–Fri", "Sat, Sun"]
    [unknown] = pictures([flat], runs, formulary.drug("clonidine"), "h", editable=False)
    assert not unknown.old
