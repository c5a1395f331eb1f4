"""One system of about 800 states, its two regimens, and the peers that integrate it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numba as nb
import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.linalg import expm
from scipy.sparse import csc_matrix
from sksundae.cvode import CVODE

from thecal.csf import Infusion, Model
from thecal.csf.observing import at_places
from thecal.csf.regimen import Steps, cut
from thecal.csf.simulate import inputs

Array = NDArray[Any]
CELLS, HOURS, TIP = 257, 24, "L2"
PLACES = ("L4", "L1", "T10", "T6", "T1", "C4")
BAND = 4


@dataclass(frozen=True)
class Task:
    """A regimen, and where and when it is looked at; the same for every solver."""

    name: str
    infusion: Infusion
    times_h: Array


CONSTANT = Task("constant", Infusion.constant(10.0, TIP), np.arange(1.0, HOURS + 1))
_SWITCHES = np.sort([t for k in range(HOURS) for t in (k + 5 / 60, k + 1.0)])
PULSED = Task("pulsed", Infusion.pulses(10.0, 1.0, 5 / 60, HOURS, TIP), _SWITCHES)


@dataclass(frozen=True)
class Problem:
    """One individual's matrix as a band and dense, with what enters and what is seen."""

    dense: Array
    bands: Array
    entering: Array
    pairs: Array
    per_ug: Array
    steps: Steps

    def seen(self, amounts: Array) -> Array:
        """(T, places) µg/mL from (T, size) amounts."""
        return np.asarray((amounts[:, self.pairs] * self.per_ug).sum(-1))


def problem(ready: Model, task: Task, individual: int = 0) -> Problem:
    """The same matrices and outputs that Thecal's own solvers get."""
    dense = ready.system.dense(individual)
    watched = at_places(ready.system, PLACES)
    bands = np.zeros((2 * BAND + 1, len(dense)))
    for offset in range(-BAND, BAND + 1):
        line = dense.diagonal(offset)
        first = max(0, -offset)
        bands[offset + BAND, first : first + len(line)] = line
    return Problem(
        dense=dense,
        bands=bands,
        entering=inputs(ready, (task.infusion,), ()).sites[0],
        pairs=watched.pairs,
        per_ug=watched.shares / ready.system.volume_ml[individual, watched.pairs],
        steps=cut((task.infusion,), (), task.times_h),
    )


@nb.njit(cache=True)  # type: ignore[untyped-decorator]
def slope(bands: Array, amounts: Array, entering: Array, rate: float, out: Array) -> None:
    """dm/dt from the bands: row i of band d holds N[i, i + d − 4]."""
    size, width = amounts.size, bands.shape[0] // 2
    for i in range(size):
        out[i] = entering[i] * rate
    for offset in range(-width, width + 1):
        for i in range(max(0, -offset), min(size, size - offset)):
            out[i] += bands[offset + width, i] * amounts[i + offset]


def exact(case: Problem) -> Array:
    """By the dense exponential of every kind of interval."""
    size = len(case.dense)
    kinds = []
    for hours in case.steps.lengths_h:
        whole = np.zeros((size + 1, size + 1))
        whole[:size, :size], whole[:size, size] = case.dense, case.entering
        kinds.append(expm(hours * whole))
    amounts, records = np.zeros(size), np.empty((int(case.steps.record_at.max()) + 1, size))
    for node in range(len(case.steps.kind_of)):
        kind = kinds[case.steps.kind_of[node]]
        rate = case.steps.rates[case.steps.rated[node], 0]
        amounts = kind[:size, :size] @ amounts + kind[:size, size] * rate
        if case.steps.record_at[node + 1] >= 0:
            records[case.steps.record_at[node + 1]] = amounts
    return case.seen(records)


def stretches(case: Problem) -> list[tuple[float, float, float, Array]]:
    """(start, end, rate, times to record at) between the pump's switches."""
    edges = np.concatenate([[0.0], np.cumsum(case.steps.lengths_h[case.steps.kind_of])])
    rates = case.steps.rates[case.steps.rated, 0]
    found, first = [], 0
    for last in range(1, len(rates) + 1):
        if last == len(rates) or rates[last] != rates[first]:
            found.append(
                (edges[first], edges[last], float(rates[first]), edges[first + 1 : last + 1])
            )
            first = last
    return found


def cvode(case: Problem, rtol: float) -> Callable[[], Array]:
    """CVODE, banded, its Jacobian given, one solver, restarted at the pump's switches only."""
    rate = np.zeros(1)
    rows, columns = np.nonzero(case.dense)
    values = case.dense[rows, columns]

    def rhs(_: float, amounts: Array, out: Array) -> None:
        slope(case.bands, amounts, case.entering, rate[0], out)

    def jacobian(_: float, __: Array, ___: Array, out: Array) -> None:
        out[rows, columns] = values

    plan = stretches(case)
    scale = 10.0 / len(case.dense)
    solver = CVODE(
        rhs,
        method="BDF",
        rtol=rtol,
        atol=rtol * scale,
        linsolver="band",
        lband=BAND,
        uband=BAND,
        jacfn=jacobian,
        max_num_steps=100_000,
    )

    def run() -> Array:
        amounts, records = np.zeros(len(case.dense)), []
        for start, end, value, times in plan:
            rate[0] = value
            solver.init_step(start, amounts)
            for time in times:
                amounts = solver.step(time, tstop=end).y
                records.append(amounts)
        return case.seen(np.array(records))

    return run


def scipy_solver(case: Problem, method: str, rtol: float) -> Callable[[], Array]:
    """SciPy's BDF with a sparse Jacobian, or LSODA with a banded one."""
    sparse = csc_matrix(case.dense)
    options: dict[str, Any] = {"jac": sparse}
    if method == "LSODA":
        packed = np.zeros((2 * BAND + 1, len(case.dense)))
        for offset in range(-BAND, BAND + 1):
            line = case.dense.diagonal(offset)
            first = max(0, offset)
            packed[BAND - offset, first : first + len(line)] = line
        options = {"jac": lambda _, __: packed, "lband": BAND, "uband": BAND}
    plan = stretches(case)
    scale = 10.0 / len(case.dense)

    def run() -> Array:
        amounts, records = np.zeros(len(case.dense)), []
        for start, end, value, times in plan:
            out = np.empty_like(amounts)

            def rhs(_: float, now: Array, out: Array = out, value: float = value) -> Array:
                slope(case.bands, now, case.entering, value, out)
                return out.copy()

            solved = solve_ivp(
                rhs,
                (start, end),
                amounts,
                method=method,
                t_eval=times,
                rtol=rtol,
                atol=rtol * scale,
                **options,
            )
            records.append(solved.y.T)
            amounts = solved.y[:, -1]
        return case.seen(np.concatenate(records))

    return run
