"""Run a study on any executor, chunk by chunk; what is done already is not done again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thecal.csf.anatomy.patients import population
from thecal.csf.cohort.store import Store
from thecal.csf.cohort.study import Study
from thecal.csf.simulate import model, sample

IN_FLIGHT = 8
"""Chunks handed to the executor at once: enough to keep it busy, few enough for any memory."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is.

    Attributes:
        done: patients done in all.
        patients: how many there are.
        seconds_left: judged by this run's pace; None before its first chunk.
    """

    done: int
    patients: int
    seconds_left: float | None


def run_cohort(
    store: Store,
    executor: Executor | None = None,
    report: Callable[[Progress], None] | None = None,
    in_flight: int = IN_FLIGHT,
) -> None:
    """Compute all chunks that are missing.

    Args:
        store: the study and where its results go; every worker must reach the folder.
        executor: any ``concurrent.futures`` executor; None runs here.
        report: called with the progress after every chunk, and once before.
        in_flight: chunks handed out at once.

    Raises:
        Exception: whatever a chunk raised; chunks that are done stay done.
    """
    missing = store.missing()
    pace = _Pace(store.study, missing)
    if report is not None:
        report(pace.progress())
    for chunk in _finished(store, missing, executor, in_flight):
        pace.count(chunk)
        if report is not None:
            report(pace.progress())


def _finished(
    store: Store, missing: list[int], executor: Executor | None, in_flight: int
) -> Iterator[int]:
    if executor is None:
        for chunk in missing:
            yield compute(str(store.folder), chunk)
        return
    waiting: set[Future[int]] = set()
    coming = iter(missing)
    try:
        while True:
            for chunk in islice(coming, in_flight - len(waiting)):
                waiting.add(executor.submit(compute, str(store.folder), chunk))
            if not waiting:
                return
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for one in done:
                yield one.result()
    finally:
        for one in waiting:
            one.cancel()


def compute(folder: str, chunk: int) -> int:
    """One chunk, wherever this runs: read the study, simulate, write; returns the chunk."""
    store = Store.open(Path(folder))
    store.write(chunk, chunk_values(store.study, chunk))
    return chunk


def chunk_values(study: Study, chunk: int) -> list[NDArray[Any]]:
    """For each regimen (patients of the chunk, T, levels) µg/mL."""
    patients = study.chunk(chunk)
    people = population(len(patients), study.seed, first=patients.start)
    ready, found = {}, []
    for regimen in study.regimens:
        if regimen.drug not in ready:
            ready[regimen.drug] = model(regimen.drug, people)
        values = sample(
            ready[regimen.drug],
            study.levels,
            infusions=regimen.infusions,
            boluses=regimen.boluses,
            times_h=study.times_h + regimen.zero_h,
        )
        found.append(np.asarray(values))
    return found


class _Pace:
    def __init__(self, study: Study, missing: list[int]) -> None:
        self._study = study
        self._left = sum(len(study.chunk(one)) for one in missing)
        self._run = 0
        self._since = monotonic()

    def count(self, chunk: int) -> None:
        size = len(self._study.chunk(chunk))
        self._left, self._run = self._left - size, self._run + size

    def progress(self) -> Progress:
        spent = monotonic() - self._since
        left = spent / self._run * self._left if self._run else None
        return Progress(self._study.patients - self._left, self._study.patients, left)
