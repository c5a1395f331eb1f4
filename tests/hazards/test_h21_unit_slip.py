"""H21: per hour taken for per minute: quantities carry units, a bare number is refused."""

import pytest
from orders import Order, flex, simple

from thecal.therapy.file.reading import PrescriptionError, read_text

TEXT = Order(before=(("morphine", "10 mg/mL"),), patient_dose=("0.1 mg", "10 min", "4 h", 4)).text


@pytest.mark.parametrize(
    ("key", "bare"),
    [
        ("daily_dose", '"0.5"'),
        ("daily_dose", "0.5"),
        ("daily_dose", "5"),
        ("volume", "20"),
        ("volume", '"20"'),
        ("alarm_volume", "2"),
        ("length", "89.0"),
        ("concentration", "10"),
        ("dose", "0.1"),
        ("duration", "10"),
        ("duration", "600"),
        ("duration", "true"),
        ("lockout", "4"),
        ("lockout", "14400"),
    ],
)
def test_bare_number_is_refused_and_the_line_is_named(key: str, bare: str) -> None:
    lines = TEXT.splitlines()
    number = max(i for i, line in enumerate(lines) if line.startswith(f"{key} = "))
    lines[number] = f"{key} = {bare}"
    with pytest.raises(PrescriptionError) as caught:
        read_text("\n".join(lines))
    assert caught.value.line == number + 1
    assert "unit" in str(caught.value)


@pytest.mark.parametrize(
    "time", ["7", "420", "0.5", "true", '"7"', '"7:00"', '"24:00"', "07:00:00"]
)
def test_time_of_day_is_a_clock_time_only(time: str) -> None:
    text = Order(therapy=flex(("", (("00:00", "0.1 mg/h"),)))).text
    with pytest.raises(PrescriptionError):
        read_text(text.replace('"00:00"', time))


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("daily_dose", "0.5 mg"),
        ("daily_dose", "0.5 mg/mL"),
        ("daily_dose", "0.05 mL/day"),
        ("daily_dose", "0.5 IU/day"),
        ("daily_dose", "0.5 mg/kg/day"),
        ("daily_dose", "0.5 Mg/day"),
        ("volume", "20 mg"),
        ("concentration", "10 mg"),
        ("concentration", "10 mg/day"),
        ("concentration", "1 %"),
        ("length", "89 mL"),
        ("dose", "0.1 mg/day"),
        ("lockout", "4 mL"),
    ],
)
def test_unit_of_another_kind_is_refused(key: str, wrong: str) -> None:
    lines = TEXT.splitlines()
    number = max(i for i, line in enumerate(lines) if line.startswith(f"{key} = "))
    lines[number] = f'{key} = "{wrong}"'
    with pytest.raises(PrescriptionError) as caught:
        read_text("\n".join(lines))
    assert caught.value.line == number + 1


def test_per_hour_and_per_minute_differ_by_sixty_and_per_minute_is_refused_as_a_dose() -> None:
    hour = Order(therapy=flex(("", (("00:00", "0.02 mg/h"),)))).plan()
    minute = Order(therapy=flex(("", (("00:00", "0.02 mg/min"),)))).plan()
    assert minute.case.mean_ug_per_day["morphine"] == 60 * hour.case.mean_ug_per_day["morphine"]
    assert "hard.daily-dose" in {one.code for one in minute.findings}


@pytest.mark.parametrize("same", ["500 ug/day", "500 µg/d", "500 mcg/day", "0.5 mg/d"])
def test_spellings_of_one_unit_are_one_dose(same: str) -> None:
    plan = Order(therapy=simple(same)).plan()
    assert plan.case.mean_ug_per_day["morphine"] == 500
