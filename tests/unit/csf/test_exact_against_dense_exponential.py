"""The march is the dense exponential, on stiff systems, one by one and eight at a time."""

import numpy as np
import pytest
from csf_cases import Case, dense_march, pulsed

from thecal.csf import Model, model, population, typical


@pytest.fixture(scope="module")
def pulses() -> Case:
    return pulsed()


def worst(ready: Model, case: Case, individual: int) -> float:
    marched = case.march(ready).values[individual]
    exact = dense_march(ready, case, individual)
    return float(np.abs(marched - exact).max() / np.abs(exact).max())


def test_the_typical_adult_is_exact(pulses: Case) -> None:
    assert worst(model("morphine"), pulses, 0) < 1e-9


@pytest.mark.parametrize("individual", [0, 7, 8])
def test_a_population_is_exact_in_every_lane(pulses: Case, individual: int) -> None:
    assert worst(model("morphine", population(9, seed=3)), pulses, individual) < 1e-9


def test_one_and_eight_agree(pulses: Case) -> None:
    alone = pulses.march(model("morphine")).values[0]
    together = pulses.march(model("morphine", typical(8))).values
    assert np.abs(together - alone).max() < 1e-12 * alone.max()


def test_mass_is_kept_to_rounding(pulses: Case) -> None:
    for people in (typical(), population(9, seed=3)):
        marched = pulses.march(model("morphine", people))
        held = marched.sums.sum(axis=2) + marched.absorbed.sum(axis=2)
        assert np.abs(held - pulses.given_ug()).max() < 1e-12 * pulses.given_ug().max()
