"""H04: 20 mL filled, 40 mL entered, twice; the pump ran empty and tolerance was lost (2018-19)."""

from fractions import Fraction

from orders import Order

from thecal.devices import pump
from thecal.therapy.findings import Severity
from thecal.therapy.refill.residual import ResidualCheck, judge_residual

SMALL = pump("synchromed-ii-20")


def test_40_ml_entered_for_a_20_ml_pump_is_refused_whatever_is_signed() -> None:
    order = Order(volume="40 mL").fully_signed().but(signed=("pump.capacity",))
    (finding,) = order.found("pump.capacity")
    assert finding.severity is Severity.STOP
    assert (finding.asked, finding.limit) == ("40 mL", "20 mL")
    assert not order.plan().accepted


def test_the_same_volume_goes_into_the_40_ml_pump() -> None:
    assert Order(volume="40 mL", pump="synchromed-ii-40").plan().accepted


def test_nothing_aspirated_where_20_ml_were_expected_stops_and_names_lost_tolerance() -> None:
    check = ResidualCheck(Fraction(18), Fraction(22), Fraction(0))
    empty = [one for one in judge_residual((check,), SMALL) if one.code == "residual.empty"]
    assert [one.severity for one in empty] == [Severity.STOP]
    assert "tolerance may be lost" in empty[0].message
    assert (empty[0].asked, empty[0].limit) == ("0 mL", "22 mL")


def test_a_pump_that_was_rightly_empty_raises_no_such_alarm() -> None:
    check = ResidualCheck(Fraction(18), Fraction(0), Fraction(0))
    assert not [f for f in judge_residual((check,), SMALL) if f.code == "residual.empty"]
