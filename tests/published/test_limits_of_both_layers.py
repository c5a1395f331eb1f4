"""Label and consensus are never mixed: each speaks for itself, with its own source."""

import pytest
from orders import TOLERANT, Order, simple

from thecal.therapy.findings import By, Severity
from thecal.units import Provenance

STRONG = Order(drugs=(("morphine", "25 mg/mL"),), therapy=simple("2 mg/day"))
ZICONOTIDE = Order(
    patient=TOLERANT, drugs=(("ziconotide", "25 ug/mL"),), therapy=simple("1.2 ug/day")
)


def test_morphine_at_25_mg_per_ml_is_labelled_and_above_the_consensus() -> None:
    (label,) = STRONG.found("label.concentration")
    assert label.severity is Severity.NOTE
    assert label.basis.layer is By.LABEL
    assert label.basis.provenance is Provenance.FOUND
    assert "Infumorph" in label.message
    (consensus,) = STRONG.found("consensus.concentration")
    assert consensus.severity is Severity.CONFIRM
    assert consensus.basis.layer is By.CONSENSUS
    assert consensus.basis.provenance is Provenance.RECALLED
    assert (consensus.asked, consensus.limit) == ("25 mg/mL", "20 mg/mL")
    assert "PACC 2017" in consensus.basis.source


def test_contract_says_recalled_of_every_consensus_figure() -> None:
    made = STRONG.but(therapy=simple("18 mg/day")).contract()
    consensus = [one for one in made["findings"] if one["layer"] == "consensus"]
    assert {one["code"] for one in consensus} >= {"consensus.daily-dose", "consensus.start-dose"}
    assert {one["provenance"] for one in consensus} == {"recalled"}


def test_ziconotide_undiluted_can_start_at_1_2_ug_per_day_and_not_at_0_5() -> None:
    assert ZICONOTIDE.plan().accepted
    low = ZICONOTIDE.but(therapy=simple("0.5 ug/day"))
    (floor,) = low.found("label.lowest-start")
    assert floor.severity is Severity.STOP
    assert (floor.asked, floor.limit) == ("0.5 µg/day", "1.2 µg/day")
    assert floor.basis.provenance is Provenance.DERIVED
    assert {one.severity for one in low.found("pump.rate")} == {Severity.STOP}


@pytest.mark.parametrize(
    ("dose", "layers"),
    [
        ("15 mg/day", set()),
        ("15.1 mg/day", {By.CONSENSUS}),
        ("20 mg/day", {By.CONSENSUS}),
        ("20.1 mg/day", {By.CONSENSUS, By.LABEL, By.HARD}),
    ],
)
def test_morphine_per_day_meets_consensus_at_15_and_label_at_20_mg(
    dose: str, layers: set[By]
) -> None:
    ran = STRONG.drugs
    plan = STRONG.but(before=ran, before_dose="14 mg/day", therapy=simple(dose)).plan()
    spoke = {f.basis.layer for f in plan.findings if f.code.endswith(".daily-dose")}
    assert spoke == layers
