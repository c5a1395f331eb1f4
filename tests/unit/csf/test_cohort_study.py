"""A cohort is the same whoever computes it, in whatever order, however often it was cut off."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import distributed
import numpy as np
import pytest

from thecal import csf
from thecal.csf.cohort import Progress, Store, Study, StudyError, run_cohort, summarise
from thecal.csf.cohort.study import CHUNK
from thecal.csf.cohort.summary import QUANTILES
from thecal.csf.courses import Regimen
from thecal.csf.regimen import Bolus, Infusion

BOLUS = Regimen("morphine", "L3", "bolus of 300 ug", boluses=(Bolus(300.0, "L3"),))
DOUBLE = Regimen("morphine", "L3", "bolus of 600 ug", boluses=(Bolus(600.0, "L3"),))
RATE = Regimen("baclofen", "T10", "100 ug/day", infusions=(Infusion.constant(100 / 24, "T10"),))


def study(patients: int = 600, *regimens: Regimen, hours: float = 4.0) -> Study:
    return Study(patients, 7, regimens or (BOLUS,), hours, 0.5, ("L3", "C2"))


def _run(folder: Path, of: Study, executor: Executor | None = None) -> np.ndarray:
    store = Store.create(folder, of)
    run_cohort(store, executor)
    assert store.missing() == []
    return np.asarray(store.results(0)[:])


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    return _run(tmp_path_factory.mktemp("alone") / "study", study())


def test_results_are_those_of_the_people_simulated_together(alone: np.ndarray) -> None:
    people = csf.population(600, 7)
    direct = csf.sample("morphine", ["L3", "C2"], boluses=[Bolus(300.0, "L3")],
                        times_h=study().times_h, patients=people)  # fmt: skip
    assert alone == pytest.approx(direct, rel=1e-9, abs=1e-15)


def test_threads_and_processes_give_the_same_bytes(tmp_path: Path, alone: np.ndarray) -> None:
    with ThreadPoolExecutor(2) as threads:
        assert _run(tmp_path / "threads", study(), threads).tobytes() == alone.tobytes()
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawned) as processes:
        assert _run(tmp_path / "processes", study(), processes).tobytes() == alone.tobytes()


def test_smaller_cohort_is_the_beginning_of_a_larger_one(tmp_path: Path, alone: np.ndarray) -> None:
    few = _run(tmp_path / "few", study(40))
    assert few.tobytes() == alone[:40].tobytes()


def test_progress_counts_patients_and_tells_the_time_left(tmp_path: Path) -> None:
    seen: list[Progress] = []
    run_cohort(Store.create(tmp_path / "study", study()), report=seen.append)
    assert [one.done for one in seen] == [0, 256, 512, 600]
    assert seen[0].seconds_left is None
    assert seen[-1].seconds_left == 0


_CUT_OFF = """
import sys
from pathlib import Path
from thecal.csf.cohort import Store, run_cohort
run_cohort(Store.open(Path(sys.argv[1])), report=lambda at: print(at.done, flush=True))
"""


def test_run_that_was_killed_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    long = study(CHUNK * 6, hours=12.0)
    folder = tmp_path / "killed"
    Store.create(folder, long)
    process = subprocess.Popen(
        [sys.executable, "-c", _CUT_OFF, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) >= CHUNK:
            break
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    left = len(Store.open(folder).missing())
    assert 0 < left < long.chunks
    assert _run(folder, long).tobytes() == _run(tmp_path / "whole", long).tobytes()


def test_worker_killed_on_a_cluster_changes_nothing(tmp_path: Path, alone: np.ndarray) -> None:
    long = study(CHUNK * 6, hours=12.0)
    store = Store.create(tmp_path / "cluster", long)
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    )
    killed: list[int] = []

    def kill_one(at: Progress) -> None:
        if at.done and not killed:
            killed.append(next(iter(cluster.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

    with cluster, distributed.Client(cluster) as client:
        run_cohort(store, client.get_executor(), kill_one)
    assert killed
    assert store.missing() == []
    found = np.asarray(store.results(0)[:])
    assert found.tobytes() == _run(tmp_path / "here", long).tobytes()
    assert len(alone) < len(found)


def test_quantiles_and_shares_are_exact(tmp_path: Path, alone: np.ndarray) -> None:
    store = Store.create(tmp_path / "study", study())
    run_cohort(store)
    fan = summarise(store, 1.0).fans[0]
    assert fan.quantiles == pytest.approx(np.quantile(alone[:, :, 0], QUANTILES, axis=0))
    assert fan.over == pytest.approx((alone[:, :, 0] >= 1.0).mean(axis=0))
    assert fan.ever_over == pytest.approx((alone[:, :, 0] >= 1.0).any(axis=1).mean())
    assert fan.never_over is not None
    assert fan.ever_over is not None
    assert fan.ever_over + fan.never_over == pytest.approx(1.0)


def test_double_dose_is_double_in_everybody(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "study", study(64, BOLUS, DOUBLE))
    run_cohort(store)
    summary = summarise(store)
    assert summary.higher == {"L3": 1.0, "C2": 1.0}
    assert summary.ratio["L3"] == pytest.approx(2.0, rel=1e-9)


def test_two_drugs_can_be_compared(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "study", study(16, BOLUS, RATE))
    run_cohort(store)
    assert {fan.regimen for fan in summarise(store).fans} == {0, 1}


def test_folder_of_another_study_is_refused(tmp_path: Path) -> None:
    Store.create(tmp_path / "study", study(16))
    with pytest.raises(StudyError, match="another study"):
        Store.create(tmp_path / "study", study(17))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StudyError, match="not empty"):
        Store.create(tmp_path / "other", study(16))


def test_unfinished_study_is_not_summed_up(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="1 of 1 chunks to go"):
        summarise(Store.create(tmp_path / "study", study(16)))


def test_studies_that_cannot_be_are_refused() -> None:
    wrong: tuple[Callable[[], Study], ...] = (
        lambda: study(0),
        lambda: Study(8, -1, (BOLUS,), 4.0, 0.5, ("L3",)),
        lambda: Study(8, 1, (), 4.0, 0.5, ("L3",)),
        lambda: Study(8, 1, (BOLUS,), 4.0, 0.5, ("L3", "L3")),
        lambda: Study(8, 1, (BOLUS,), 4.0, 0.5, ("L9",)),
        lambda: Study(8, 1, (BOLUS,), 0.0, 0.5, ("L3",)),
    )
    for make in wrong:
        with pytest.raises(csf.CsfError):
            make()


_PEAK = """
import resource, sys
from pathlib import Path
from thecal.csf.cohort import Store, run_cohort, summarise
store = Store.open(Path(sys.argv[1]))
run_cohort(store)
summarise(store, 1.0)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def _peak_kb(folder: Path, patients: int) -> int:
    Store.create(folder, study(patients, hours=8.0))
    found = subprocess.run(
        [sys.executable, "-c", _PEAK, str(folder)], check=True, capture_output=True, text=True
    )
    return int(found.stdout)


def test_memory_stays_flat_when_the_cohort_grows(tmp_path: Path) -> None:
    few, many = _peak_kb(tmp_path / "few", CHUNK * 2), _peak_kb(tmp_path / "many", CHUNK * 16)
    assert many < few * 1.15
