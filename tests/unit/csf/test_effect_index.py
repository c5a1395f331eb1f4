"""The effect compartment is exact, and an effect says when it comes, peaks and ends."""

from __future__ import annotations

import numpy as np
import pytest

from thecal import csf, formulary
from thecal.csf.effect import actions, delayed, effects


def test_constant_value_is_followed_exponentially() -> None:
    hours = np.linspace(0, 10, 7)
    content = delayed(hours, np.full(7, 3.0), 2.0)
    assert content == pytest.approx(3 * (1 - 0.5 ** (hours / 2)), abs=1e-12)


def test_straight_rise_is_followed_exactly_whatever_the_steps() -> None:
    fine, coarse = np.linspace(0, 8, 801), np.linspace(0, 8, 5)
    assert delayed(fine, 2 * fine, 1.5)[::200] == pytest.approx(
        delayed(coarse, 2 * coarse, 1.5), abs=1e-9
    )


def test_no_delay_is_the_place_itself() -> None:
    values = np.array([0.0, 2.0, 1.0])
    assert delayed(np.arange(3.0), values, None).tolist() == values.tolist()


@pytest.mark.parametrize("drug", list(formulary.drugs()))
def test_every_drug_of_the_formulary_has_an_effect(drug: str) -> None:
    assert actions(drug)


def test_opioid_reaches_the_cord_before_the_brain_stem() -> None:
    given = csf.simulate("morphine", boluses=[csf.Bolus(300, "L3")], hours=24, step_h=0.1)
    analgesia, respiratory = effects("morphine", given)
    assert analgesia.onset_h is not None
    assert respiratory.onset_h is not None
    assert analgesia.onset_h < respiratory.onset_h
    assert "no published delay" in analgesia.sentence


def test_effect_that_still_rises_says_so() -> None:
    given = csf.simulate("baclofen", infusions=[csf.Infusion.constant(4, "T10")], hours=6)
    spasticity = effects("baclofen", given)[0]
    assert spasticity.rising
    assert spasticity.duration_h is None
    assert "still rising" in spasticity.sentence


def test_index_does_not_depend_on_the_dose() -> None:
    one, ten = (
        effects("baclofen", csf.simulate("baclofen", boluses=[csf.Bolus(dose, "L3")], hours=12))[0]
        for dose in (50.0, 500.0)
    )
    assert one.index == pytest.approx(ten.index, rel=1e-12)
