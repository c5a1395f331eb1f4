"""H02, H04, H16, H17, H20, H23: a plan is held against the pump at hand before anything is sent."""

import pytest
from orders import Order, simple
from visits import FIRST, MORE, codes, programmed, twin_of, visit

from thecal.programmer.session.outcome import Outcome
from thecal.pump import Twin
from thecal.therapy.findings import Severity


def refused_by(order: Order, twin: Twin) -> set[str]:
    """The rules that keep a plan out of a twin, to which nothing is sent."""
    revision = twin.controller.state.revision
    made = visit(order.fully_signed(), twin)
    assert made.result is not None
    assert made.result.outcome is Outcome.REFUSED
    assert twin.controller.state.revision == revision
    return {one.code for one in made.open_findings}


def test_h23_a_plan_for_another_model_is_not_sent() -> None:
    assert refused_by(MORE, twin_of(MORE, "prometra-ii-20")) == {"session.model"}


@pytest.mark.parametrize("held", ["20 mg/mL", "1 mg/mL"])
def test_h16_h17_a_solution_before_that_the_pump_does_not_know_is_not_bridged(held: str) -> None:
    order = MORE.but(before=(("morphine", held),), before_dose="1 mg/day")
    assert "session.solution" in refused_by(order, programmed(FIRST))


def test_h17_a_first_fill_into_a_pump_that_holds_a_solution_is_not_primed() -> None:
    assert "session.solution" in refused_by(FIRST, programmed(FIRST))


def test_h02_an_increase_is_measured_by_the_dose_that_the_pump_ran() -> None:
    order = MORE.but(before_dose="2 mg/day", therapy=simple("2.2 mg/day"))
    assert refused_by(order, programmed(FIRST)) == {"session.dose"}


def test_h20_a_ten_fold_change_against_the_pump_is_refused_without_a_signature() -> None:
    order = MORE.but(before_dose="9 mg/day", therapy=simple("10 mg/day"))
    assert "session.ten-fold" in refused_by(order, programmed(FIRST))


def test_h04_a_top_up_is_stated_only_after_this_plans_priming() -> None:
    made = visit(MORE, programmed(FIRST), top_up=True)
    assert codes(made, Severity.STOP) == {"session.top-up"}
