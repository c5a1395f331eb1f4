"""The simulator beside the ODE solvers: same matrices, same outputs, one run."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.csf_cases import CELLS as CELLS_800
from bench.csf_cases import (
    CONSTANT,
    HOURS,
    PLACES,
    PULSED,
    TIP,
    Task,
    cvode,
    exact,
    problem,
    scipy_solver,
)
from thecal.csf import Infusion, Model, model, population, responses
from thecal.csf.observing import at_places
from thecal.csf.propagator.common import common_poles, common_weights
from thecal.csf.propagator.lanes import WIDTH, add, compiled, mul, splat, store
from thecal.csf.regimen import cut
from thecal.csf.simulate import inputs

Array = NDArray[Any]
_COHORT, _PEER_PATIENTS, _GRID_H = 64, 4, 1 / 12


def run() -> dict[str, float | int | str]:
    """Milliseconds of processor time, errors as shares of the peak, and ratios to the peers."""
    figures: dict[str, float | int | str] = {}
    ready = model("morphine", cells=CELLS_800)
    figures["states"] = ready.system.layout.size
    for task in (CONSTANT, PULSED):
        _one(figures, ready, task)
    _second(figures, ready)
    _cohort(figures)
    _bound(figures, ready)
    figures["goal_one_pulsed_day_over_cvode_1e-6"] = 400
    figures["goal_cohort_over_cvode_1e-6"] = 1000
    return figures


def _one(figures: dict[str, float | int | str], ready: Model, task: Task) -> None:
    case = problem(ready, task)
    right = exact(case)
    solvers: dict[str, tuple[Callable[[], Array], int]] = {
        "cvode_1e-6": (cvode(case, 1e-6), 3),
        "cvode_1e-7": (cvode(case, 1e-7), 3),
        "scipy_bdf_1e-6": (scipy_solver(case, "BDF", 1e-6), 1),
        "scipy_lsoda_1e-6": (scipy_solver(case, "LSODA", 1e-6), 1),
        "march": (march(ready, task), 40),
        "responses": (from_responses(ready, task), 40),
    }
    for name, (solve, times) in solvers.items():
        key = f"{task.name}.{name}"
        found = solve()
        figures[f"{key}.ms"] = milliseconds(solve, times)
        figures[f"{key}.error"] = float(np.abs(found - right).max() / right.max())
    for own in ("march", "responses"):
        for peer in ("cvode_1e-6", "cvode_1e-7", "scipy_bdf_1e-6", "scipy_lsoda_1e-6"):
            ratio = float(figures[f"{task.name}.{peer}.ms"]) / float(
                figures[f"{task.name}.{own}.ms"]
            )
            figures[f"{task.name}.{peer}_over_{own}"] = ratio


def march(ready: Model, task: Task) -> Callable[[], Array]:
    """Interval by interval, the pivots computed anew each time."""
    steps = cut((task.infusion,), (), task.times_h)
    entering, observed = inputs(ready, (task.infusion,), ()), at_places(ready.system, PLACES)

    def solve() -> Array:
        ready.propagator.forget()
        return np.asarray(ready.propagator.march(steps, entering, observed).values[0])

    return solve


def from_responses(ready: Model, task: Task) -> Callable[[], Array]:
    """Step responses solved for anew each time, then the regimen superposed."""
    grid, count = (_GRID_H, round(HOURS / _GRID_H)) if task is PULSED else (1.0, HOURS)
    plan = responses(ready, PLACES, [TIP], grid_h=grid, count=count).plan(
        [task.infusion], [], task.times_h
    )

    def solve() -> Array:
        return np.asarray(responses(ready, PLACES, [TIP], grid_h=grid, count=count).run(plan)[0])

    return solve


def _second(figures: dict[str, float | int | str], ready: Model) -> None:
    """Another regimen for the same person, from the responses of the first."""
    kept = responses(ready, PLACES, [TIP], grid_h=_GRID_H, count=round(HOURS / _GRID_H))
    half = Infusion.pulses(20.0, 2.0, 10 / 60, HOURS // 2, TIP)
    plan = kept.plan([half], [], PULSED.times_h)
    figures["second_regimen.ms"] = milliseconds(lambda: kept.run(plan), 200)
    for own in ("march", "responses"):
        first = float(figures[f"pulsed.{own}.ms"])
        figures[f"second_regimen.share_of_first_by_{own}"] = (
            float(figures["second_regimen.ms"]) / first
        )
    figures["second_regimen.goal_share"] = 0.01


def _cohort(figures: dict[str, float | int | str]) -> None:
    """A pulsed day of many patients, each with a matrix of their own."""
    people = population(_COHORT, seed=1)
    start = time.process_time()
    ready = model("morphine", people, cells=CELLS_800)
    figures["cohort.assembly_ms_per_patient"] = (time.process_time() - start) / _COHORT * 1e3
    peer, worst = [], {"march": 0.0, "responses": 0.0}
    own = {"march": march_all(ready), "responses": responses_all(ready)}
    found = {name: solve() for name, solve in own.items()}
    for who in range(_PEER_PATIENTS):
        case = problem(ready, PULSED, who)
        right = exact(case)
        solve = cvode(case, 1e-6)
        solve()
        peer.append(milliseconds(solve, 2))
        for name in own:
            apart = float(np.abs(found[name][who] - right).max() / right.max())
            worst[name] = max(worst[name], apart)
    figures["cohort.patients"] = _COHORT
    figures["cohort.cvode_1e-6.ms_per_patient"] = float(np.mean(peer))
    for name, solve_all in own.items():
        each = milliseconds(solve_all, 5) / _COHORT
        figures[f"cohort.{name}.ms_per_patient"] = each
        figures[f"cohort.{name}.error"] = worst[name]
        figures[f"cohort.cvode_1e-6_over_{name}"] = float(np.mean(peer)) / each


def march_all(ready: Model) -> Callable[[], Array]:
    """Eight patients at a time, interval by interval."""
    steps = cut((PULSED.infusion,), (), PULSED.times_h)
    entering, observed = inputs(ready, (PULSED.infusion,), ()), at_places(ready.system, PLACES)

    def solve() -> Array:
        ready.propagator.forget()
        return ready.propagator.march(steps, entering, observed).values

    return solve


def responses_all(ready: Model) -> Callable[[], Array]:
    """Eight patients at a time, by their step responses."""
    count = round(HOURS / _GRID_H)
    first = responses(ready, PLACES, [TIP], grid_h=_GRID_H, count=count)
    plan = first.plan([PULSED.infusion], [], PULSED.times_h)
    shares = first.shares(plan)
    return lambda: responses(ready, PLACES, [TIP], grid_h=_GRID_H, count=count).run_shares(shares)


def _bound(figures: dict[str, float | int | str], ready: Model) -> None:
    """The least time that this processor could need for the responses' arithmetic."""
    rate = peak_flops()
    layout, pairs = ready.system.layout, len(common_poles()[0])
    groups = -(-pairs // WIDTH)
    pools, chain = layout.cord().size, layout.cells + 2
    solves = groups * WIDTH * (pools * 14 + chain * (20 + 17))
    columns = len(PLACES)
    sums = 2 * common_weights(288).step.size * columns + 2 * 48 * 48 / 2 * 2 * columns
    figures["machine.gflops"] = rate / 1e9
    figures["responses.mflop"] = (solves + sums) / 1e6
    least = (solves + sums) / rate * 1e3
    figures["responses.least_ms"] = least
    figures["responses.times_the_least"] = float(figures["pulsed.responses.ms"]) / least
    figures["responses.cohort_times_the_least"] = float(
        figures["cohort.responses.ms_per_patient"]
    ) / ((solves * pairs / (groups * WIDTH) + sums) / rate * 1e3)
    steps = 48 * WIDTH * (pools * 9 + chain * 26)
    figures["march.mflop"] = steps / 1e6
    figures["march.times_the_least"] = float(figures["pulsed.march.ms"]) / (steps / rate * 1e3)
    figures["goal_times_the_least"] = 3


@compiled
def _multiply_add(rounds: int, out: Any) -> None:
    a, b = splat(0.999999), splat(1e-9)
    x0, x1, x2, x3 = splat(1.0), splat(1.1), splat(1.2), splat(1.3)
    for _ in range(rounds):
        x0, x1 = add(mul(x0, a), b), add(mul(x1, a), b)
        x2, x3 = add(mul(x2, a), b), add(mul(x3, a), b)
    store(out, 0, add(add(x0, x1), add(x2, x3)))


def peak_flops() -> float:
    """Multiplications and additions per second of one core, in the same vector lanes."""
    out = np.zeros(WIDTH)
    _multiply_add(1000, out)
    rounds = 200_000
    spent = milliseconds(lambda: _multiply_add(rounds, out), 10) / 1e3
    return rounds * 4 * 2 * WIDTH / spent


def milliseconds(work: Callable[[], object], times: int) -> float:
    """The least processor time of several runs."""
    spent = []
    for _ in range(times):
        start = time.process_time_ns()
        work()
        spent.append(time.process_time_ns() - start)
    return min(spent) / 1e6


def said(figures: dict[str, Any]) -> list[str]:
    """Every figure on a line."""
    return [
        f"{key}: {value:.4g}" if isinstance(value, float) else f"{key}: {value}"
        for key, value in figures.items()
    ]
