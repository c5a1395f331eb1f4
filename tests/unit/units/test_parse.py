"""A quantity is read exactly, in one notation, and never without its unit."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.units import (
    AGE,
    CONCENTRATION,
    DOSE_RATE,
    DURATION,
    FLOW,
    INTERVAL,
    LENGTH,
    LINEAR_VOLUME,
    MASS,
    PERCENT,
    VOLUME,
    Kind,
    UnitError,
    exact_text,
    parse,
)

KINDS = [
    AGE,
    CONCENTRATION,
    DOSE_RATE,
    DURATION,
    FLOW,
    INTERVAL,
    LENGTH,
    LINEAR_VOLUME,
    MASS,
    PERCENT,
    VOLUME,
]

ACCEPTED = [
    ("5 ug", MASS, "5"),
    ("5 µg", MASS, "5"),
    ("5 μg", MASS, "5"),
    ("5 mcg", MASS, "5"),
    ("5 ng", MASS, "0.005"),
    ("0.25 mg", MASS, "250"),
    ("2 g", MASS, "2000000"),
    ("20 mL", VOLUME, "20"),
    ("20 ml", VOLUME, "20"),
    ("10 uL", VOLUME, "0.01"),
    ("10 µL", VOLUME, "0.01"),
    ("10 μL", VOLUME, "0.01"),
    ("10 ul", VOLUME, "0.01"),
    ("0.5 L", VOLUME, "500"),
    ("89.0 cm", LENGTH, "89"),
    ("890 mm", LENGTH, "89"),
    ("1 m", LENGTH, "100"),
    ("30 s", DURATION, "30"),
    ("10 min", DURATION, "600"),
    ("4 h", DURATION, "14400"),
    ("4 hr", DURATION, "14400"),
    ("1 day", DURATION, "86400"),
    ("1 d", DURATION, "86400"),
    ("90 day", INTERVAL, "90"),
    ("90 days", INTERVAL, "90"),
    ("90 d", INTERVAL, "90"),
    ("12 week", INTERVAL, "84"),
    ("48 h", INTERVAL, "2"),
    ("84 month", INTERVAL, "2556.75"),
    ("7 year", INTERVAL, "2556.75"),
    ("5 mg/day", DOSE_RATE, "5000"),
    ("5 mg/d", DOSE_RATE, "5000"),
    ("0.15 mg/h", DOSE_RATE, "3600"),
    ("0.15 mg/hr", DOSE_RATE, "3600"),
    ("1 ug/min", DOSE_RATE, "1440"),
    ("300 mcg/day", DOSE_RATE, "300"),
    ("20 mg/mL", CONCENTRATION, "20000"),
    ("2000 µg/ml", CONCENTRATION, "2000"),
    ("0.15 mL/day", FLOW, "0.15"),
    ("10 mL/h", FLOW, "240"),
    ("0.0022 mL/cm", LINEAR_VOLUME, "0.0022"),
    ("2.206 uL/cm", LINEAR_VOLUME, "0.002206"),
    ("14.5 %", PERCENT, "14.5"),
    ("14.5%", PERCENT, "14.5"),
    ("54 year", AGE, "54"),
    ("20mL", VOLUME, "20"),
    (" 20 mL ", VOLUME, "20"),
]


@pytest.mark.parametrize(("text", "kind", "value"), ACCEPTED)
def test_an_accepted_unit_reads_exactly(text: str, kind: Kind, value: str) -> None:
    assert parse(text, kind) == Fraction(value)


REFUSED = [
    ("5", MASS),
    ("5.0", MASS),
    ("", MASS),
    ("mg", MASS),
    ("1,0 mg", MASS),
    ("1,000 mg", MASS),
    (",5 mg", MASS),
    ("1, mg", MASS),
    ("-1 mg", MASS),
    ("−1 mg", MASS),
    ("+1 mg", MASS),
    ("1e3 ug", MASS),
    ("1E3 ug", MASS),
    ("1.2.3 mg", MASS),
    (".5 mg", MASS),
    ("5. mg", MASS),
    ("5 . 0 mg", MASS),
    ("1 000 mg", MASS),
    ("5  mg", MASS),
    ("5 mg mg", MASS),
    ("nan mg", MASS),
    ("inf mg", MASS),
    ("infinity", MASS),
    ("9999999999999 mg", MASS),
    ("1" * 400 + " mg", MASS),
    (f"0.{'1' * 61} mg", MASS),
    ("٢ mg", MASS),
    ("½ mg", MASS),
    ("5 MG", MASS),
    ("5 mgs", MASS),
    ("5 kg", MASS),
    ("5 IU", MASS),
    ("5 foo", MASS),
    ("5 mL", MASS),
    ("5 mg/day", MASS),
    ("5 mg/%", MASS),
    ("5 mg/", MASS),
    ("5 /mg", MASS),
    ("5 ml", LENGTH),
    ("5 ms", LENGTH),
    ("5 mg", CONCENTRATION),
    ("5 /mL", CONCENTRATION),
    ("5 mg/mL/day", CONCENTRATION),
    ("5 mL/mg", CONCENTRATION),
    ("5 mg", DOSE_RATE),
    ("5 mL/day", DOSE_RATE),
    ("5 mg/h", FLOW),
    ("5 mg/mg", PERCENT),
    ("5 h/hr", PERCENT),
    ("5 %/%", PERCENT),
    ("648 month", AGE),
    ("54 years", AGE),
    ("5 mg; 6 mg", MASS),
    ("5 mg\n6 mg", MASS),
]


@pytest.mark.parametrize(("text", "kind"), REFUSED)
def test_anything_else_is_refused_with_an_example(text: str, kind: Kind) -> None:
    with pytest.raises(UnitError, match="expected a ") as refused:
        parse(text, kind)
    assert kind.example in str(refused.value)


@pytest.mark.parametrize("bare", [5, 5.0, True, None, Fraction(1), ["5 mg"], {"value": "5 mg"}])
def test_a_number_that_is_not_text_has_no_unit(bare: object) -> None:
    with pytest.raises(UnitError, match="has no unit"):
        parse(bare, MASS)


def test_the_message_says_what_is_wrong() -> None:
    with pytest.raises(UnitError, match="has no unit"):
        parse("5", MASS)
    with pytest.raises(UnitError, match="has a comma; the decimal mark is a point"):
        parse("1,0 mg", MASS)
    with pytest.raises(UnitError, match="is negative"):
        parse("-1 mg", MASS)
    with pytest.raises(UnitError, match="'mL' is not a unit of dose"):
        parse("5 mL", MASS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_example_of_a_kind_is_of_that_kind(kind: Kind) -> None:
    assert parse(kind.example, kind) > 0


exact_decimals = st.builds(
    lambda digits, places: Fraction(digits, 10**places),
    st.integers(min_value=0, max_value=10**12 - 1),
    st.integers(min_value=0, max_value=12),
)


@given(value=exact_decimals, kind=st.sampled_from(KINDS))
def test_exact_text_reads_back_exactly(value: Fraction, kind: Kind) -> None:
    assert parse(exact_text(value, kind), kind) == value


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1 mg/week", DOSE_RATE),
        ("20 mg/month", DOSE_RATE),
        ("1 mg/year", DOSE_RATE),
        ("3.5 mL/week", FLOW),
        ("1 mL/month", FLOW),
        ("7 h", INTERVAL),
        ("1 s", INTERVAL),
    ],
)
def test_a_value_that_no_day_can_write_is_written_in_the_time_that_can(
    text: str, kind: Kind
) -> None:
    value = parse(text, kind)
    assert parse(exact_text(value, kind), kind) == value


@pytest.mark.parametrize("unit", ["mg/h", "ug/hr", "ng/day", "mg/min"])
@given(rate=st.floats(min_value=0.0001, max_value=1000))
def test_a_computed_rate_of_many_decimals_is_read_and_printed_exactly(
    unit: str, rate: float
) -> None:
    value = parse(f"{rate:.20f} {unit}", DOSE_RATE)
    assert parse(exact_text(value, DOSE_RATE), DOSE_RATE) == value


@pytest.mark.parametrize("value", [Fraction(1, 3), Fraction(-1), Fraction(1, 7)])
def test_what_no_decimal_can_write_is_refused(value: Fraction) -> None:
    with pytest.raises(UnitError, match="no finite decimal notation"):
        exact_text(value, MASS)


@given(text=st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    for kind in KINDS:
        try:
            assert parse(text, kind) >= 0
        except UnitError:
            continue


@given(st.integers(min_value=0, max_value=10**9), st.sampled_from(["ug", "µg", "μg", "mcg"]))
def test_every_spelling_of_microgram_is_one_unit(number: int, unit: str) -> None:
    assert parse(f"{number} {unit}", MASS) == number
