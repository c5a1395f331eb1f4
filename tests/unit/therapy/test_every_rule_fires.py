"""No rule is dead: each fires somewhere, and only with a severity that it declares."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from orders import BACLOFEN, BACLOFEN_DOWN, CEREBRAL, NAIVE, SPINAL, TOLERANT, Order, flex, simple

from thecal.devices import pump
from thecal.pump import PumpProfile, Reset, Twin, Update
from thecal.pump.controller.report import status
from thecal.pump.holding import Holding
from thecal.therapy.findings import Finding
from thecal.therapy.refill.residual import ResidualCheck, judge_residual
from thecal.therapy.rules import CARDS, RULES
from thecal.therapy.rules.pump_at_hand import Found, judge_log, judge_pump, judge_top_up

TRIAL = Order(pump="cadd-prizm", catheter="trial", alarm="", drugs=(("hydromorphone", "1 mg/mL"),))
PSYCHOSIS = Order(
    patient=TOLERANT.replace("history = false", "history = true"),
    drugs=(("ziconotide", "20 ug/mL"),),
    therapy=simple("5 ug/day"),
)
NIGHT = flex(("", (("00:00", "0.6 mg/day"), ("06:00", "7 mg/day"))))
ORDERS = [
    Order(),
    Order(patient=NAIVE, patient_dose=("1 mg", "1 min", "30 s", 1440), tubing="0.199 mL"),
    Order(
        patient='indication = "pain"', drugs=(("sufentanil", "10 mg/mL"), ("morphine", "1 ug/mL"))
    ),
    Order(drugs=(("morphine", "30 mg/mL"),), therapy=simple("700 mg/day"), volume="41 mL"),
    Order(drugs=(("ziconotide", "25 ug/mL"),), therapy=simple("0.5 ug/day"), length=""),
    Order(drugs=(("ziconotide", "25 ug/mL"),), before=(("morphine", "20 mg/mL"),), therapy=NIGHT),
    Order(drugs=(("morphine", "25 mg/mL"), ("bupivacaine", "10 mg/mL")), tip="T10", therapy=NIGHT),
    Order(drugs=(("hydromorphone", "5 mg/mL"),), before=(("morphine", "20 mg/mL"),)),
    Order(
        patient=SPINAL.replace("40", "3"), drugs=(("baclofen", "10 ug/mL"), ("morphine", "1 mg/mL"))
    ),
    Order(therapy=flex(("mon", tuple((f"{h:02d}:00", "1 mg/day") for h in range(14))))),
    Order(therapy=flex(("", tuple((f"{h:02d}:00", "1 mg/day") for h in range(14))))),
    Order(before=(("morphine", "2 mg/mL"),), therapy='mode = "stopped"'),
    Order(alarm="20 mL", drugs=(("morphine", "3 mg/mL"),), signed=("change.ten-fold",)),
    BACLOFEN,
    BACLOFEN_DOWN,
    BACLOFEN.but(patient=CEREBRAL, therapy=simple("50 ug/day")),
    BACLOFEN.but(therapy=simple("3000 ug/day")),
    BACLOFEN.but(pump="prometra-ii-20"),
    BACLOFEN.but(
        drugs=(("baclofen", "2000 ug/mL"), ("clonidine", "100 ug/mL")),
        before=(("baclofen", "100 ug/mL"), ("clonidine", "2000 ug/mL")),
    ),
    *(
        Order(
            drugs=(("ziconotide", strength),),
            before=(("ziconotide", strength),),
            before_dose="2 ug/day",
            therapy=simple("5 ug/day"),
        )
        for strength in ("25 ug/mL", "101 ug/mL")
    ),
    Order(
        before=(("morphine", "10 mg/mL"),),
        therapy=flex(("", (("00:00", "19.8 mg/day"), ("06:00", "19.9 mg/day")))),
    ),
    Order(patient=NAIVE, drugs=(("morphine", "25 mg/mL"),), therapy=simple("1.2 mg/day")),
    Order(pump="prometra-ii-20", patient='indication = "pain"', therapy=simple("0.000001 ng/day")),
    Order(alarm="1.3 mL", patient_dose=("0.1 mg", "10 min", "6 h", 5)),
    Order(pump="cadd-solis"),
    PSYCHOSIS,
    PSYCHOSIS.but(patient=PSYCHOSIS.patient.replace("psychosis_history = true\n", "")),
    TRIAL,
    TRIAL.but(therapy='mode = "minimum-rate"', patient_dose=("0.01 mg", "1 min", "1 h", 2)),
    TRIAL.but(therapy=simple("3 mg/day")),
    Order(pump="codman-3000-16"),
]

VISIT = date(2026, 3, 29)
"""London's clocks go forward on this day, Sydney's back a week later."""


def findings() -> Iterator[Finding]:
    for order in ORDERS:
        yield from order.plan(VISIT, "Europe/London").findings
        label = {"morphine": Fraction(1)}
        yield from order.plan(VISIT, "Australia/Sydney", pharmacy_label=label).findings
    empty = ResidualCheck(Fraction(16), Fraction(4), Fraction(0))
    yield from judge_residual((empty, empty), pump("synchromed-ii-20"))


def at_the_pump() -> Iterator[Finding]:
    """What sessions with twins find: a plan, and the plan that the twin holds already."""
    morphine = Order(therapy=simple("1 mg/day"))
    again = morphine.but(before=(("morphine", "10 mg/mL"),), before_dose="1 mg/day")
    other = again.but(before_dose="3 mg/day", before=(("morphine", "20 mg/mL"),))
    for held, order, stands_s in (
        (None, BACLOFEN, 0),
        (morphine, morphine, 0),
        (again, again, 0),
        (morphine, other, 0),
        (morphine, again.but(therapy=simple("12 mg/day"), before_dose="3 mg/day"), 0),
        (morphine, again.but(pump="synchromed-ii-40"), 0),
        (morphine, again, 3_600),
        (morphine, again, 50 * 3_600),
    ):
        yield from judged(held, order, stands_s)
    yield judge_log("entry 7 does not follow from those before it")


def judged(held: Order | None, order: Order, stands_s: int) -> Iterator[Finding]:
    twin = Twin(PumpProfile.from_catalogue(pump("synchromed-ii-20")))
    if held is not None:
        case = held.plan().case
        twin.send(Update("an-update", 0, case.program, case.fill, case.ceiling))
    if stands_s:
        twin.inject(Reset(0))
        twin.advance(stands_s)
    told = status(twin.controller.clock)
    found = Found.of(Holding.of(told), told, Fraction(0))
    yield from judge_pump(order.plan().case, found)
    yield from judge_top_up(order.plan().case, found)


FINDINGS = [*findings(), *at_the_pump()]


def test_every_rule_has_fired() -> None:
    fired = {one.code for one in FINDINGS}
    assert set(RULES) - fired == set()
    assert set(CARDS) - fired == set()


def test_every_finding_has_a_severity_that_its_rule_declares_and_a_source() -> None:
    for one in FINDINGS:
        assert one.severity in CARDS[one.code].severities, one
        assert one.message.strip()
        assert one.basis.source.strip()


def test_every_severity_declared_occurs() -> None:
    occurring = {(one.code, str(one.severity)) for one in FINDINGS}
    declared = {(code, severity) for code, card in CARDS.items() for severity in card.severities}
    assert sorted(declared - occurring) == []


def test_every_rule_names_a_source_and_known_severities() -> None:
    for code, card in CARDS.items():
        assert card.source.strip(), code
        assert card.title.endswith("?"), code
        assert set(card.severities) <= {"stop", "confirm", "note"}
        assert all(source.strip() for source in card.sources())
