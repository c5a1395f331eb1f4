"""H03: two patients misprogrammed in one day (1997): a hard cap for each drug."""

import pytest
from orders import CEREBRAL, SPINAL, TOLERANT, Order, simple

from thecal import formulary
from thecal.therapy.findings import Severity

# Each cap is the highest figure of any layer in the drug reference.
CAPS = [
    ("morphine", TOLERANT, "10 mg/mL", "20 mg/day", "20.01 mg/day"),
    ("hydromorphone", TOLERANT, "10 mg/mL", "10 mg/day", "10.01 mg/day"),
    ("baclofen", SPINAL, "2000 ug/mL", "2003 ug/day", "2004 ug/day"),
    ("bupivacaine", TOLERANT, "20 mg/mL", "20 mg/day", "20.01 mg/day"),
    ("clonidine", TOLERANT, "1000 ug/mL", "1000 ug/day", "1001 ug/day"),
    ("ziconotide", TOLERANT, "25 ug/mL", "19.2 ug/day", "19.3 ug/day"),
    ("fentanyl", TOLERANT, "1 mg/mL", "1000 ug/day", "1001 ug/day"),
    ("sufentanil", TOLERANT, "50 ug/mL", "500 ug/day", "501 ug/day"),
]
IDS = [drug for drug, *_ in CAPS]


def ordered(drug: str, patient: str, strength: str, dose: str) -> Order:
    solution = ((drug, strength),)
    order = Order(patient=patient, drugs=solution, before=solution, before_dose=dose)
    return order.but(therapy=simple(dose)).fully_signed()


def test_every_drug_of_the_formulary_has_a_cap_here() -> None:
    assert sorted(IDS) == sorted(formulary.drugs())


@pytest.mark.parametrize(
    ("drug", "patient", "strength", "cap"), [case[:4] for case in CAPS], ids=IDS
)
def test_cap_itself_is_not_passed(drug: str, patient: str, strength: str, cap: str) -> None:
    assert not ordered(drug, patient, strength, cap).found("hard.daily-dose")


@pytest.mark.parametrize(
    ("drug", "patient", "strength", "over"), [(*c[:3], c[4]) for c in CAPS], ids=IDS
)
def test_beyond_the_cap_no_signature_helps(
    drug: str, patient: str, strength: str, over: str
) -> None:
    plan = ordered(drug, patient, strength, over).but(signed=("hard.daily-dose",)).plan()
    hard = [one for one in plan.findings if one.code == "hard.daily-dose"]
    assert {one.severity for one in hard} == {Severity.STOP}
    assert {one.drug for one in hard} == {drug}
    assert not plan.accepted
    assert not any(plan.is_signed(one) for one in hard)


def test_baclofen_of_cerebral_origin_has_the_lower_cap() -> None:
    assert not ordered("baclofen", CEREBRAL, "2000 ug/mL", "1400 ug/day").found("hard.daily-dose")
    (hard,) = ordered("baclofen", CEREBRAL, "2000 ug/mL", "1401 ug/day").found("hard.daily-dose")
    assert hard.severity is Severity.STOP


def test_second_ingredient_of_a_mixture_meets_its_own_cap() -> None:
    """The dose is stated in morphine; clonidine follows, and is the one that is too much."""
    solution = (("morphine", "10 mg/mL"), ("clonidine", "2000 ug/mL"))
    order = Order(drugs=solution, before=solution, before_dose="5 mg/day")
    order = order.but(therapy=simple("5.01 mg/day")).fully_signed()
    (hard,) = order.found("hard.daily-dose")
    assert hard.drug == "clonidine"
    assert hard.asked == "1002 µg/day"


def test_patient_doses_count_towards_the_cap() -> None:
    solution = (("morphine", "10 mg/mL"),)
    order = Order(drugs=solution, before=solution, before_dose="18 mg/day")
    order = order.but(therapy=simple("18 mg/day"), patient_dose=("0.51 mg", "10 min", "4 h", 4))
    assert not order.fully_signed().plan().accepted
    within = order.but(patient_dose=("0.5 mg", "10 min", "4 h", 4))
    assert within.fully_signed().plan().accepted
