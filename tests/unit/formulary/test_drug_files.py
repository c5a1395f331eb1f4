"""Whatever a drug file holds is sourced, in the right unit, in order and in its layer."""

import tomllib
from collections.abc import Iterator
from fractions import Fraction
from importlib.resources import files

import pytest
from pydantic import ValidationError

from thecal.formulary import (
    Bound,
    Drug,
    Layer,
    Limit,
    LimitOf,
    Statement,
    UnknownDrugError,
    Who,
    drug,
    drugs,
)
from thecal.units import Figure, Provenance, parse

DRUGS = [
    "baclofen",
    "bupivacaine",
    "clonidine",
    "fentanyl",
    "hydromorphone",
    "morphine",
    "sufentanil",
    "ziconotide",
]
HIGHEST_KNOWN_ONLY_FROM_ITS_SOURCE = {
    ("baclofen", LimitOf.DAILY_DOSE),
    ("bupivacaine", LimitOf.DAILY_DOSE),
}
"""The file's other layers stop below a figure that the cap's own source names."""


def limits() -> list[tuple[str, Limit]]:
    return [(name, limit) for name, one in drugs().items() for limit in one.limits]


def sourced(one: Drug) -> Iterator[Figure | Statement]:
    for _, value in one:
        if isinstance(value, Figure | Statement):
            yield value
    yield from one.notes
    for product in one.products:
        yield product.concentration
    for stability in one.stability:
        yield stability.days


def named(pair: object) -> str:
    return f"{pair.layer} {pair.of} {pair.version}" if isinstance(pair, Limit) else str(pair)


def test_every_drug_of_the_design_is_there_and_no_other() -> None:
    assert list(drugs()) == DRUGS


def test_a_file_is_named_after_its_drug() -> None:
    for entry in files("thecal.formulary").joinpath("drugs").iterdir():
        read = tomllib.loads(entry.read_text(encoding="utf-8"))
        assert entry.name == f"{read['name']}.toml"


@pytest.mark.parametrize("name", DRUGS)
def test_every_figure_and_statement_names_a_public_source(name: str) -> None:
    for one in sourced(drug(name)):
        assert one.source.strip()
        assert "shared" not in one.source
        assert ".md" not in one.source
        assert one.provenance is not Provenance.ASSUMED


@pytest.mark.parametrize(("name", "limit"), limits(), ids=named)
def test_every_limit_is_sourced_in_order_and_in_its_unit(name: str, limit: Limit) -> None:
    assert limit.version.strip(), name
    assert limit.source.strip()
    assert "shared" not in limit.source
    assert ".md" not in limit.source
    low, high = limit.low_value, limit.high_value
    for text, value in ((limit.low, low), (limit.high, high)):
        assert text is None or parse(text, limit.kind) == value
    assert low is None or high is None or low <= high
    assert all(value is None or value > 0 for value in (low, high))


@pytest.mark.parametrize(("name", "limit"), limits(), ids=named)
def test_a_layer_has_its_own_kind_of_version_and_bound(name: str, limit: Limit) -> None:
    if limit.layer is Layer.CONSENSUS:
        assert limit.version in {"PACC 2012", "PACC 2017"}, name
        assert limit.current is (limit.version == "PACC 2017")
        assert limit.bound is Bound.RECOMMENDED
        assert limit.provenance in {Provenance.RECALLED, Provenance.RECALLED_WEAK}
    elif limit.layer is Layer.LABEL:
        assert limit.current
        assert limit.version == "US label"
    else:
        assert limit.current
        assert limit.bound is Bound.ABSOLUTE
        assert limit.of in {LimitOf.DAILY_DOSE, LimitOf.CONCENTRATION}


def test_the_absolute_label_limits_are_these() -> None:
    absolute = {
        (name, limit.of, limit.who)
        for name, limit in limits()
        if limit.layer is Layer.LABEL and limit.bound is Bound.ABSOLUTE
    }
    assert absolute == {
        ("morphine", LimitOf.START_DOSE, Who.OPIOID_NAIVE),
        ("baclofen", LimitOf.START_DOSE, Who.EVERYONE),
        ("ziconotide", LimitOf.START_DOSE, Who.EVERYONE),
        ("ziconotide", LimitOf.STEP_INCREASE, Who.EVERYONE),
        ("ziconotide", LimitOf.DAILY_DOSE, Who.EVERYONE),
        ("ziconotide", LimitOf.CONCENTRATION, Who.EVERYONE),
    }


def same_people(one: Limit, other: Limit) -> bool:
    """Whether a recommended limit reaches somebody whom the absolute limit meets as such."""
    return one.who is other.who or other.who is Who.EVERYONE


def test_no_absolute_bound_is_stricter_than_a_current_recommended_one() -> None:
    for name, absolute in limits():
        for recommended in drug(name).limits_of(absolute.of, who=tuple(Who)):
            if absolute.bound is not Bound.ABSOLUTE or recommended.bound is Bound.ABSOLUTE:
                continue
            if not same_people(recommended, absolute):
                continue
            high, advised = absolute.high_value, recommended.high_value
            assert high is None or advised is None or high >= advised, name
            low, advised = absolute.low_value, recommended.low_value
            assert low is None or advised is None or low <= advised, name


@pytest.mark.parametrize("name", DRUGS)
@pytest.mark.parametrize("of", [LimitOf.DAILY_DOSE, LimitOf.CONCENTRATION])
def test_every_drug_has_a_hard_cap_for_everyone(name: str, of: LimitOf) -> None:
    caps = drug(name).limits_of(of, layer=Layer.HARD)
    assert any(limit.high is not None for limit in caps)


def highest_published(one: Drug, of: LimitOf) -> Fraction:
    published = [
        limit.high_value
        for limit in one.limits_of(of, who=tuple(Who), current=False)
        if limit.layer is not Layer.HARD and limit.high_value is not None
    ]
    if of is LimitOf.CONCENTRATION:
        published += [product.concentration.value for product in one.products]
    return max(published)


@pytest.mark.parametrize("name", DRUGS)
@pytest.mark.parametrize("of", [LimitOf.DAILY_DOSE, LimitOf.CONCENTRATION])
def test_a_hard_cap_is_the_highest_published_figure(name: str, of: LimitOf) -> None:
    caps = drug(name).limits_of(of, layer=Layer.HARD)
    cap = max(limit.high_value for limit in caps if limit.high_value is not None)
    published = highest_published(drug(name), of)
    if (name, of) in HIGHEST_KNOWN_ONLY_FROM_ITS_SOURCE:
        assert cap > published
        number = next(limit.high for limit in caps if limit.high) or ""
        assert any(number.split()[0] in limit.source for limit in caps)
    else:
        assert cap == published


def test_a_cap_by_origin_is_no_higher_than_the_cap_for_everyone() -> None:
    baclofen = drug("baclofen")
    (everyone,) = baclofen.limits_of(LimitOf.DAILY_DOSE, layer=Layer.HARD)
    for origin in (Who.SPINAL, Who.CEREBRAL):
        (cap,) = baclofen.limits_of(LimitOf.DAILY_DOSE, layer=Layer.HARD, who=(origin,))
        assert cap.high_value is not None
        assert everyone.high_value is not None
        assert cap.high_value <= everyone.high_value


@pytest.mark.parametrize("name", DRUGS)
def test_a_product_for_pumps_lies_within_the_hard_concentrations(name: str) -> None:
    for cap in drug(name).limits_of(LimitOf.CONCENTRATION, layer=Layer.HARD):
        for product in drug(name).products:
            value = product.concentration.value
            assert cap.high_value is None or value <= cap.high_value
            assert cap.low_value is None or value >= cap.low_value


@pytest.mark.parametrize("name", DRUGS)
def test_a_drug_is_either_labelled_for_pumps_or_off_label(name: str) -> None:
    one = drug(name)
    assert (one.labelled_for is None) is not (one.off_label is None)
    assert (one.labelled_for is not None) is any(product.for_pump for product in one.products)


@pytest.mark.parametrize("name", DRUGS)
def test_every_drug_says_how_long_it_may_stay_in_a_pump(name: str) -> None:
    whens = {stability.when for stability in drug(name).stability}
    assert whens in ({"always"}, {"first-fill", "diluted", "undiluted"})


def test_an_unknown_drug_is_refused_with_the_list() -> None:
    with pytest.raises(UnknownDrugError, match=r"unknown drug 'aspirin'.*baclofen, bupivacaine"):
        drug("aspirin")


def test_an_unknown_entry_in_a_drug_file_is_refused() -> None:
    with pytest.raises(ValidationError, match="colour"):
        Drug.model_validate({"name": "x", "drug_class": "opioid", "colour": "blue"})


LIMIT = {
    "of": "daily-dose",
    "layer": "label",
    "bound": "recommended",
    "high": "5 mg/day",
    "version": "US label",
    "source": "a label",
    "provenance": "found",
}


@pytest.mark.parametrize(
    "change",
    [
        {"colour": "blue"},
        {"high": None},
        {"high": "5"},
        {"high": "5 mg"},
        {"high": "5,0 mg/day"},
        {"low": "6 mg/day"},
        {"version": ""},
        {"source": ""},
        {"provenance": "guessed"},
        {"layer": "rumour"},
        {"of": "colour"},
        {"who": "nobody"},
    ],
)
def test_a_limit_that_is_not_whole_is_refused(change: dict[str, object]) -> None:
    Limit.model_validate(LIMIT)
    with pytest.raises(ValidationError):
        Limit.model_validate(LIMIT | change)


def test_earlier_editions_are_given_only_on_demand() -> None:
    clonidine = drug("clonidine")
    now = clonidine.limits_of(LimitOf.DAILY_DOSE, layer=Layer.CONSENSUS)
    ever = clonidine.limits_of(LimitOf.DAILY_DOSE, layer=Layer.CONSENSUS, current=False)
    assert [limit.version for limit in now] == ["PACC 2017"]
    assert [limit.version for limit in ever] == ["PACC 2017", "PACC 2012"]


def test_blank_stays_blank() -> None:
    assert drug("ziconotide").rxnorm is None
    assert drug("hydromorphone").labelled_for is None
    assert drug("hydromorphone").products == ()
    assert drug("baclofen").limits_of(LimitOf.DAILY_DOSE, layer=Layer.CONSENSUS) == ()
    assert drug("bupivacaine").granuloma_concentration is None
    assert all(limit.low is None for limit in drug("fentanyl").limits_of(LimitOf.CONCENTRATION))
