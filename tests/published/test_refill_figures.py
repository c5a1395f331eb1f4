"""The worked refill intervals (device reference), and the stability caps (drug reference)."""

from typing import Any

import pytest
from orders import BACLOFEN, CEREBRAL, TOLERANT, Order, simple

STEADY = BACLOFEN.but(before=BACLOFEN.drugs)
"""20 mL, alarm at 2 mL, 0.15 mL/day."""
FOUR_DOSES = ("20 ug", "10 min", "4 h", 4)


def refill(order: Order) -> dict[str, Any]:
    made: dict[str, Any] = order.contract()["refill"]
    return made


def test_fill_lasts_120_0_days() -> None:
    assert refill(STEADY)["days"] == pytest.approx(120.0, abs=1e-9)
    assert refill(STEADY)["limited_by"] == "reservoir"


def test_bridge_shortens_it_to_118_3_days() -> None:
    assert round(refill(BACLOFEN)["days"], 1) == 118.3


def test_four_patient_doses_a_day_shorten_it_to_94_7_days() -> None:
    assert round(refill(STEADY.but(patient_dose=FOUR_DOSES))["days"], 1) == 94.7


def test_latest_safe_date_at_14_5_percent_over_delivery_is_104_8_days() -> None:
    assert round(refill(STEADY)["latest_safe_days"], 1) == 104.8


def test_latest_safe_date_counts_patient_doses_and_over_delivery_together() -> None:
    days = refill(STEADY.but(patient_dose=FOUR_DOSES))["latest_safe_days"]
    assert days == pytest.approx(18 / (0.19 * 1.145), abs=1e-6)


def test_refill_date_is_without_priming_because_the_fill_is_what_remains_after_it() -> None:
    first = STEADY.but(before=(), therapy=simple("200 ug/day"))
    assert refill(first)["days"] == pytest.approx(180, abs=1e-9)


@pytest.mark.parametrize(("alarm", "days"), [("", 17), ("2 mL", 17), ("4 mL", 16)])
def test_prometra_ends_at_3_0_ml_or_at_an_earlier_alarm(alarm: str, days: int) -> None:
    order = STEADY.but(pump="prometra-ii-20", catheter="flowonix-13827", alarm=alarm)
    assert refill(order)["days"] == pytest.approx(days / 0.15, abs=1e-6)
    assert len(order.found("pump.alarm-volume")) == (alarm == "2 mL")


SLOW = simple("0.048 mg/day")
CAPS = [
    pytest.param("morphine", "1 mg/mL", 90, "stability", id="morphine 90 days"),
    pytest.param("hydromorphone", "1 mg/mL", 120, "stability", id="hydromorphone 4 months"),
    pytest.param("bupivacaine", "1 mg/mL", 84, "stability", id="bupivacaine 12 weeks"),
    pytest.param("clonidine", "1 mg/mL", 180, "stability", id="clonidine 180 days"),
    pytest.param("fentanyl", "1 mg/mL", 180, "stability", id="fentanyl 180 days"),
    pytest.param("sufentanil", "1 mg/mL", 180, "stability", id="sufentanil 180 days"),
]


@pytest.mark.parametrize(("drug", "strength", "days", "by"), CAPS)
def test_stability_caps_both_dates(drug: str, strength: str, days: int, by: str) -> None:
    solution = ((drug, strength),)
    made = refill(Order(drugs=solution, before=solution, therapy=SLOW))
    assert made["days"] == days
    assert made["latest_safe_days"] == days
    assert made["limited_by"] == by


def test_baclofen_is_capped_at_180_days() -> None:
    slow = STEADY.but(patient=CEREBRAL, before_dose="96 ug/day", therapy=simple("96 ug/day"))
    assert refill(slow)["days"] == 180


@pytest.mark.parametrize(
    ("strength", "before", "days"),
    [
        ("25 ug/mL", (), 14),
        ("25 ug/mL", (("ziconotide", "25 ug/mL"),), 84),
        ("100 ug/mL", (("ziconotide", "100 ug/mL"),), 84),
        ("50 ug/mL", (("ziconotide", "50 ug/mL"),), 40),
        ("10 ug/mL", (("ziconotide", "10 ug/mL"),), 40),
    ],
    ids=["first fill", "undiluted 25", "undiluted 100", "diluted 50", "diluted 10"],
)
def test_ziconotide_keeps_14_40_or_84_days(
    strength: str, before: tuple[tuple[str, str], ...], days: int
) -> None:
    dose = f"{0.048 * float(strength.split(maxsplit=1)[0]):.3f} ug/day"
    order = Order(
        patient=TOLERANT,
        drugs=(("ziconotide", strength),),
        before=before,
        before_dose=dose,
        therapy=simple(dose),
    )
    assert refill(order)["days"] == days


@pytest.mark.parametrize(
    ("drugs", "days", "by"),
    [
        ((("hydromorphone", "10 mg/mL"), ("clonidine", "150 ug/mL")), 35, "mixture"),
        ((("hydromorphone", "10 mg/mL"), ("clonidine", "151 ug/mL")), 120, "stability"),
        ((("baclofen", "1000 ug/mL"), ("clonidine", "200 ug/mL")), 98, "mixture"),
        ((("baclofen", "1000 ug/mL"), ("morphine", "1 mg/mL")), 30, "mixture"),
        ((("ziconotide", "25 ug/mL"), ("morphine", "10 mg/mL")), 34, "mixture"),
        ((("ziconotide", "25 ug/mL"), ("morphine", "20 mg/mL")), 19, "mixture"),
        ((("ziconotide", "25 ug/mL"), ("hydromorphone", "35 mg/mL")), 19, "mixture"),
        ((("ziconotide", "25 ug/mL"), ("bupivacaine", "5 mg/mL")), 22, "mixture"),
        ((("ziconotide", "25 ug/mL"), ("clonidine", "2 mg/mL")), 60, "mixture"),
        ((("ziconotide", "25 ug/mL"), ("fentanyl", "1 mg/mL")), 26, "mixture"),
        ((("ziconotide", "25 ug/mL"), ("sufentanil", "1 mg/mL")), 33, "mixture"),
    ],
    ids=lambda value: " + ".join(name for name, _ in value) if isinstance(value, tuple) else "",
)
def test_published_mixtures_cap_the_date(
    drugs: tuple[tuple[str, str], ...], days: int, by: str
) -> None:
    strength = float(drugs[0][1].split()[0]) * 0.048
    dose = f"{strength:.4f} {drugs[0][1].split()[1].split('/')[0]}/day"
    order = Order(drugs=drugs, before=drugs, before_dose=dose, therapy=simple(dose))
    assert refill(order)["days"] == days
    assert refill(order)["limited_by"] == by


def test_morphine_with_clonidine_keeps_90_days_alone_and_together() -> None:
    drugs = (("morphine", "10 mg/mL"), ("clonidine", "1 mg/mL"))
    assert refill(Order(drugs=drugs, before=drugs))["days"] == 90
    (finding,) = Order(drugs=drugs, before=drugs).found("solution.mixture")
    assert finding.limit == "90 day"


def test_three_drug_mixture_is_covered_by_its_study() -> None:
    drugs = (("morphine", "50 mg/mL"), ("bupivacaine", "25 mg/mL"), ("clonidine", "2 mg/mL"))
    (finding,) = Order(drugs=drugs, before=drugs).found("solution.mixture")
    assert finding.limit == "90 day"
    stronger = (drugs[0], ("bupivacaine", "26 mg/mL"), drugs[2])
    (finding,) = Order(drugs=stronger, before=stronger).found("solution.mixture")
    assert finding.limit == "no published figure"
