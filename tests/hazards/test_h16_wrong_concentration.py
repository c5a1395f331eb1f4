"""H16: the concentration entered too low overdoses: the syringe holds 2000, entered is 500: 4×."""

from fractions import Fraction

import pytest
from orders import BACLOFEN, SPINAL, TOLERANT, Order, simple

from thecal.therapy.findings import Severity

ENTERED_500 = Order(
    patient=SPINAL, drugs=(("baclofen", "500 ug/mL"),), therapy=simple("100 ug/day")
)


def test_pharmacy_label_of_2000_against_500_entered_is_refused() -> None:
    label = {"baclofen": Fraction(2000)}
    plan = ENTERED_500.plan(pharmacy_label=label)
    (finding,) = [one for one in plan.findings if one.code == "solution.pharmacy-label"]
    assert finding.severity is Severity.STOP
    assert (finding.asked, finding.limit) == ("500 µg/mL", "2000 µg/mL")
    assert not plan.accepted
    assert plan.case.doses is not None
    true_dose = plan.case.doses.mean_ml * 2000
    assert true_dose == 4 * 100


def test_matching_label_passes_and_an_unread_one_is_named() -> None:
    label = {"baclofen": Fraction(500)}
    assert not ENTERED_500.found("solution.pharmacy-label", pharmacy_label=label)
    (finding,) = ENTERED_500.found("solution.pharmacy-label")
    assert finding.severity is Severity.NOTE


def test_label_with_another_drug_or_one_missing_is_refused() -> None:
    for label in ({"morphine": Fraction(500)}, {}, {"baclofen": Fraction(500), "x": Fraction(1)}):
        found = ENTERED_500.found("solution.pharmacy-label", pharmacy_label=label)
        assert {one.severity for one in found} == {Severity.STOP}


# Lowest and highest strength of the drug reference; where no lowest is published, none is made up.
BOUNDS = [
    ("morphine", TOLERANT, "0.5 mg/mL", "0.49 mg/mL", "25 mg/mL", "25.1 mg/mL"),
    ("baclofen", SPINAL, "50 ug/mL", "49 ug/mL", "2000 ug/mL", "2001 ug/mL"),
    ("ziconotide", TOLERANT, "5 ug/mL", "4.9 ug/mL", "100 ug/mL", "101 ug/mL"),
    ("hydromorphone", TOLERANT, "", "", "15 mg/mL", "15.1 mg/mL"),
    ("bupivacaine", TOLERANT, "", "", "40 mg/mL", "40.1 mg/mL"),
    ("clonidine", TOLERANT, "", "", "2000 ug/mL", "2001 ug/mL"),
    ("fentanyl", TOLERANT, "", "", "10 mg/mL", "10.1 mg/mL"),
    ("sufentanil", TOLERANT, "", "", "5 mg/mL", "5.1 mg/mL"),
]


@pytest.mark.parametrize(
    ("drug", "patient", "lowest", "below", "highest", "above"), BOUNDS, ids=[b[0] for b in BOUNDS]
)
def test_hard_minimum_and_maximum_of_every_drug(
    drug: str, patient: str, lowest: str, below: str, highest: str, above: str
) -> None:
    def hard(strength: str) -> list[Severity]:
        order = Order(patient=patient, drugs=((drug, strength),))
        return [one.severity for one in order.found("hard.concentration")]

    assert hard(highest) == []
    assert hard(above) == [Severity.STOP]
    unknown = Order(patient=patient, drugs=((drug, highest),)).found("hard.concentration-unknown")
    if lowest:
        assert hard(lowest) == []
        assert hard(below) == [Severity.STOP]
        assert unknown == []
    else:
        assert "no published figure" in unknown[0].message


def test_four_fold_change_of_a_running_drug_is_shown_with_its_bridge() -> None:
    """500 entered where 2000 ran: the plan shows the change, the bridge and the residual."""
    wrong = BACLOFEN.but(drugs=(("baclofen", "500 ug/mL"),), before=(("baclofen", "2000 ug/mL"),))
    (bridge,) = wrong.found("changeover.bridge")
    assert "400 %" in bridge.message
    assert wrong.found("pump.residual")


def test_ten_fold_slip_of_a_running_concentration_asks() -> None:
    slip = Order(drugs=(("morphine", "2 mg/mL"),), before=(("morphine", "20 mg/mL"),))
    assert any("concentration" in one.message for one in slip.found("change.ten-fold"))
