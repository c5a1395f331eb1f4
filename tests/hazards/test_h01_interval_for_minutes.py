"""H01: the periodic bolus interval typed into the minutes field (2004, 7 injuries, 2 deaths)."""

import pytest
from orders import Order, flex, simple

from thecal.therapy.findings import Severity

RAN = Order(before=(("morphine", "10 mg/mL"),), before_dose="1 mg/day")
"""Half a milligram every 12 h, as a daily dose, had run before."""


def test_half_a_milligram_every_12_hours_is_1_mg_per_day_and_goes_through() -> None:
    plan = RAN.but(therapy=simple("1 mg/day")).plan()
    assert plan.accepted
    assert plan.case.mean_ug_per_day["morphine"] == 1000


def test_half_a_milligram_every_12_minutes_is_60_mg_per_day_and_is_refused() -> None:
    order = RAN.but(therapy=flex(("", (("00:00", "2.5 mg/h"),))))
    plan = order.fully_signed().plan()
    assert plan.case.mean_ug_per_day["morphine"] == 60_000
    assert not plan.accepted
    (hard,) = [one for one in plan.findings if one.code == "hard.daily-dose"]
    assert hard.severity is Severity.STOP
    assert (hard.asked, hard.limit) == ("60 mg/day", "20 mg/day")


def test_slip_in_the_patient_controller_is_refused_too() -> None:
    """0.5 mg with a lockout of 12 min instead of 12 h, and 120 doses a day."""
    slip = RAN.but(patient_dose=("0.5 mg", "2 min", "12 min", 120), therapy=simple("0.5 mg/day"))
    plan = slip.fully_signed().plan()
    assert not plan.accepted
    assert plan.case.worst_ug_per_day["morphine"] == 60_500
    meant = RAN.but(patient_dose=("0.5 mg", "30 min", "12 h", 2), therapy=simple("0.5 mg/day"))
    assert meant.plan().case.worst_ug_per_day["morphine"] == 1500
    assert "hard.daily-dose" not in {one.code for one in meant.plan().findings}


def test_24_hour_total_stands_beside_the_one_before() -> None:
    made = RAN.but(therapy=flex(("", (("00:00", "2.5 mg/h"),)))).contract()
    assert made["daily"]["drugs"]["morphine"] == pytest.approx(60_000)
    (change,) = [one for one in made["findings"] if one["code"] == "change.ten-fold"]
    assert "from 1 mg/day to 60 mg/day" in change["message"]
