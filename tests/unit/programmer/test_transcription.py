"""A transcription is read strictly, and compared to the last digit that was read."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from orders import BACLOFEN, Order, flex, simple
from typer.testing import CliRunner, Result

from thecal.cli import app
from thecal.programmer.transcription.file import TranscriptionError, read_transcription_text
from thecal.programmer.transcription.reading import shown
from thecal.units import CONCENTRATION, DOSE_RATE, DURATION, VOLUME, Kind

PUMP = """transcription = 1
read_at = 2026-03-02T10:05:00
read_by = "initials"
[pump]
model = "synchromed-ii-20"
serial = "N-1"
"""
BEFORE = f"""{PUMP}[reservoir]
volume = "3.1 mL"
alarm_volume = "2.0 mL"
[[reservoir.drugs]]
drug = "baclofen"
concentration = "500.0 ug/mL"
[program]
mode = "simple"
daily_dose = "300.0 ug/day"
patient_dose = "none"
priming = "none"
bridge = "none"
"""
AFTER = f"""{PUMP}[reservoir]
volume = "20.0 mL"
alarm_volume = "2.0 mL"
[[reservoir.drugs]]
drug = "baclofen"
concentration = "2000.0 ug/mL"
[program]
mode = "simple"
daily_dose = "300.0 ug/day"
patient_dose = "none"
priming = "none"
bridge = {{ rate = "0.600 mL/day", duration = "13.43 h" }}
"""
MORPHINE = Order(
    before=(("morphine", "10 mg/mL"),),
    before_dose="1.06 mg/day",
    therapy=flex(
        ("mon tue wed thu fri", (("00:00", "0.04 mg/h"), ("07:00", "0.05 mg/h"))),
        ("sat sun", (("00:00", "0.04 mg/h"),)),
    ),
    patient_dose=("0.1 mg", "10 min", "6 h", 2),
)
FLEX_AFTER = f"""{PUMP}[reservoir]
volume = "20.0 mL"
alarm_volume = "2.0 mL"
[[reservoir.drugs]]
drug = "morphine"
concentration = "10.0 mg/mL"
[program]
mode = "flex"
priming = "none"
bridge = "none"
patient_dose = {{ dose = "0.100 mg", duration = "10 min", lockout = "6:00 h", max_per_day = 2 }}
[[program.schedule]]
days = ["sat", "sun"]
steps = [{{ at = "00:00", rate = "0.0400 mg/h" }}]
[[program.schedule]]
days = ["mon", "tue", "wed", "thu", "fri"]
steps = [{{ at = "00:00", rate = "0.0400 mg/h" }}, {{ at = "07:00", rate = "0.0500 mg/h" }}]
""".replace("6:00 h", "6.0 h")
FLEX_BEFORE = FLEX_AFTER.replace("20.0 mL", "4.0 mL").replace("0.0500", "0.0480")


def transcribe(folder: Path, order: Order, before: str, after: str | None) -> Result:
    rx, was, is_so = (folder / name for name in ("rx.toml", "before.toml", "after.toml"))
    rx.write_text(order.text, encoding="utf-8")
    was.write_text(before, encoding="utf-8")
    words = ["transcribe", str(rx), "--before", str(was), "--json"]
    if after is not None:
        is_so.write_text(after, encoding="utf-8")
        words += ["--after", str(is_so)]
    result = CliRunner().invoke(app, words)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def told(folder: Path, order: Order, before: str, after: str | None) -> dict[str, Any]:
    result = transcribe(folder, order, before, after)
    made: dict[str, Any] = json.loads(result.stdout)
    assert result.exit_code == (0 if made["outcome"] == "verified" else 1)
    return made


def fields(made: dict[str, Any]) -> set[str]:
    return {f"{one['group']}: {one['field']}" for one in made["differences"]}


def test_what_was_read_as_planned_is_verified(tmp_path: Path) -> None:
    made = told(tmp_path, BACLOFEN, BEFORE, AFTER)
    assert made["outcome"] == "verified"
    assert made["differences"] == []
    assert made["after"]["program_digest"] == BACLOFEN.contract()["program"]["digest"]


def test_schedules_in_another_order_are_the_same_week(tmp_path: Path) -> None:
    order = MORPHINE.but(before_dose="1.1 mg/day", signed=("session.dose",))
    made = told(tmp_path, order, FLEX_BEFORE, FLEX_AFTER)
    assert (made["outcome"], fields(made)) == ("verified", set())


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("300.0 ug/day", "330.0 ug/day", "program: every day 00:00 to 24:00"),
        ("300.0 ug/day", "3000.0 ug/day", "in 24 h: baclofen, mean day"),
        ("20.0 mL", "18.0 mL", "reservoir: volume, as stated"),
        ('alarm_volume = "2.0', 'alarm_volume = "1.0', "reservoir: alarm volume"),
        ("2000.0 ug/mL", "500.0 ug/mL", "reservoir: solution"),
        ("0.600 mL/day", "0.660 mL/day", "bridge: rate"),
        ("13.43 h", "12.43 h", "bridge: takes"),
        ('bridge = { rate = "0.600 mL/day", duration = "13.43 h" }', 'bridge = "none"',
         "bridge: rate"),
        ('priming = "none"', 'priming = { volume = "0.336 mL", duration = "20 min" }',
         "priming: volume"),
        ('patient_dose = "none"',
         'patient_dose = { dose = "10 ug", duration = "10 min", lockout = "4 h", max_per_day = 2 }',
         "patient dose: one dose"),
        ('"N-1"', '"N-2"', "pump: serial"),
        ("synchromed-ii-20", "synchromed-ii-40", "pump: model"),
    ],
)  # fmt: skip
def test_a_mismatch_is_named_field_by_field(tmp_path: Path, old: str, new: str, named: str) -> None:
    made = told(tmp_path, BACLOFEN, BEFORE, AFTER.replace(old, new))
    assert made["outcome"] == "mismatch"
    assert named in fields(made)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("0.0500 mg/h", "0.0510 mg/h", "program: Mon–Fri 07:00 to 24:00"),
        ("6.0 h", "4.0 h", "patient dose: lockout"),
        ("max_per_day = 2", "max_per_day = 3", "patient dose: at most in 24 h"),
        ('"10 min"', '"1 min"', "patient dose: takes"),
    ],
)
def test_a_step_or_a_dose_that_differs_is_named(
    tmp_path: Path, old: str, new: str, named: str
) -> None:
    order = MORPHINE.but(signed=("session.dose",))
    made = told(tmp_path, order, FLEX_BEFORE, FLEX_AFTER.replace(old, new))
    assert (made["outcome"], named in fields(made)) == ("mismatch", True)


def test_a_ten_fold_slip_at_the_screen_shouts(tmp_path: Path) -> None:
    made = told(tmp_path, BACLOFEN, BEFORE, AFTER.replace("300.0 ug/day", "3000.0 ug/day"))
    shouting = [one["field"] for one in made["differences"] if one["ten_fold"]]
    assert "baclofen, mean day" in shouting


def test_what_the_plan_does_not_expect_before_is_refused_though_it_is_compared(
    tmp_path: Path,
) -> None:
    made = told(tmp_path, BACLOFEN, BEFORE.replace("500.0 ug", "250.0 ug"), AFTER)
    assert made["outcome"] == "refused"
    assert {one["code"] for one in made["findings"]} >= {"session.solution"}
    assert made["differences"] == []


def test_without_after_it_is_only_reviewed(tmp_path: Path) -> None:
    made = told(tmp_path, BACLOFEN, BEFORE, None)
    assert made["outcome"] == "not-done"
    assert any(row["changed"] for row in made["review"])


def test_a_screens_rounding_is_no_difference_and_few_digits_hide_none() -> None:
    assert shown("13.43 h", DURATION).agrees(Fraction(48_348))
    assert not shown("13.43 h", DURATION).agrees(Fraction(48_348 + 40))
    assert shown("300.0 ug/day", DOSE_RATE).half_step == Fraction(1, 20)
    coarse = shown("0.3 mg/day", DOSE_RATE)
    assert coarse.agrees(Fraction(300))
    assert not coarse.agrees(Fraction(330)), "a tenth more would round to the same digit"


@pytest.mark.parametrize(
    ("text", "kind"), [("20 mL", VOLUME), ("20mL", VOLUME), ("2.50 mg/mL", CONCENTRATION)]
)
def test_fineness_is_that_of_the_last_digit(text: str, kind: Kind) -> None:
    digits = text.split("m", maxsplit=1)[0].strip().partition(".")[2]
    unit = 1000 if kind is CONCENTRATION else 1
    assert shown(text, kind).half_step == Fraction(unit, 2 * 10 ** len(digits))


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("transcription = 1", "transcription = 2", 1, "transcription = 1"),
        ("2026-03-02T10:05:00", '"yesterday"', 2, "read_at"),
        ('"N-1"', '""', 6, "serial"),
        ("synchromed-ii-20", "synchromed-9", 5, "synchromed-9"),
        ('"20.0 mL"', '"20,0 mL"', 8, "comma"),
        ('"20.0 mL"', '"20.0"', 8, "unit"),
        ('"20.0 mL"', "20.0", 8, "unit"),
        ('"baclofen"', '"baclofan"', 11, "baclofan"),
        ("2000.0 ug/mL", "2000.0 ug", 12, "concentration"),
        ('mode = "simple"', 'mode = "fast"', 14, "mode"),
        ('priming = "none"', 'priming = "no"', 17, "none"),
        ('patient_dose = "none"\n', "", 13, "patient_dose"),
        ('priming = "none"', 'priming = "none"\nextra = 1', 18, "extra"),
    ],
)
def test_what_is_wrong_with_the_file_is_one_line_that_names_its_place(
    old: str, new: str, line: int, said: str
) -> None:
    text = AFTER.replace(old, new, 1)
    assert text != AFTER
    with pytest.raises(TranscriptionError) as caught:
        read_transcription_text(text, "after.toml")
    assert caught.value.line == line
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_none_is_exit_2(tmp_path: Path) -> None:
    for text in ("", "schema = 1\n", "\x00"):
        result = transcribe(tmp_path, BACLOFEN, text, AFTER)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.count("\n") == 1


def test_a_refused_plan_is_not_compared(tmp_path: Path) -> None:
    order = BACLOFEN.but(therapy=simple("3000 ug/day"))
    made = told(tmp_path, order, BEFORE, AFTER)
    assert (made["outcome"], made["plan"]["accepted"]) == ("refused", False)
