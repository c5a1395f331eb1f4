"""H17: the bridge left out or reversed: the dose at the catheter tip, simulated with mixing."""

from dataclasses import replace
from fractions import Fraction

import pytest
from orders import BACLOFEN, BACLOFEN_DOWN, Order, simple

from thecal.therapy.case import make_case
from thecal.therapy.changeover.bridge import Changeover, phases_of
from thecal.therapy.file.reading import read_text
from thecal.therapy.findings import Severity
from thecal.therapy.program.compiling import bridge_bolus

PATH_ML = Fraction("0.3358")


def change_of(order: Order) -> Changeover:
    change = make_case(read_text(order.text)).changeover
    assert change is not None
    return change


def bridged_at(order: Order, rate: Fraction | None) -> Changeover:
    """The change-over with another bridge, or none."""
    change = change_of(order)
    bridge = None if rate is None else bridge_bolus(rate, PATH_ML)
    base = change.intended_ug_per_day["baclofen"] / change.new.of("baclofen")
    return replace(change, bridge=bridge, phases=tuple(phases_of(bridge, base, PATH_ML)))


def range_at_tip(change: Changeover) -> tuple[float, float]:
    assert change.tip is not None
    return change.tip.rate_range("baclofen", change.window_h)


@pytest.mark.parametrize("order", [BACLOFEN, BACLOFEN_DOWN], ids=["up", "down"])
def test_right_bridge_keeps_half_to_one_and_a_half(order: Order) -> None:
    low, high = range_at_tip(change_of(order))
    assert 150 <= low <= 300 <= high <= 450
    assert order.plan().accepted


def test_left_out_towards_weaker_gives_four_times_the_dose() -> None:
    _, high = range_at_tip(bridged_at(BACLOFEN_DOWN, None))
    assert high == pytest.approx(1200, rel=0.02)
    assert high > 450


def test_left_out_towards_stronger_gives_a_quarter() -> None:
    low, _ = range_at_tip(bridged_at(BACLOFEN, None))
    assert low == pytest.approx(75, rel=0.02)
    assert low < 150


def test_reversed_bridge_leaves_the_range_in_both_directions() -> None:
    """The rate of the other direction: 0.600 mL/day where 0.150 is right, and the other way."""
    _, high = range_at_tip(bridged_at(BACLOFEN_DOWN, Fraction("0.600")))
    assert high > 450
    low, _ = range_at_tip(bridged_at(BACLOFEN, Fraction("0.150")))
    assert low < 150


def test_plan_refuses_a_tip_dose_that_no_bridge_can_hold() -> None:
    """A bridge at 2.5 mL/day for morphine carries clonidine far above both of its doses."""
    order = Order(
        drugs=(("morphine", "20 mg/mL"), ("clonidine", "100 ug/mL")),
        before=(("morphine", "2 mg/mL"), ("clonidine", "100 ug/mL")),
        before_dose="1 mg/day",
        therapy=simple("5 mg/day"),
    )
    found = {one.drug: one for one in order.found("changeover.tip-dose")}
    assert found["clonidine"].severity is Severity.STOP
    assert not order.fully_signed().plan().accepted


def test_two_drugs_have_two_ratios_and_the_plan_shows_the_one_it_cannot_hold() -> None:
    order = Order(
        drugs=(("morphine", "20 mg/mL"), ("bupivacaine", "10 mg/mL")),
        before=(("morphine", "10 mg/mL"), ("bupivacaine", "15 mg/mL")),
        before_dose="4 mg/day",
        therapy=simple("4 mg/day"),
    )
    made = order.contract()
    drugs = made["bridge"]["drugs"]
    assert drugs["morphine"]["ug_per_day"] == pytest.approx(4000)
    assert drugs["morphine"]["intended_ug_per_day"] == pytest.approx(4000)
    assert drugs["bupivacaine"]["ug_per_day"] == pytest.approx(6000)
    assert drugs["bupivacaine"]["intended_ug_per_day"] == pytest.approx(2000)
    (finding,) = order.found("changeover.tip-dose")
    assert (finding.severity, finding.drug) == (Severity.CONFIRM, "bupivacaine")
    assert not made["accepted"]


def test_bridge_that_cannot_be_computed_is_a_refusal_and_not_a_missing_bridge() -> None:
    unknown = BACLOFEN.but(pump="prometra-ii-20", catheter="flowonix-13827", alarm="")
    (finding,) = unknown.fully_signed().found("changeover.not-bridged")
    assert finding.severity is Severity.STOP
    known = unknown.but(tubing="0.05 mL")
    assert known.contract()["bridge"]["volume_ml"] == pytest.approx(0.05 + 89 * 0.0026, abs=1e-5)
    assert known.plan().accepted


def test_fixed_rate_pump_cannot_change_concentration() -> None:
    fixed = BACLOFEN.but(pump="codman-3000-30", tubing="0.05 mL")
    (finding,) = fixed.found("changeover.not-bridged")
    assert finding.severity is Severity.STOP
