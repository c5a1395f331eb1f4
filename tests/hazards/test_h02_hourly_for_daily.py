"""H02: a morning dose of 60 µg of baclofen became 60 µg every hour in a flex schedule."""

import pytest
from orders import CEREBRAL, SPINAL, Order, flex

EVERY_HOUR = Order(
    patient=SPINAL,
    tip="T10",
    drugs=(("baclofen", "500 ug/mL"),),
    before=(("baclofen", "500 ug/mL"),),
    before_dose="60 ug/day",
    therapy=flex(("", (("00:00", "60 ug/h"),))),
)


@pytest.mark.parametrize("patient", [SPINAL, CEREBRAL], ids=["spinal", "cerebral"])
def test_1440_ug_against_60_is_refused(patient: str) -> None:
    plan = EVERY_HOUR.but(patient=patient).plan()
    assert plan.case.mean_ug_per_day["baclofen"] == 1440
    assert not plan.accepted
    open_codes = {one.code for one in plan.open_findings}
    assert {"change.increase", "change.ten-fold", "label.daily-dose"} <= open_codes


def test_cerebral_origin_meets_the_hard_cap_that_no_signature_passes() -> None:
    plan = EVERY_HOUR.but(patient=CEREBRAL).fully_signed().plan()
    assert [one.code for one in plan.open_findings] == ["hard.daily-dose"]


def test_24_h_total_and_increase_are_in_the_plan() -> None:
    made = EVERY_HOUR.contract()
    assert made["daily"]["drugs"]["baclofen"] == pytest.approx(1440)
    (rise,) = [one for one in made["findings"] if one["code"] == "change.increase"]
    assert (rise["asked"], rise["limit"]) == ("2300 %", "40 %")
    (fold,) = [one for one in made["findings"] if one["code"] == "change.ten-fold"]
    assert "24-fold" in fold["message"]


def test_one_wrong_weekday_is_enough() -> None:
    """The mean of the week hides a Sunday of 600 µg among days of 60; the plan does not."""
    week = flex(
        ("mon tue wed thu fri sat", (("00:00", "60 ug/day"),)),
        ("sun", (("00:00", "600 ug/day"),)),
    )
    plan = EVERY_HOUR.but(before_dose="100 ug/day", therapy=week).plan()
    assert not plan.accepted
    assert {"change.increase", "change.ten-fold"} <= {one.code for one in plan.open_findings}
