"""H18: a missed refill of baclofen: withdrawal, which can be fatal."""

from datetime import date
from fractions import Fraction

import pytest
from orders import BACLOFEN, Order, simple

from thecal.therapy.findings import Severity

STEADY = BACLOFEN.but(before=BACLOFEN.drugs)
DOSES = ("20 ug", "10 min", "4 h", 4)


def test_latest_safe_date_takes_all_patient_doses_and_the_upper_accuracy() -> None:
    refill = STEADY.but(patient_dose=DOSES).plan().case.refill
    assert refill is not None
    assert refill.days == Fraction(18) / Fraction("0.19")
    assert refill.latest_safe_days == Fraction(18) / (Fraction("0.19") * Fraction("1.145"))
    assert float(refill.latest_safe_days) == pytest.approx(82.74, abs=0.005)


def test_dates_are_whole_days_never_rounded_up() -> None:
    visit = date(2026, 3, 2)
    refill = STEADY.plan(visit=visit).case.refill
    assert refill is not None
    assert refill.due(visit) == date(2026, 6, 30)  # 120 days
    assert refill.latest_safe(visit) == date(2026, 6, 14)  # 104.8, so the 104th


def test_unknown_upper_accuracy_gives_no_latest_safe_date_rather_than_another_pumps() -> None:
    order = STEADY.but(pump="prometra-ii-20", catheter="flowonix-13827", alarm="")
    refill = order.contract()["refill"]
    assert refill["days"] == pytest.approx(17 / 0.15)  # the refill ends at 3.0 mL
    assert refill["latest_safe_days"] is None
    assert any("latest safe" in one.message for one in order.found("refill.unknown"))


def test_alarm_below_4_ml_is_named_for_baclofen() -> None:
    (finding,) = STEADY.found("refill.alarm-advised")
    assert (finding.asked, finding.limit) == ("2 mL", "4 mL")
    assert "21 of 88" in finding.message
    assert not STEADY.but(alarm="4 mL").found("refill.alarm-advised")
    assert not Order().found("refill.alarm-advised")


def test_fill_that_is_spent_within_a_day_is_refused() -> None:
    order = Order(volume="2.04 mL", alarm="2 mL", therapy=simple("0.5 mg/day"))
    (finding,) = order.found("refill.interval")
    assert finding.severity is Severity.STOP


def test_alarm_at_or_above_the_fill_is_refused() -> None:
    for alarm in ("20 mL", "21 mL"):
        (finding,) = STEADY.but(alarm=alarm).found("pump.alarm-volume")
        assert finding.severity is Severity.STOP


def test_stopping_baclofen_needs_a_signature_that_names_withdrawal() -> None:
    for therapy in ('mode = "stopped"', 'mode = "minimum-rate"', simple("200 ug/day")):
        found = STEADY.but(therapy=therapy).found("change.decrease")
        assert [one.severity for one in found] == [Severity.CONFIRM]
        assert "withdrawal" in found[0].message


def test_one_day_without_baclofen_in_the_week_needs_it_too() -> None:
    week = (
        'mode = "flex"\n[[therapy.schedule]]\ndays = ["mon", "tue", "wed", "thu", "fri", "sat"]\n'
        'steps = [{ at = "00:00", rate = "350 ug/day" }]\n[[therapy.schedule]]\ndays = ["sun"]\n'
        'steps = [{ at = "00:00", rate = "0 ug/day" }]'
    )
    order = STEADY.but(pump="prometra-ii-20", catheter="flowonix-13827", alarm="", therapy=week)
    assert [one.severity for one in order.found("change.decrease")] == [Severity.CONFIRM]
