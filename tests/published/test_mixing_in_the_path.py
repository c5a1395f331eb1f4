"""Mixing in the path: against conservation of mass, plug flow, and two independent simulations."""

import math
from itertools import pairwise

import numpy as np
import pytest
from orders import BACLOFEN, BACLOFEN_DOWN, Order

from thecal.therapy.case import make_case
from thecal.therapy.changeover import path
from thecal.therapy.changeover.bridge import Changeover, Phase, Solution, TipDose, tip_dose
from thecal.therapy.changeover.path import arrived, spread_per_day
from thecal.therapy.file.reading import read_text

PATH_ML = 0.3358
BORE_ML_PER_CM = 0.0022
WORKED = [pytest.param(BACLOFEN, id="500-to-2000"), pytest.param(BACLOFEN_DOWN, id="2000-to-500")]


def change_of(order: Order) -> Changeover:
    change = make_case(read_text(order.text)).changeover
    assert change is not None
    return change


def tip_of(order: Order) -> TipDose:
    tip = change_of(order).tip
    assert tip is not None
    return tip


@pytest.mark.parametrize("order", WORKED)
def test_what_leaves_the_tip_is_what_was_in_the_path_and_what_the_pump_gave(order: Order) -> None:
    change, tip = change_of(order), tip_of(order)
    old, new = (float(solution.of("baclofen")) for solution in (change.old, change.new))
    pumped = sum(phase.flow_ml_per_day * phase.days for phase in change.phases)
    in_path_at_the_end = PATH_ML * new
    expected = PATH_ML * old + pumped * new - in_path_at_the_end
    assert tip.cumulative_ug["baclofen"][-1] == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize("order", WORKED)
def test_dose_at_the_tip_never_leaves_the_range_of_the_two_solutions(order: Order) -> None:
    change, tip = change_of(order), tip_of(order)
    flows = [phase.flow_ml_per_day for phase in change.phases]
    strengths = [float(s.of("baclofen")) for s in (change.old, change.new)]
    low, high = min(flows) * min(strengths), max(flows) * max(strengths)
    assert all(low * 0.999 <= rate <= high * 1.001 for _, rate in tip.rates("baclofen"))


def test_share_of_new_fluid_only_rises_and_ends_at_one() -> None:
    growth = spread_per_day(0.6, BORE_ML_PER_CM) / 0.6
    shares = [arrived(v, growth * v, PATH_ML) for v in np.linspace(0, 2, 400)]
    assert shares[0] == 0
    assert shares[-1] == pytest.approx(1, abs=1e-9)
    assert all(later >= earlier - 1e-12 for earlier, later in pairwise(shares))


def test_without_diffusion_the_front_is_a_plug(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both terms of the spread gone: nothing before 13.43 h, everything after."""
    monkeypatch.setattr("thecal.therapy.changeover.bridge.spread_per_day", lambda *_: 0.0)
    old, new = Solution({"drug": 0}), Solution({"drug": 1})  # type: ignore[dict-item]
    tip = tip_dose(old, new, (Phase(0.6, 1.0),), PATH_ML, BORE_ML_PER_CM)
    clear_h = PATH_ML / 0.6 * 24
    assert round(clear_h, 2) == 13.43
    assert tip.by("drug", clear_h - 0.3) == 0
    assert tip.by("drug", 24) == pytest.approx(0.6 - PATH_ML, abs=0.6 / 96)


def test_little_spread_comes_ever_nearer_to_a_plug() -> None:
    def width(variance: float) -> float:
        levels = np.linspace(0.2, 0.5, 3001)
        shares = np.array([arrived(v, variance, PATH_ML) for v in levels])
        return float(levels[np.searchsorted(shares, 0.9)] - levels[np.searchsorted(shares, 0.1)])

    widths = [width(variance) for variance in (1e-3, 1e-4, 1e-5)]
    assert widths[0] > 2 * widths[1] > 4 * widths[2]
    assert arrived(PATH_ML * 0.999, 1e-12, PATH_ML) == pytest.approx(0, abs=1e-9)
    assert arrived(PATH_ML * 1.001, 1e-12, PATH_ML) == pytest.approx(1, abs=1e-9)


PRIMING_SPREAD = spread_per_day(24.0, BORE_ML_PER_CM) / 24.0 / 2 / PATH_ML


@pytest.mark.parametrize("spread", [PRIMING_SPREAD, 0.02, 0.1], ids=["priming", "2 %", "10 %"])
def test_front_agrees_with_a_finite_difference_solution(spread: float) -> None:
    """Advection and dispersion on a grid, Crank-Nicolson, new fluid held at the inlet.

    Volumes are in paths: the tip is at 1, and ``spread`` is the dispersion per path pumped.
    """
    cells, steps, end = 750, 750, 2.0
    dx, dv = 3.0 / cells, end / steps
    laplace = np.diag(np.ones(cells - 1), 1) + np.diag(np.ones(cells - 1), -1) - 2 * np.eye(cells)
    slope = np.diag(np.ones(cells - 1), 1) - np.diag(np.ones(cells - 1), -1)
    operator = spread / dx**2 * laplace - slope / (2 * dx)
    inlet = np.zeros(cells)
    inlet[0] = spread / dx**2 + 1 / (2 * dx)
    left = np.linalg.inv(np.eye(cells) - dv / 2 * operator)
    right = np.eye(cells) + dv / 2 * operator
    share, at_tip = np.zeros(cells), round(1 / dx) - 1
    worst = 0.0
    for step in range(1, steps + 1):
        share = left @ (right @ share + dv * inlet)
        pumped = step * dv
        worst = max(worst, abs(arrived(pumped, 2 * spread * pumped, 1.0) - share[at_tip]))
    assert worst < 0.01


def test_spread_agrees_with_particles_that_walk_in_a_laminar_tube() -> None:
    """Random walkers in Poiseuille flow spread as D (1 + Pe²/48), at the bridge's own Pe."""
    radius = math.sqrt(BORE_ML_PER_CM / math.pi)
    diffusivity = path.DIFFUSIVITY_CM2_PER_DAY
    peclet = 0.6 / BORE_ML_PER_CM * radius / diffusivity
    rng = np.random.default_rng(8637)
    count, dt, settle, follow = 8000, 0.002, 300, 700  # radii = 1, radius²/diffusivity = 1
    angle, r = rng.uniform(0, 2 * np.pi, count), np.sqrt(rng.uniform(0, 1, count))
    across = np.stack([r * np.cos(angle), r * np.sin(angle)])
    along, variances = np.zeros(count), []
    for step in range(settle + follow + 1):
        if step in (settle, settle + follow):
            variances.append(float(along.var()))
        distance = np.hypot(*across)
        along += 2 * peclet * (1 - distance**2) * dt + rng.normal(0, math.sqrt(2 * dt), count)
        across += rng.normal(0, math.sqrt(2 * dt), (2, count))
        distance = np.hypot(*across)
        outside = distance > 1
        across[:, outside] *= (2 - distance[outside]) / distance[outside]
    walked = (variances[1] - variances[0]) / (2 * follow * dt)
    formula = spread_per_day(0.6, BORE_ML_PER_CM) / (2 * diffusivity * BORE_ML_PER_CM**2)
    assert formula == pytest.approx(1 + peclet**2 / 48, rel=1e-12)
    assert walked == pytest.approx(formula, rel=0.08)


@pytest.mark.parametrize("order", WORKED)
def test_bridge_holds_the_tip_between_half_and_one_and_a_half(order: Order) -> None:
    change, tip = change_of(order), tip_of(order)
    low, high = tip.rate_range("baclofen", change.window_h)
    assert 150 <= low <= high <= 450
    assert order.found("changeover.tip-dose") == []
