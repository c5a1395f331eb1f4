"""Priming: the volume between rotor and tip, and what it delivers (device reference)."""

from fractions import Fraction

import pytest
from orders import BACLOFEN, Order

from thecal.devices import pump
from thecal.therapy.case import make_case
from thecal.therapy.file.reading import read_text

FIRST_FILL = Order()


def test_whole_path_of_an_89_cm_catheter_is_0_3358_ml() -> None:
    assert FIRST_FILL.contract()["priming"]["volume_ml"] == pytest.approx(0.3358, abs=1e-12)


def test_whole_path_is_primed_in_20_1_minutes_at_24_ml_per_day() -> None:
    minutes = FIRST_FILL.contract()["priming"]["minutes"]
    assert round(minutes, 1) == 20.1
    assert minutes == pytest.approx(0.3358 / 24 * 1440, abs=1 / 60)


def test_catheter_alone_is_0_1958_ml_and_11_7_minutes() -> None:
    path = make_case(read_text(FIRST_FILL.text)).path
    assert path.catheter_ml == Fraction("0.1958")
    assert path.tubing_ml == Fraction("0.140")
    assert round(float(path.catheter_ml / 24 * 1440), 1) == 11.7


def test_priming_is_reported_for_a_change_over_too_but_ordered_at_a_first_fill_only() -> None:
    assert FIRST_FILL.contract()["priming"]["ordered"] is True
    assert FIRST_FILL.contract()["program"]["priming"]["volume_pl"] == 335_800_000
    assert BACLOFEN.contract()["priming"] == FIRST_FILL.contract()["priming"] | {"ordered": False}
    assert BACLOFEN.contract()["program"]["priming"] is None


def test_superseded_tubing_is_0_059_ml_and_118_ug_more_at_2000_ug_per_ml() -> None:
    model = pump("synchromed-ii-20")
    assert model.internal_tubing is not None
    assert model.superseded_internal_tubing is not None
    extra = model.superseded_internal_tubing.value - model.internal_tubing.value
    assert extra == Fraction("0.059")
    assert extra * 2000 == 118
    (finding,) = BACLOFEN.but(tubing="0.199 mL").found("path.tubing")
    assert "118 µg" in finding.message
    assert finding.asked == "0.199 mL"


def test_drug_reaches_the_tip_before_the_priming_bolus_ends_and_a_weak_stretch_follows() -> None:
    order = FIRST_FILL.but(therapy=simple_dose("1 mg/day"))
    priming = make_case(read_text(order.text)).priming
    assert priming is not None
    assert 0 < priming.early_ug["morphine"] < 3358
    assert priming.weak_hours > 0


def simple_dose(dose: str) -> str:
    return f'mode = "simple"\ndaily_dose = "{dose}"'
