"""The semi-discrete system: rates above 0, columns that lose only what leaves, a real spectrum."""

import numpy as np
import pytest

from thecal.csf import Bolus, Infusion, model, population, simulate, typical
from thecal.csf.drugs.constants import constants
from thecal.csf.transport.assembly import assemble
from thecal.csf.transport.equilibrium import log_equilibrium
from thecal.csf.transport.faces import bernoulli, face_rates
from thecal.csf.transport.system import System, hangs_on

PEOPLE = {
    "awake adult": typical(),
    "anaesthetised": typical().but(chi=0.01),
    "population": population(8, seed=2),
}


@pytest.fixture(params=PEOPLE, ids=list(PEOPLE))
def system(request: pytest.FixtureRequest) -> System:
    return assemble(PEOPLE[request.param], constants("morphine")[0], cells=60)


def test_off_the_diagonal_nothing_is_negative(system: System) -> None:
    for individual in range(len(system)):
        matrix = system.dense(individual)
        assert np.all(matrix - np.diag(matrix.diagonal()) >= 0)
        assert np.all(matrix.diagonal() < 0)


def test_what_leaves_a_state_enters_another_or_the_plasma(system: System) -> None:
    matrix = system.dense()
    lost = -matrix.sum(axis=0)
    assert np.abs(lost - system.loss[0]).max() < 1e-12 * np.abs(matrix).max()


def test_the_spectrum_is_real_and_negative(system: System) -> None:
    """In the equilibrium's norm the matrix is symmetric, though the norm may be extreme."""
    weight = np.exp((log_equilibrium(system)[0] - log_equilibrium(system)[0].mean()) / 2)
    symmetric = system.dense() * weight[None, :] / weight[:, None]
    assert np.abs(symmetric - symmetric.T).max() < 1e-9 * np.abs(symmetric).max()
    assert np.linalg.eigvalsh((symmetric + symmetric.T) / 2).max() < 0


def test_every_state_hangs_on_an_earlier_one(system: System) -> None:
    before = hangs_on(system.layout)
    assert before[0] == -1
    assert np.all(before[1:] < np.arange(1, system.layout.size))


@pytest.mark.parametrize("peclet", [-800.0, -3.0, -1e-6, 0.0, 1e-6, 3.0, 800.0])
def test_a_face_passes_flow_exactly_and_never_backwards(peclet: float) -> None:
    up, down = face_rates(np.array([2.0]), np.array([2.0 * peclet]))
    assert up >= 0
    assert down >= 0
    assert (up - down)[0] == pytest.approx(2.0 * peclet, abs=1e-12)


def test_bernoulli_joins_its_series_smoothly() -> None:
    z = np.array([-1.001e-3, -0.999e-3, 0.999e-3, 1.001e-3])
    assert bernoulli(z) == pytest.approx(z / np.expm1(z), rel=1e-13)


@pytest.mark.parametrize("chi", [0.01, 2.0])
def test_no_concentration_falls_below_zero_beyond_rounding(chi: float) -> None:
    result = simulate(
        "morphine",
        boluses=[Bolus(300.0, "L3")],
        infusions=[Infusion("T8", (2.0, 2.1), (50.0,))],
        hours=12,
        patients=typical().but(chi=chi),
    )
    for name in ("fluid", "cord", "cisterna", "cranial"):
        assert float(result[name].min()) > -1e-12 * float(result["fluid"].max())


def test_mass_is_kept_to_a_million_millionth_through_every_compartment() -> None:
    result = simulate(
        "morphine",
        boluses=[Bolus(200.0, "T10", at_h=1.0)],
        infusions=[Infusion.constant(25.0, "L2")],
        hours=72,
        patients=PEOPLE["population"],
    )
    hours = result["time"].to_numpy()
    given = 25.0 * hours + np.where(hours >= 1.0, 200.0, 0.0)
    apart = np.abs(result["amount"].sum("place").to_numpy() - given)
    assert apart.max() < 1e-12 * given.max()


def test_a_closed_system_would_hold_an_even_concentration() -> None:
    """Without loss or flow, equal concentrations everywhere do not move."""
    system = model("morphine", cells=60).system
    still = system.volume_ml[0]
    rates = system.dense() + np.diag(system.loss[0])
    exchange = rates @ still
    fluid = system.layout.fluid()
    cord = system.layout.cord().ravel()
    assert np.abs(exchange[cord]).max() < 1e-12
    carried = np.abs(exchange[fluid]).sum()
    assert carried <= 2.1 * typical().production_ml_per_h[0], "only the fluid's own flow remains"
