"""Manufactured, Ogata-Banks, line source, cylinder: each to its order or tolerance."""

import numpy as np
import pytest
from channels import Channel, orders, uniform
from scipy.special import erfc, erfcx, jn_zeros

from thecal.csf import Bolus, Infusion, model, sample
from thecal.csf.propagator.march import Propagator
from thecal.csf.propagator.steady import steady_state
from thecal.csf.transport.shells import pools

LENGTH = 60.0


def manufactured_errors() -> list[float]:
    """A steady concentration 2 + cos(πx/L) in a channel whose every property varies."""
    k = np.pi / LENGTH
    channel = Channel(
        area=lambda x: 1.5 + 0.4 * np.sin(2 * k * x),
        dispersion=lambda x: 20.0 + 120.0 * (x / LENGTH) ** 1.4,
        flow=lambda x: -0.12 * np.asarray(x),
        decay=lambda x: 0.1 + 0.05 * np.cos(k * x),
        length_cm=LENGTH,
    )

    def flux(x: np.ndarray) -> np.ndarray:
        mixing = channel.area(x) * channel.dispersion(x) * k * np.sin(k * x)
        return np.asarray(mixing + channel.flow(x) * (2 + np.cos(k * x)))

    errors = []
    for cells in (40, 80, 160, 320):
        faces = np.linspace(0.0, LENGTH, cells + 1)
        centres = (faces[1:] + faces[:-1]) / 2
        exact = 2 + np.cos(k * centres)
        system = channel.system(cells)
        through = flux(faces)
        through[0] = through[-1] = 0.0
        source = np.diff(through) + channel.decay(centres) * exact * system.volume_ml[0, :cells]
        rate = np.concatenate([source, np.zeros(2)])
        found = steady_state(Propagator(system), rate)[0, :cells] / system.volume_ml[0, :cells]
        errors.append(float(np.sqrt(np.mean((found - exact) ** 2))))
    return errors


def test_a_manufactured_solution_is_met_to_second_order() -> None:
    """The last face carries a flow that the sealed channel stops: it is left out of the order."""
    errors = manufactured_errors()
    assert all(order > 1.8 for order in orders(errors)), errors
    assert errors[-1] < 1e-3


def ogata_banks(x: np.ndarray, hours: float, speed: float, dispersion: float) -> np.ndarray:
    """Ogata and Banks, US Geological Survey Professional Paper 411-A (1961), for c = 1 at x = 0."""
    spread = 2 * np.sqrt(dispersion * hours)
    behind, ahead = (x - speed * hours) / spread, (x + speed * hours) / spread
    mirrored = np.exp(speed * x / dispersion - ahead**2) * erfcx(ahead)
    return np.asarray((erfc(behind) + mirrored) / 2)


def test_a_fed_channel_follows_ogata_and_banks_to_second_order() -> None:
    speed, dispersion, errors = 3.0, 6.0, []
    channel = Channel(
        uniform(1.0), uniform(dispersion), uniform(speed), uniform(0.0), LENGTH, fed=1.0
    )
    for cells in (60, 120, 240, 480):
        centres = (np.arange(cells) + 0.5) * LENGTH / cells
        found = channel.march(cells, np.zeros(cells), [2.0, 5.0])
        exact = np.stack([ogata_banks(centres, t, speed, dispersion) for t in (2.0, 5.0)])
        errors.append(float(np.abs(found - exact).max()))
    assert all(order > 1.8 for order in orders(errors)), errors
    assert errors[-1] < 2e-4


def test_a_steady_source_in_a_line_decays_as_on_paper() -> None:
    """c(x) = q / (2 A √(Dk)) exp(−|x − x₀| √(k/D)), far from the ends."""
    dispersion, decay, cells = 4.0, 1.0, 961
    channel = Channel(uniform(1.0), uniform(dispersion), uniform(0.0), uniform(decay), LENGTH)
    rate = np.zeros(cells + 2)
    rate[cells // 2] = 10.0
    system = channel.system(cells)
    found = steady_state(Propagator(system), rate)[0, :cells] / system.volume_ml[0, :cells]
    x = np.abs(system.grid.centres_cm - LENGTH / 2)
    exact = 10.0 / (2 * np.sqrt(dispersion * decay)) * np.exp(-x * np.sqrt(decay / dispersion))
    inner = (x > 0.5) & (x < 15)
    assert found[inner] == pytest.approx(exact[inner], rel=1e-3)


def cylinder_uptake(time: float) -> float:
    """Share taken up by a cylinder of radius 1 and diffusion 1 whose surface is held (Crank)."""
    roots = jn_zeros(0, 400)
    return float(1 - (4 / roots**2 * np.exp(-(roots**2) * time)).sum())


def pool_uptake(shells: int, time: float) -> float:
    one = pools(shells)
    return float((one.capacity * -np.expm1(-one.rate * time)).sum() / np.pi)


def test_uptake_into_the_cord_tends_to_bessel_s_to_second_order() -> None:
    errors = [abs(pool_uptake(shells, 0.1) - cylinder_uptake(0.1)) for shells in (5, 10, 20, 40)]
    assert all(order > 1.8 for order in orders(errors)), errors


@pytest.mark.parametrize(("time", "apart"), [(0.03, 0.1), (0.1, 0.04), (0.3, 0.02), (1.0, 0.01)])
def test_three_shells_lag_behind_bessel_by_no_more_than_is_stated(
    time: float, apart: float
) -> None:
    assert 0 < cylinder_uptake(time) - pool_uptake(3, time) + 0.01 < apart + 0.01


def test_pools_hold_the_whole_cylinder_and_mix_to_an_even_one() -> None:
    for shells in (1, 3, 8):
        one = pools(shells)
        assert one.capacity.sum() == pytest.approx(np.pi, rel=1e-13)
        assert one.mix.sum(axis=1) == pytest.approx(np.ones(shells), rel=1e-12)
        assert np.all(one.capacity > 0)
        assert np.all(one.rate > 0)


def test_the_canal_itself_converges_between_cells() -> None:
    """Sampled between centres, the grid's error falls to a fraction of a percent and goes on."""
    places, times = ("L3", "T6", "C2"), [0.5, 2.0, 8.0]

    def seen(cells: int) -> np.ndarray:
        found = sample(
            model("morphine", cells=cells),
            places,
            boluses=[Bolus(300.0, "L3")],
            infusions=[Infusion.constant(10.0, "T10")],
            times_h=times,
        )
        return np.asarray(found[0])

    finest = seen(1600)
    errors = [float((np.abs(seen(cells) - finest) / finest).max()) for cells in (100, 200, 400)]
    assert errors[1] < 5e-3
    assert all(order > 1.4 for order in orders(errors)), errors
