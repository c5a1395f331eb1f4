"""H13: drugs not approved for the pump: stalls and failures (FDA, Nov 2012 and Nov 2018)."""

import pytest
from orders import SPINAL, TOLERANT, Order, simple

from thecal.therapy.findings import Severity

PROMETRA = {"pump": "prometra-ii-20", "catheter": "flowonix-13827", "alarm": ""}
OFF_LABEL = ["hydromorphone", "bupivacaine", "clonidine", "fentanyl", "sufentanil"]


def alone(drug: str, strength: str = "1 mg/mL") -> Order:
    solution = ((drug, strength),)
    order = Order(drugs=solution, before=solution, before_dose="0.1 mg/day")
    return order.but(therapy=simple("0.1 mg/day"))


@pytest.mark.parametrize("drug", OFF_LABEL)
def test_drug_off_label_is_refused_until_a_person_signs_with_a_reason(drug: str) -> None:
    (finding,) = alone(drug).found("label.off-label")
    assert finding.severity is Severity.CONFIRM
    assert finding.drug == drug
    assert not alone(drug).plan().accepted
    signed = alone(drug).fully_signed().contract()
    assert signed["accepted"]
    (shown,) = [one for one in signed["findings"] if one["code"] == "label.off-label"]
    assert shown["signed"] == {"by": "name of the physician", "reason": "reason of the physician"}


@pytest.mark.parametrize(
    ("order", "labelled"),
    [
        pytest.param(Order(), True, id="morphine in SynchroMed"),
        pytest.param(Order(**PROMETRA), True, id="morphine in Prometra"),  # type: ignore[arg-type]
        pytest.param(
            Order(drugs=(("ziconotide", "25 ug/mL"),), therapy=simple("2 ug/day")),
            True,
            id="ziconotide in SynchroMed",
        ),
        pytest.param(
            Order(**PROMETRA, drugs=(("ziconotide", "25 ug/mL"),), therapy=simple("2 ug/day")),  # type: ignore[arg-type]
            False,
            id="ziconotide in Prometra",
        ),
        pytest.param(
            Order(patient=SPINAL, drugs=(("baclofen", "500 ug/mL"),), therapy=simple("90 ug/day")),
            True,
            id="baclofen in SynchroMed",
        ),
        pytest.param(
            Order(drugs=(("baclofen", "500 ug/mL"),), therapy=simple("90 ug/day")),
            False,
            id="baclofen for pain",
        ),
        pytest.param(Order(patient=SPINAL), False, id="morphine for spasticity"),
    ],
)
def test_label_status_is_of_drug_pump_and_indication(order: Order, labelled: bool) -> None:
    assert bool(order.found("label.off-label")) is not labelled
    assert not order.found("label.status-unknown")


@pytest.mark.parametrize(
    ("strength", "labelled"),
    [("499 ug/mL", False), ("500 ug/mL", True), ("2000 ug/mL", True), ("2001 ug/mL", False)],
)
def test_prometra_has_baclofen_from_500_to_2000(strength: str, labelled: bool) -> None:
    order = Order(
        **PROMETRA,  # type: ignore[arg-type]
        patient=SPINAL,
        drugs=(("baclofen", strength),),
        therapy=simple("90 ug/day"),
    )
    assert bool(order.found("label.off-label")) is not labelled


@pytest.mark.parametrize("pump", ["medstream-20", "codman-3000-16", "cadd-solis", "cadd-prizm"])
def test_unknown_label_status_is_never_taken_as_labelled(pump: str) -> None:
    (finding,) = Order(pump=pump, volume="10 mL").found("label.status-unknown")
    assert finding.severity is Severity.CONFIRM
    assert finding.limit == "no published figure"


def test_every_mixture_is_off_label_and_baclofen_forbids_it() -> None:
    mixture = (("baclofen", "500 ug/mL"), ("morphine", "1 mg/mL"))
    order = Order(patient=SPINAL, drugs=mixture, therapy=simple("90 ug/day"))
    assert any("baclofen + morphine" in one.message for one in order.found("label.off-label"))
    (finding,) = order.found("label.do-not-mix")
    assert finding.severity is Severity.CONFIRM
    two = Order(patient=TOLERANT, drugs=(("morphine", "10 mg/mL"), ("bupivacaine", "10 mg/mL")))
    assert two.found("label.off-label")
    assert not two.found("label.do-not-mix")
