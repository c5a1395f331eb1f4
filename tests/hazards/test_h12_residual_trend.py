"""H12: over-infusion by overfilling, a dry run, or a stop over 48 h (2014, 2016)."""

from fractions import Fraction

import pytest
from orders import Order

from thecal.devices import pump
from thecal.therapy.findings import Finding, Severity
from thecal.therapy.refill.residual import ResidualCheck, judge_residual

PUMP = pump("synchromed-ii-20")  # ±14.5 %: 2.32 mL of 16 mL delivered


def check(aspirated: str, expected: str = "4") -> ResidualCheck:
    return ResidualCheck(Fraction(16), Fraction(expected), Fraction(aspirated))


def codes(*checks: ResidualCheck) -> dict[str, Finding]:
    return {one.code: one for one in judge_residual(checks, PUMP)}


def test_two_refills_outside_the_accuracy_are_an_alert() -> None:
    trend = codes(check("1.6"), check("1.5"))["residual.trend"]
    assert trend.severity is Severity.CONFIRM
    assert "-2.40 mL, -2.50 mL" in trend.message


@pytest.mark.parametrize(
    "checks",
    [
        pytest.param((check("1.6"),), id="one refill"),
        pytest.param((check("1.6"), check("4")), id="the last one right"),
        pytest.param((check("4"), check("1.6")), id="only the last one wrong"),
        pytest.param((check("1.68"), check("1.68")), id="twice exactly at the accuracy"),
    ],
)
def test_less_than_that_is_no_trend(checks: tuple[ResidualCheck, ...]) -> None:
    assert "residual.trend" not in codes(*checks)


def test_one_refill_outside_the_accuracy_or_over_2_ml_is_looked_into() -> None:
    assert "residual.difference" not in codes(check("2"))
    assert "residual.difference" in codes(check("1.99"))
    small = ResidualCheck(Fraction(4), Fraction(16), Fraction("15.4"))  # 15 % of 4 mL
    assert "residual.difference" in codes(small)


def test_giving_too_little_counts_as_well() -> None:
    more = codes(check("6.5"), check("6.5"))
    assert {"residual.difference", "residual.trend"} <= set(more)
    assert "less than programmed" in more["residual.difference"].message


def test_pump_without_a_published_accuracy_says_so_and_keeps_the_2_ml() -> None:
    prometra = pump("prometra-ii-20")
    found = judge_residual((check("1"), check("1")), prometra)
    assert any("no published figure" in one.message for one in found)
    assert "residual.trend" not in {one.code for one in found}
    assert any("3 mL" in one.message or "1 mL aspirated" in one.message for one in found)


def test_a_stop_that_may_last_over_48_h_is_named() -> None:
    ran = Order(before=(("morphine", "10 mg/mL"),), therapy='mode = "stopped"')
    assert any(
        "48 h" in one.message or "172800" in one.message for one in ran.found("pump.stopped")
    )
