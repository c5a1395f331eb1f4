"""The march is the dense exponential: on stiff random systems, at any length of interval."""

import numpy as np
import pytest
from csf_cases import Case, dense_march, pulsed
from scipy.integrate import solve_ivp

from thecal.csf import Bolus, Infusion, Model, model, population, sample, typical
from thecal.csf.drugs.constants import Constants, constants
from thecal.csf.propagator.march import Propagator
from thecal.csf.transport.assembly import assemble

CELLS = 50


def worst(ready: Model, case: Case, individual: int) -> float:
    marched = case.march(ready).values[individual]
    exact = dense_march(ready, case, individual)
    return float(np.abs(marched - exact).max() / np.abs(exact).max())


def random_model(seed: int) -> Model:
    """Dispersion over four decades, a drug of any exchange, loss from the cord, a plasma."""
    rng = np.random.default_rng(seed)
    people = typical(2).but(
        chi=10 ** rng.uniform(-2.5, 1.5, 2), stroke_exponent=rng.uniform(0.2, 0.95)
    )
    table = constants("morphine")[0].model_dump()
    for name in ("elimination", "partition", "cord_diffusion"):
        table[name]["value"] *= 10 ** rng.uniform(-1, 1)
    if seed % 2:
        table["cord_clearance"] = dict(table["elimination"], value=10 ** rng.uniform(-6, -3))
    drug = Constants.model_validate(table)
    return Model("random", drug, (), people, Propagator(assemble(people, drug, CELLS)))


@pytest.mark.parametrize("seed", range(4))
def test_stiff_random_systems_are_exact_to_a_part_in_a_thousand_million(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    edges = tuple(np.concatenate([[0.0], np.cumsum(10 ** rng.uniform(-4, 1.5, 6))]).round(6))
    case = Case(
        (Infusion(float(rng.uniform(5, 55)), edges, tuple(rng.uniform(0, 50, 6))),),
        (Bolus(100.0, float(rng.uniform(5, 55)), 0.0),),
        np.array(edges[1:]),
    )
    ready = random_model(seed)
    found, _ = case.checked(ready)
    for individual in range(2):
        exact = dense_march(ready, case, individual)
        assert np.abs(found.values[individual] - exact).max() < 1e-9 * exact.max()


def test_the_typical_adult_s_pulsed_day_is_exact() -> None:
    assert worst(model("morphine", cells=CELLS), pulsed(), 0) < 1e-11


@pytest.mark.parametrize("individual", [0, 7, 8])
def test_a_population_is_exact_in_every_lane(individual: int) -> None:
    assert (
        worst(model("morphine", population(9, seed=3), cells=CELLS), pulsed(), individual) < 1e-11
    )


def test_one_and_eight_agree() -> None:
    alone = pulsed().march(model("morphine")).values[0]
    together = pulsed().march(model("morphine", typical(8))).values
    assert np.abs(together - alone).max() < 1e-12 * alone.max()


@pytest.mark.parametrize("hours", [3e-9, 1e-4, 0.5, 12.0, 300.0, 1e5])
def test_an_interval_of_any_length_is_exact(hours: float) -> None:
    case = Case((Infusion.constant(10.0, "L2"),), (Bolus(50.0, "T8"),), np.array([hours]))
    assert worst(model("morphine", cells=CELLS), case, 0) < 1e-10


def test_cutting_the_intervals_changes_nothing() -> None:
    """Step halving: 1, 2, 4 ... 64 intervals to the same hour."""
    found = [
        sample(
            "morphine",
            ["L3", "T6", "C1"],
            infusions=[Infusion.constant(10.0, "L2")],
            boluses=[Bolus(50.0, "T8")],
            times_h=np.linspace(0, 16, 2**halving + 1)[1:],
        )[0, -1]
        for halving in range(7)
    ]
    assert np.abs(np.array(found) - found[0]).max() < 1e-11 * found[0].max()


@pytest.mark.parametrize(("order", "error"), [(6, 1e-3), (8, 1e-5), (10, 1e-7), (12, 1e-9)])
def test_a_lower_order_errs_as_its_approximation_says(order: int, error: float) -> None:
    assert worst(model("morphine", cells=CELLS, order=order), pulsed(), 0) < error


def test_single_precision_holds_a_hundred_thousandth_of_the_peak() -> None:
    for people in (typical(), population(8, seed=4)):
        single = model("morphine", people, cells=CELLS, dtype=np.float32)
        double = model("morphine", people, cells=CELLS)
        a, b = pulsed().march(single).values, pulsed().march(double).values
        assert a.dtype == np.float32
        assert np.abs(a - b).max() < 3e-5 * b.max()


def test_cord_that_loses_to_blood_keeps_mass_in_the_plasma() -> None:
    ready = random_model(1)
    assert np.any(ready.system.loss[:, ready.system.layout.cord().ravel()] > 0)
    marched = pulsed().march(ready)
    held = marched.sums.sum(axis=2) + marched.absorbed.sum(axis=2)
    assert np.abs(held - pulsed().given_ug()).max() < 1e-12 * pulsed().given_ug().max()


def test_an_ode_solver_arrives_at_the_same_day() -> None:
    """LSODA on the dense matrix: another method, another library."""
    ready = model("morphine", cells=30)
    case = Case((Infusion.constant(10.0, "L2"),), (), np.array([3.0, 24.0]))
    matrix = ready.system.dense()
    shares = np.zeros(len(matrix))
    from thecal.csf.simulate import inputs  # noqa: PLC0415

    shares += inputs(ready, case.infusions, ()).sites[0]
    solved = solve_ivp(
        lambda _, m: matrix @ m + 10.0 * shares,
        (0.0, 24.0),
        np.zeros(len(matrix)),
        method="LSODA",
        t_eval=case.times_h,
        rtol=1e-9,
        atol=1e-12,
        jac=lambda _, __: matrix,
    )
    exact = solved.y.T / ready.system.volume_ml[0]
    found = case.march(ready).values[0]
    assert np.abs(found - exact).max() < 1e-6 * exact.max()
