"""A value is shown in the field's unit, without trailing zeros, exponents or naked points."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.units import (
    CONCENTRATION,
    DOSE_RATE,
    FLOW,
    LENGTH,
    MASS,
    PERCENT,
    VOLUME,
    Kind,
    UnitError,
    parse,
    plain_number,
    show,
)

SHOWN = [
    (250, MASS, "250 µg"),
    (999, MASS, "999 µg"),
    (1000, MASS, "1 mg"),
    (5000, DOSE_RATE, "5 mg/day"),
    (Fraction(12, 5), DOSE_RATE, "2.4 µg/day"),
    (20000, CONCENTRATION, "20 mg/mL"),
    (500, CONCENTRATION, "500 µg/mL"),
    (Fraction("0.3358"), VOLUME, "0.3358 mL"),
    (Fraction(1, 3), FLOW, "0.3333 mL/day"),
    (Fraction("0.15"), FLOW, "0.15 mL/day"),
    (89, LENGTH, "89 cm"),
    (Fraction("14.5"), PERCENT, "14.5 %"),
    (0, VOLUME, "0 mL"),
    (20, VOLUME, "20 mL"),
    (100, VOLUME, "100 mL"),
]


@pytest.mark.parametrize(("value", "kind", "text"), SHOWN)
def test_it_is_shown_as_the_field_writes_it(value: Fraction, kind: Kind, text: str) -> None:
    assert show(value, kind) == text


IN_ITS_UNIT = [
    (500, DOSE_RATE, "mg", "0.5 mg/day"),
    (500, DOSE_RATE, "ug", "500 µg/day"),
    (2000, CONCENTRATION, "mg", "2 mg/mL"),
    (2000, CONCENTRATION, "ug", "2000 µg/mL"),
    (Fraction("12.5"), MASS, "mg", "0.0125 mg"),
    (1_234_500, MASS, "ug", "1234000 µg"),
    (Fraction(1, 1000), MASS, "mg", "0.000001 mg"),
    (0, DOSE_RATE, "mg", "0 mg/day"),
]


@pytest.mark.parametrize(("value", "kind", "unit", "text"), IN_ITS_UNIT)
def test_it_is_shown_in_the_unit_asked_for(
    value: Fraction, kind: Kind, unit: str, text: str
) -> None:
    assert show(value, kind, unit=unit) == text


@pytest.mark.parametrize(("kind", "unit"), [(MASS, "g"), (MASS, ""), (VOLUME, "mg")])
def test_no_kind_is_shown_in_a_unit_that_it_lacks(kind: Kind, unit: str) -> None:
    with pytest.raises(UnitError):
        show(1, kind, unit=unit)


@given(
    number=st.fractions(min_value=0, max_value=10**11),
    digits=st.integers(min_value=1, max_value=12),
)
def test_a_plain_number_has_no_exponent_trailing_zero_or_naked_point(
    number: Fraction, digits: int
) -> None:
    text = plain_number(number, digits)
    assert re.fullmatch(r"0|[1-9]\d*|(0|[1-9]\d*)\.\d*[1-9]", text)


@given(digits=st.integers(min_value=1, max_value=15), power=st.integers(min_value=0, max_value=20))
def test_a_small_number_never_reads_as_zero(digits: int, power: int) -> None:
    assert float(plain_number(Fraction(1, 10**power), digits)) == float(Fraction(1, 10**power))


in_reach = st.fractions(min_value=Fraction(1, 10**6), max_value=10**9)


@given(
    value=in_reach,
    digits=st.integers(min_value=2, max_value=6),
    kind=st.sampled_from([MASS, DOSE_RATE, CONCENTRATION, VOLUME, FLOW, PERCENT]),
)
def test_what_is_shown_reads_back_within_its_digits(
    value: Fraction, digits: int, kind: Kind
) -> None:
    again = parse(show(value, kind, digits), kind)
    assert abs(again - value) <= value * Fraction(6, 10**digits)


@given(
    value=in_reach,
    kind=st.sampled_from([MASS, DOSE_RATE, CONCENTRATION]),
    unit=st.sampled_from(["mg", "ug"]),
)
def test_every_value_shown_in_a_chosen_unit_is_plain_and_reads_back(
    value: Fraction, kind: Kind, unit: str
) -> None:
    text = show(value, kind, unit=unit)
    number, _, spelled = text.partition(" ")
    assert re.fullmatch(r"[1-9]\d*|(0|[1-9]\d*)\.\d*[1-9]", number)
    assert spelled.partition("/")[0] == unit.replace("ug", "µg")
    assert abs(parse(text, kind) - value) <= value * Fraction(6, 10**4)
