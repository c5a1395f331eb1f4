"""H20: a decimal slip: 1,0 read as 10."""

import pytest
from orders import BACLOFEN, Order, flex, simple

from thecal.therapy.file.reading import PrescriptionError, read_text
from thecal.therapy.findings import Severity

RAN = Order(before=(("morphine", "10 mg/mL"),), before_dose="1 mg/day")


@pytest.mark.parametrize("dose", ["1,0 mg/day", "0,5 mg/day", "1.000,0 mg/day", ",5 mg/day"])
def test_comma_is_refused_and_the_line_is_named(dose: str) -> None:
    text = Order(therapy=simple(dose)).text
    with pytest.raises(PrescriptionError) as caught:
        read_text(text, "rx.toml")
    assert "comma" in str(caught.value)
    assert caught.value.line == text.splitlines().index(f'daily_dose = "{dose}"') + 1


@pytest.mark.parametrize(
    "dose", [".5 mg/day", "5. mg/day", "1e1 mg/day", "1_0 mg/day", "1 0 mg/day"]
)
def test_there_is_one_notation_only(dose: str) -> None:
    with pytest.raises(PrescriptionError):
        read_text(Order(therapy=simple(dose)).text)


@pytest.mark.parametrize(
    ("dose", "asks"),
    [("9.9 mg/day", False), ("10 mg/day", True), ("0.1 mg/day", True), ("0.11 mg/day", False)],
)
def test_ten_fold_change_of_dose_asks_a_second_time(dose: str, asks: bool) -> None:
    weak = RAN.but(drugs=(("morphine", "1 mg/mL"),), before=(("morphine", "1 mg/mL"),))
    found = weak.but(therapy=simple(dose)).found("change.ten-fold")
    assert [one.severity for one in found] == [Severity.CONFIRM] * asks


def test_ten_fold_change_is_refused_until_it_is_signed() -> None:
    order = BACLOFEN.but(
        before=BACLOFEN.drugs, before_dose="1000 ug/day", therapy=simple("100 ug/day")
    )
    plan = order.plan()
    assert "change.ten-fold" in {one.code for one in plan.open_findings}
    assert order.fully_signed().plan().accepted


@pytest.mark.parametrize("days", ["", "sun"], ids=["within a day", "between days"])
def test_ten_fold_slip_in_one_step_of_a_week_asks(days: str) -> None:
    """Six hours at ten times the other rates change the day's total by far less than ten-fold."""
    usual = (("00:00", "0.04 mg/h"),)
    slip = (("00:00", "0.04 mg/h"), ("06:00", "0.40 mg/h"), ("12:00", "0.04 mg/h"))
    others = [("mon tue wed thu fri sat", usual)] if days else []
    week = flex(*others, (days, slip))
    found = RAN.but(therapy=week).found("change.ten-fold")
    assert any("between the steps" in one.message for one in found)
