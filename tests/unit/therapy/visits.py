"""Plans at twins, for tests: a first fill, and a change of dose after it."""

from __future__ import annotations

from fractions import Fraction

from orders import Order, simple
from pump_cases import HOUR

from thecal import devices
from thecal.programmer.session.outcome import Outcome
from thecal.programmer.session.port import TwinPort
from thecal.programmer.session.session import Session
from thecal.programmer.session.visit import Visit
from thecal.pump import PL_PER_ML, PumpProfile, Twin
from thecal.therapy.findings import Severity

FIRST = Order(therapy=simple("1 mg/day"))
MORE = Order(
    before=(("morphine", "10 mg/mL"),), before_dose="1 mg/day", therapy=simple("1.2 mg/day")
)


def twin_of(order: Order, model: str = "synchromed-ii-20") -> Twin:
    twin = Twin(PumpProfile.from_catalogue(devices.pump(model)), serial="TW-1")
    twin.fill(round(Fraction(order.volume.split()[0]) * PL_PER_ML))
    return twin


def visit(order: Order, twin: Twin, *, top_up: bool = False) -> Visit:
    made = Visit(order.plan(), Session(TwinPort(twin)), top_up=top_up, pause=lambda _: None)
    made.begin()
    return made


def programmed(order: Order) -> Twin:
    """A twin that runs an order, its priming or bridge over."""
    twin = twin_of(order)
    made = visit(order, twin)
    assert made.goes_on, made.open_findings
    assert made.send().outcome is Outcome.VERIFIED
    made.end()
    twin.advance(24 * HOUR)
    return twin


def codes(made: Visit, severity: Severity) -> set[str]:
    return {one.code for one in made.findings if one.severity is severity}
