"""Every cell of the label's and the consensus' tables, as published, and every hard cap."""

from fractions import Fraction

import pytest

from thecal.formulary import Layer, Limit, LimitOf, Who, drug, drugs
from thecal.units import parse

PACC_2017 = [
    ("morphine", "start-dose", "0.1 mg/day", "0.5 mg/day"),
    ("morphine", "trial-bolus", "0.1 mg", "0.5 mg"),
    ("morphine", "concentration", None, "20 mg/mL"),
    ("morphine", "daily-dose", None, "15 mg/day"),
    ("morphine", "naive-bolus", None, "0.15 mg"),
    ("hydromorphone", "start-dose", "0.01 mg/day", "0.15 mg/day"),
    ("hydromorphone", "trial-bolus", "0.025 mg", "0.1 mg"),
    ("hydromorphone", "concentration", None, "15 mg/mL"),
    ("hydromorphone", "daily-dose", None, "10 mg/day"),
    ("hydromorphone", "naive-bolus", None, "0.04 mg"),
    ("ziconotide", "start-dose", "0.5 ug/day", "1.2 ug/day"),
    ("ziconotide", "trial-bolus", "1 ug", "5 ug"),
    ("ziconotide", "concentration", None, "100 ug/mL"),
    ("ziconotide", "daily-dose", None, "19.2 ug/day"),
    ("ziconotide", "step-increase", None, "0.5 ug/day"),
    ("ziconotide", "step-interval", "7 day", None),
    ("fentanyl", "start-dose", "25 ug/day", "75 ug/day"),
    ("fentanyl", "trial-bolus", "15 ug", "75 ug"),
    ("fentanyl", "concentration", None, "10 mg/mL"),
    ("fentanyl", "daily-dose", None, "1000 ug/day"),
    ("fentanyl", "naive-bolus", None, "25 ug"),
    ("sufentanil", "start-dose", "10 ug/day", "20 ug/day"),
    ("sufentanil", "trial-bolus", "5 ug", "20 ug"),
    ("sufentanil", "concentration", None, "5 mg/mL"),
    ("sufentanil", "daily-dose", None, "500 ug/day"),
    ("bupivacaine", "start-dose", "0.01 mg/day", "4 mg/day"),
    ("bupivacaine", "trial-bolus", "0.5 mg", "2.5 mg"),
    ("bupivacaine", "concentration", None, "30 mg/mL"),
    ("bupivacaine", "daily-dose", None, "15 mg/day"),
    ("clonidine", "start-dose", "20 ug/day", "100 ug/day"),
    ("clonidine", "trial-bolus", "5 ug", "20 ug"),
    ("clonidine", "concentration", None, "1000 ug/mL"),
    ("clonidine", "daily-dose", None, "600 ug/day"),
]
PACC_2012 = [
    ("morphine", "trial-bolus", "0.2 mg", "1.0 mg"),
    ("hydromorphone", "start-dose", "0.02 mg/day", "0.5 mg/day"),
    ("hydromorphone", "trial-bolus", "0.04 mg", "0.2 mg"),
    ("ziconotide", "start-dose", "0.5 ug/day", "2.4 ug/day"),
    ("fentanyl", "trial-bolus", "25 ug", "75 ug"),
    ("fentanyl", "concentration", None, "2 mg/mL"),
    ("sufentanil", "concentration", None, "50 ug/mL"),
    ("bupivacaine", "start-dose", "1 mg/day", "4 mg/day"),
    ("bupivacaine", "concentration", None, "40 mg/mL"),
    ("bupivacaine", "daily-dose", None, "10 mg/day"),
    ("clonidine", "start-dose", "40 ug/day", "100 ug/day"),
    ("clonidine", "concentration", None, "2000 ug/mL"),
    ("clonidine", "daily-dose", None, "1000 ug/day"),
]
LABEL = [
    ("morphine", "start-dose", Who.OPIOID_NAIVE, "0.2 mg/day", None),
    ("morphine", "start-dose", Who.OPIOID_NAIVE, None, "1 mg/day"),
    ("morphine", "start-dose", Who.OPIOID_TOLERANT, "1 mg/day", "10 mg/day"),
    ("morphine", "daily-dose", Who.EVERYONE, None, "20 mg/day"),
    ("morphine", "concentration", Who.EVERYONE, None, "25 mg/mL"),
    ("baclofen", "age", Who.EVERYONE, "4 year", None),
    ("baclofen", "screening-bolus", Who.EVERYONE, "50 ug", "100 ug"),
    ("baclofen", "screening-bolus", Who.CHILD, "25 ug", "25 ug"),
    ("baclofen", "screening-interval", Who.EVERYONE, "24 h", None),
    ("baclofen", "start-share", Who.EVERYONE, "100 %", "200 %"),
    ("baclofen", "start-dose", Who.EVERYONE, None, "200 ug/day"),
    ("baclofen", "step-interval", Who.EVERYONE, "24 h", None),
    ("baclofen", "daily-increase", Who.SPINAL, "10 %", "30 %"),
    ("baclofen", "daily-increase", Who.CEREBRAL, "5 %", "15 %"),
    ("baclofen", "refill-increase", Who.SPINAL, None, "40 %"),
    ("baclofen", "refill-increase", Who.CEREBRAL, None, "20 %"),
    ("baclofen", "decrease", Who.EVERYONE, "10 %", "20 %"),
    ("baclofen", "daily-dose", Who.EVERYONE, None, "1000 ug/day"),
    ("baclofen", "concentration", Who.EVERYONE, None, "2000 ug/mL"),
    ("ziconotide", "start-dose", Who.EVERYONE, None, "2.4 ug/day"),
    ("ziconotide", "step-increase", Who.EVERYONE, None, "2.4 ug/day"),
    ("ziconotide", "daily-dose", Who.EVERYONE, None, "19.2 ug/day"),
    ("ziconotide", "concentration", Who.EVERYONE, None, "100 ug/mL"),
]
HARD = [
    ("morphine", "daily-dose", Who.EVERYONE, None, "20 mg/day", "derived"),
    ("morphine", "concentration", Who.EVERYONE, None, "25 mg/mL", "derived"),
    ("morphine", "concentration", Who.EVERYONE, "0.5 mg/mL", None, "recalled"),
    ("hydromorphone", "daily-dose", Who.EVERYONE, None, "10 mg/day", "derived"),
    ("hydromorphone", "concentration", Who.EVERYONE, None, "15 mg/mL", "derived"),
    ("baclofen", "daily-dose", Who.EVERYONE, None, "2003 ug/day", "derived"),
    ("baclofen", "daily-dose", Who.SPINAL, None, "2003 ug/day", "recalled"),
    ("baclofen", "daily-dose", Who.CEREBRAL, None, "1400 ug/day", "recalled"),
    ("baclofen", "concentration", Who.EVERYONE, "50 ug/mL", "2000 ug/mL", "derived"),
    ("bupivacaine", "daily-dose", Who.EVERYONE, None, "20 mg/day", "derived"),
    ("bupivacaine", "concentration", Who.EVERYONE, None, "40 mg/mL", "derived"),
    ("clonidine", "daily-dose", Who.EVERYONE, None, "1000 ug/day", "derived"),
    ("clonidine", "concentration", Who.EVERYONE, None, "2000 ug/mL", "derived"),
    ("ziconotide", "daily-dose", Who.EVERYONE, None, "19.2 ug/day", "derived"),
    ("ziconotide", "concentration", Who.EVERYONE, None, "100 ug/mL", "derived"),
    ("ziconotide", "concentration", Who.EVERYONE, "5 ug/mL", None, "recalled"),
    ("fentanyl", "daily-dose", Who.EVERYONE, None, "1000 ug/day", "derived"),
    ("fentanyl", "concentration", Who.EVERYONE, None, "10 mg/mL", "derived"),
    ("sufentanil", "daily-dose", Who.EVERYONE, None, "500 ug/day", "derived"),
    ("sufentanil", "concentration", Who.EVERYONE, None, "5 mg/mL", "derived"),
]


def value(text: str | None, limit: Limit) -> Fraction | None:
    return None if text is None else parse(text, limit.kind)


def matching(name: str, of: str, low: str | None, high: str | None, **more: str) -> list[Limit]:
    return [
        limit
        for limit in drug(name).limits
        if limit.of == of
        and all(getattr(limit, key) == wanted for key, wanted in more.items())
        and limit.low_value == value(low, limit)
        and limit.high_value == value(high, limit)
    ]


@pytest.mark.parametrize(("name", "of", "low", "high"), PACC_2017)
def test_consensus_2017(name: str, of: str, low: str | None, high: str | None) -> None:
    (limit,) = matching(name, of, low, high, layer="consensus", version="PACC 2017")
    weak = (name, of) == ("sufentanil", "concentration")
    assert limit.provenance == ("recalled-weak" if weak else "recalled")
    assert "10.1111/ner.12538" in limit.source


@pytest.mark.parametrize(("name", "of", "low", "high"), PACC_2012)
def test_consensus_2012(name: str, of: str, low: str | None, high: str | None) -> None:
    (limit,) = matching(name, of, low, high, layer="consensus", version="PACC 2012")
    assert limit.provenance == "recalled"
    assert not limit.current


@pytest.mark.parametrize(("name", "of", "who", "low", "high"), LABEL)
def test_label(name: str, of: str, who: Who, low: str | None, high: str | None) -> None:
    (limit,) = matching(name, of, low, high, layer="label", who=who)
    derived = (name, of) == ("baclofen", "start-dose")
    assert limit.provenance == ("derived" if derived else "found")


@pytest.mark.parametrize("row", HARD, ids=str)
def test_hard_cap(row: tuple[str, str, Who, str | None, str | None, str]) -> None:
    name, of, who, low, high, provenance = row
    (limit,) = matching(name, of, low, high, layer="hard", who=who)
    assert limit.provenance == provenance


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (Layer.CONSENSUS, len(PACC_2017) + len(PACC_2012)),
        (Layer.LABEL, len(LABEL)),
        (Layer.HARD, len(HARD)),
    ],
)
def test_there_is_no_limit_beside_the_tables(layer: Layer, expected: int) -> None:
    assert expected == sum(limit.layer is layer for one in drugs().values() for limit in one.limits)


@pytest.mark.parametrize(
    ("name", "strengths"),
    [
        ("morphine", {"10 mg/mL": True, "25 mg/mL": True, "0.5 mg/mL": False}),
        (
            "baclofen",
            {"50 ug/mL": False, "500 ug/mL": True, "1000 ug/mL": True, "2000 ug/mL": True},
        ),
        ("ziconotide", {"25 ug/mL": True, "100 ug/mL": True}),
    ],
)
def test_marketed_strengths(name: str, strengths: dict[str, bool]) -> None:
    limit = drug(name).limits_of(LimitOf.CONCENTRATION, layer=Layer.HARD)[0]
    read = {one.concentration.value: one.for_pump for one in drug(name).products}
    assert read == {parse(text, limit.kind): pump for text, pump in strengths.items()}


@pytest.mark.parametrize(
    ("name", "when", "days", "provenance"),
    [
        ("baclofen", "always", 180, "found"),
        ("morphine", "always", 90, "found"),
        ("hydromorphone", "always", 120, "derived"),
        ("bupivacaine", "always", 84, "found"),
        ("ziconotide", "first-fill", 14, "found"),
        ("ziconotide", "diluted", 40, "found"),
        ("ziconotide", "undiluted", 84, "found"),
        ("clonidine", "always", 180, "recalled"),
        ("fentanyl", "always", 180, "recalled"),
        ("sufentanil", "always", 180, "recalled"),
    ],
)
def test_stability_in_the_pump(name: str, when: str, days: int, provenance: str) -> None:
    (figure,) = [one.days for one in drug(name).stability if one.when == when]
    assert figure.value == days
    assert figure.provenance == provenance


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("morphine", "7052"),
        ("hydromorphone", "3423"),
        ("baclofen", "1292"),
        ("bupivacaine", "1815"),
        ("clonidine", "2599"),
        ("fentanyl", "4337"),
        ("sufentanil", "56795"),
    ],
)
def test_rxnorm_ingredient(name: str, code: str) -> None:
    rxnorm = drug(name).rxnorm
    assert rxnorm is not None
    assert (rxnorm.text, rxnorm.provenance) == (code, "recalled")


def test_other_decisive_concentrations() -> None:
    morphine, ziconotide = drug("morphine"), drug("ziconotide")
    assert morphine.precipitation_concentration is not None
    assert morphine.precipitation_concentration.value == 10_000
    assert ziconotide.undiluted_concentration is not None
    assert ziconotide.undiluted_concentration.value == 25
    for name in ("morphine", "hydromorphone", "fentanyl", "sufentanil"):
        granuloma = drug(name).granuloma_concentration
        assert granuloma is not None
        assert granuloma.value == 20_000


def test_what_only_one_drug_has() -> None:
    fields = ("psychosis", "do_not_mix", "site", "first_fill")
    has = {field: [one.name for one in drugs().values() if getattr(one, field)] for field in fields}
    assert has == {
        "psychosis": ["ziconotide"],
        "do_not_mix": ["baclofen"],
        "site": ["morphine"],
        "first_fill": ["ziconotide"],
    }
