"""A drug's doses and concentrations are shown in that drug's own unit, never in two."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from orders import BACLOFEN, BACLOFEN_DOWN, NAIVE, TOLERANT, Order, flex, simple

from thecal import formulary
from thecal.therapy.file.reading import read_text
from thecal.therapy.findings import Finding
from thecal.therapy.plan import Plan, make_plan
from thecal.units import AGE, CONCENTRATION, DOSE_RATE, MASS, VOLUME

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.toml"))
IN_MG = {"morphine", "hydromorphone", "bupivacaine"}
IN_UG = {"baclofen", "clonidine", "ziconotide", "fentanyl", "sufentanil"}
_AMOUNT = re.compile(r"(?<=\d )(mg|µg)\b")
VISIT = date(2026, 3, 29)
"""London's clocks go forward on this day."""

NIGHT = flex(("", (("00:00", "0.6 mg/day"), ("06:00", "7 mg/day"))))
MIXED = (("morphine", "25 mg/mL"), ("clonidine", "2500 ug/mL"))
ORDERED = [
    Order(patient=NAIVE, patient_dose=("1 mg", "1 min", "30 s", 1440), tubing="0.199 mL"),
    Order(drugs=(("morphine", "30 mg/mL"),), therapy=simple("700 mg/day")),
    Order(drugs=(("sufentanil", "10 mg/mL"), ("morphine", "1 ug/mL"))),
    Order(drugs=(("fentanyl", "25 mg/mL"),), therapy=simple("2 mg/day")),
    Order(drugs=(("hydromorphone", "5 mg/mL"),), before=(("morphine", "20 mg/mL"),)),
    Order(drugs=(("ziconotide", "25 ug/mL"),), therapy=simple("0.5 ug/day")),
    Order(drugs=(("ziconotide", "200 ug/mL"),), therapy=simple("30 ug/day")),
    Order(drugs=MIXED, before=(("morphine", "2 mg/mL"), ("clonidine", "100 ug/mL")), therapy=NIGHT),
    Order(
        patient=TOLERANT,
        drugs=(("morphine", "10 mg/mL"), ("bupivacaine", "50 mg/mL")),
        before=(("morphine", "10 mg/mL"), ("bupivacaine", "0.5 mg/mL")),
    ),
    BACLOFEN.but(therapy=simple("3000 ug/day")),
    BACLOFEN.but(therapy='mode = "stopped"'),
    BACLOFEN_DOWN,
    BACLOFEN.but(drugs=(("baclofen", "10 mg/mL"),)),
]


def plans() -> Iterator[Plan]:
    for example in EXAMPLES:
        yield make_plan(read_text(example.read_text(encoding="utf-8")), visit=VISIT)
    for order in ORDERED:
        made = order.plan(VISIT, "Europe/London")
        yield made
        yield order.plan(pharmacy_label=dict.fromkeys((name for name, _ in order.drugs), 1))


FINDINGS = [(plan, finding) for plan in plans() for finding in plan.findings]
OF_ONE_DRUG = [(plan, one) for plan, one in FINDINGS if one.drug]


def units_in(text: str) -> set[str]:
    return {unit.replace("µg", "ug") for unit in _AMOUNT.findall(text)}


def around(finding: Finding) -> str:
    return f"{finding.severity} {finding.code}: {finding}"


def test_every_drug_has_the_unit_of_the_field() -> None:
    shown = {drug.name: drug.shown_in for drug in formulary.drugs().values()}
    assert shown == dict.fromkeys(IN_MG, "mg") | dict.fromkeys(IN_UG, "ug")


def test_a_drug_shows_every_amount_in_its_unit_and_other_kinds_as_ever() -> None:
    morphine, baclofen = formulary.drug("morphine"), formulary.drug("baclofen")
    assert morphine.show(93, MASS, 2) == "0.093 mg"
    assert morphine.show(500, DOSE_RATE) == "0.5 mg/day"
    assert baclofen.show(1440, DOSE_RATE) == "1440 µg/day"
    assert baclofen.show(2000, CONCENTRATION) == "2000 µg/mL"
    assert morphine.show(20, VOLUME) == "20 mL"
    assert baclofen.show(4, AGE) == "4 year"


def test_what_was_asked_and_its_limit_carry_the_unit_of_their_drug() -> None:
    told = 0
    for _, one in OF_ONE_DRUG:
        own = {formulary.drug(one.drug).shown_in}
        for text in (one.asked, one.limit):
            assert units_in(text) <= own or one.code == "changeover.other-primary", around(one)
            told += bool(units_in(text))
    assert told > len(ORDERED)


def test_no_finding_about_one_drug_names_two_units() -> None:
    for plan, one in OF_ONE_DRUG:
        mentioned = {
            part.drug.shown_in
            for part in (*plan.case.parts, *plan.case.old_parts)
            if part.name == one.drug or part.name in one.message
        }
        assert units_in(f"{one.message} {one.asked} {one.limit}") <= mentioned, around(one)


@pytest.mark.parametrize("drug", formulary.drugs().values(), ids=lambda drug: drug.name)
def test_an_amount_that_follows_a_drugs_name_is_in_its_unit(drug: formulary.Drug) -> None:
    named = re.compile(rf"\b{drug.name} (?:at )?[0-9.]+ (mg|µg)\b")
    for _, one in FINDINGS:
        for text in (one.message, one.asked, one.limit):
            found = {unit.replace("µg", "ug") for unit in named.findall(text)}
            assert found <= {drug.shown_in}, around(one)


def test_a_short_weak_stretch_after_priming_is_in_minutes_or_left_out() -> None:
    for plan, one in FINDINGS:
        if one.code == "consensus.priming-early":
            assert plan.case.priming is not None
            hours = plan.case.priming.weak_hours
            assert ("below half" in one.message) == (hours * 60 >= 1)
            assert (" min the dose" in one.message) == (1 / 60 <= hours < 1)


def test_a_label_is_named_once_as_the_source_of_its_limit() -> None:
    sources = {one.basis.source for _, one in FINDINGS if one.basis.layer == "label"}
    assert "Infumorph label" in sources
    assert not any(source.startswith("US label") for source in sources)
