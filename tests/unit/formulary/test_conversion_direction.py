"""A conversion has a direction: it names it, and nothing gives the other."""

from fractions import Fraction

import pytest
from pydantic import ValidationError

from thecal.formulary import Conversion, UnknownConversionError, conversion, conversions, drugs

PUBLISHED = [
    ("morphine", "oral", "morphine", "intrathecal", 300, 1, "recalled"),
    ("morphine", "intravenous", "morphine", "intrathecal", 100, 1, "recalled"),
    ("morphine", "epidural", "morphine", "intrathecal", 10, 1, "recalled"),
    ("morphine", "intrathecal", "hydromorphone", "intrathecal", 5, 1, "recalled"),
    ("morphine", "intrathecal", "hydromorphone", "intrathecal", 6, 1, "found"),
]


def row(one: Conversion) -> tuple[str, str, str, str, int, int, str]:
    ends = (one.from_drug, one.from_route, one.to_drug, one.to_route)
    return (*ends, one.from_amount, one.to_amount, one.provenance.value)


def test_the_published_conversions_are_these() -> None:
    assert [row(one) for one in conversions()] == PUBLISHED


def test_every_conversion_is_sourced_and_warns_of_its_direction() -> None:
    for one in conversions():
        assert one.source.strip()
        assert "shared" not in one.source
        assert "Only from" in one.caution
        assert "backwards" in one.caution
        assert {one.from_drug, one.to_drug} <= set(drugs())


def test_no_conversion_has_an_inverse() -> None:
    ends = {((one.from_drug, one.from_route), (one.to_drug, one.to_route)) for one in conversions()}
    assert not {(to, start) for start, to in ends} & ends
    assert not any("inver" in name for name in dir(Conversion))


def test_asking_for_the_other_direction_is_refused() -> None:
    with pytest.raises(UnknownConversionError, match="must not be inverted"):
        conversion("hydromorphone", "morphine")
    for route in ("oral", "intravenous", "epidural"):
        with pytest.raises(UnknownConversionError, match="must not be inverted"):
            conversion("morphine", "morphine", to_route=route)


def test_oral_baclofen_has_no_conversion() -> None:
    with pytest.raises(UnknownConversionError):
        conversion("baclofen", "baclofen", from_route="oral")


def test_a_dose_is_converted_exactly() -> None:
    oral = conversion("morphine", "morphine", from_route="oral")
    assert oral.convert(Fraction(300_000)) == 1000
    assert oral.convert(Fraction(100_000)) == Fraction(1000, 3)


def test_of_two_ratios_the_one_with_the_lower_dose_is_taken() -> None:
    assert conversion("morphine", "hydromorphone").from_amount == 6


def test_a_conversion_to_itself_or_with_unknown_entries_is_refused() -> None:
    good = conversions()[0].model_dump()
    with pytest.raises(ValidationError, match="leads from one thing to another"):
        Conversion.model_validate(good | {"from_route": "intrathecal"})
    with pytest.raises(ValidationError, match="colour"):
        Conversion.model_validate(good | {"colour": "blue"})
    with pytest.raises(ValidationError):
        Conversion.model_validate(good | {"to_amount": 0})
