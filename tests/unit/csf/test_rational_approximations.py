"""The coefficients are right: measured on the half-line, not taken from a table."""

import numpy as np
import pytest

from thecal.csf.propagator.common import common_poles, common_weights, resolvent_basis
from thecal.csf.propagator.rational import ORDERS, exponential, periodic_kernel

HALF_LINE = -np.concatenate([[0.0], np.geomspace(1e-9, 1e9, 50_001)])


@pytest.mark.parametrize("order", ORDERS[1:])
def test_the_exponential_is_met_everywhere_to_the_error_that_is_stated(order: int) -> None:
    r = exponential(order)
    error = np.abs(r(HALF_LINE) - np.exp(HALF_LINE)).max()
    assert error <= 1.1 * r.error + 1e-14
    assert error < 15 * 9.289025491**-order, "Halphen's constant, times what exactness at 0 costs"


@pytest.mark.parametrize("order", ORDERS[1:])
def test_value_and_slope_at_zero_are_exact_so_that_mass_is_kept(order: int) -> None:
    r = exponential(order)
    value = r.constant - 2 * (r.weights / r.poles).real.sum()
    slope = -2 * (r.weights / r.poles**2).real.sum()
    assert value == pytest.approx(1, abs=2e-14)
    assert slope == pytest.approx(1, abs=2e-14)


def test_the_default_error_is_far_below_a_part_in_a_thousand_million() -> None:
    assert exponential(14).error < 2e-13
    assert exponential(12).error < 2e-11


@pytest.mark.parametrize("order", [0, 1, 7, 16])
def test_an_order_that_double_precision_cannot_hold_is_refused(order: int) -> None:
    with pytest.raises(ValueError, match="expected one of"):
        exponential(order)


def test_the_periodic_kernel_is_met_everywhere() -> None:
    z = HALF_LINE[HALF_LINE < -1e-3]
    exact = -1 / np.expm1(z) + 1 / z
    assert np.abs(periodic_kernel()(z) - exact).max() < 1e-12


def test_no_pole_lies_on_the_spectrum() -> None:
    for poles in (exponential(14).poles, periodic_kernel().poles, common_poles()[0]):
        apart = np.where(poles.real > 0, np.abs(poles), np.abs(poles.imag))
        assert apart.min() > 0.01, "of the negative half-line"


@pytest.mark.parametrize("count", [1, 24, 300])
def test_the_common_poles_serve_every_multiple(count: int) -> None:
    weights, poles = common_weights(count), common_poles()[0]
    z = -np.concatenate([[0.0], np.geomspace(1e-6, 1e6, 3001)])
    basis = resolvent_basis(z, poles)
    n = np.arange(1, count + 1)
    bolus = np.abs(basis @ weights.bolus.T - np.exp(np.outer(z, n))).max()
    whole = np.where(z[:, None] == 0, n, np.expm1(np.outer(z, n)) / np.where(z == 0, 1, z)[:, None])
    step = (np.abs(basis @ weights.step.T - whole) / n).max()
    assert max(bolus, step) < 2 * weights.error < 1e-9
