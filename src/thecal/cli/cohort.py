"""``thecal cohort``: a virtual population under one regimen, or two compared on the same people."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from thecal.cli.csf import checked_levels, checked_order, checked_plan, checked_times
from thecal.cli.edges import fail, load_extra, read_quantity, write_file
from thecal.units import CONCENTRATION

if TYPE_CHECKING:
    from thecal.csf.cohort import Store, Study, Summary
    from thecal.csf.courses import Regimen

DEFAULT_STORE = Path("out/cohort")


def cohort(
    patients: Annotated[int, typer.Option(min=1, help="How many virtual patients.")],
    hours: Annotated[float, typer.Option(help="How many hours to follow.")],
    sample: Annotated[str, typer.Option(help="Levels to sample, e.g. L3 or L3,T10,C2.")],
    drug: Annotated[str | None, typer.Option(help="The drug, e.g. morphine.")] = None,
    tip: Annotated[str | None, typer.Option(help="Level of the catheter's tip, C1 to S5.")] = None,
    bolus: Annotated[str | None, typer.Option(help='A dose given at once, e.g. "50 ug".')] = None,
    rate: Annotated[str | None, typer.Option(help='A constant rate, e.g. "100 ug/day".')] = None,
    prescription: Annotated[
        Path | None, typer.Option(help="A prescription file instead; --drug names which of it.")
    ] = None,
    versus_tip: Annotated[
        str | None, typer.Option(help="The tip of the second regimen; default: the same.")
    ] = None,
    versus_bolus: Annotated[str | None, typer.Option(help="Compare with this bolus.")] = None,
    versus_rate: Annotated[str | None, typer.Option(help="Compare with this rate.")] = None,
    versus_prescription: Annotated[
        Path | None, typer.Option(help="Compare with this prescription.")
    ] = None,
    requests_per_day: Annotated[
        int | None,
        typer.Option(min=0, max=1440, help="Patient's requests a day; default: all allotted."),
    ] = None,
    step: Annotated[float, typer.Option(help="Hours between two records.")] = 1.0,
    seed: Annotated[int, typer.Option(min=0, help="Of the population.")] = 1,
    threshold: Annotated[
        str | None, typer.Option(help='How many are over it or under it, e.g. "0.1 ug/mL".')
    ] = None,
    store: Annotated[
        Path, typer.Option(help="Folder of the results; a run that was cut off goes on in it.")
    ] = DEFAULT_STORE,
    workers: Annotated[int, typer.Option(min=1, help="Processes on this machine.")] = 1,
    cluster: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler that shares the folder.")
    ] = None,
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Write the fans here.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw the fans as a PNG.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object only.")] = False,
) -> None:
    """Follow a virtual population. It shows how much people differ, never what one will have."""
    checked_times(hours, step)
    limit = read_quantity("--threshold", threshold, CONCENTRATION)
    first = _regimen(drug, tip, bolus, rate, prescription, hours, requests_per_day)
    regimens = [first]
    versus = (versus_bolus, versus_rate, versus_prescription)
    if any(one is not None for one in versus):
        place = versus_tip or (None if versus_prescription else first.tip)
        regimens.append(_regimen(first.drug, place, *versus, hours, requests_per_day))
    elif versus_tip is not None:
        regimens.append(_regimen(drug, versus_tip, bolus, rate, prescription, hours, None))
    levels = checked_levels(sample)
    kept = _store(store, patients, seed, regimens, hours, step, levels)
    _run(kept, workers, cluster)
    module = load_extra("thecal.csf.cohort")
    summary = module.summarise(kept, None if limit is None else float(limit))
    if csv_file is not None:
        write_file(csv_file, lambda place: _write_csv(summary, place))
    if plot is not None:
        _draw(kept.study, summary, plot)
    if as_json:
        typer.echo(json.dumps(contract(kept.study, summary), ensure_ascii=False, indent=2))
    else:
        _show(kept.study, summary, threshold)


def _regimen(
    drug: str | None,
    tip: str | None,
    bolus: str | None,
    rate: str | None,
    prescription: Path | None,
    hours: float,
    requests_per_day: int | None,
) -> Regimen:
    order = checked_order(drug, tip, bolus, rate, prescription)
    plan = None if prescription is None else checked_plan(prescription, None, None)
    courses = load_extra("thecal.csf.courses")
    try:
        found, _ = courses.regimens_of(order, plan, hours, requests_per_day)
    except ValueError as error:
        fail(str(error))
    if len(found) > 1:
        names = ", ".join(one.drug for one in found)
        fail(f"--drug: the prescription gives {names}; expected one of them")
    regimen: Regimen = found[0]
    return regimen


def _store(
    folder: Path,
    patients: int,
    seed: int,
    regimens: list[Regimen],
    hours: float,
    step: float,
    levels: list[str],
) -> Store:
    module = load_extra("thecal.csf.cohort")
    try:
        study = module.Study(patients, seed, tuple(regimens), hours, step, tuple(levels))
        found: Store = module.Store.create(folder, study)
    except ValueError as error:
        fail(str(error))
    except OSError as error:
        fail(f"cannot write {folder}: {error.strerror}")
    return found


def _run(store: Store, workers: int, cluster: str | None) -> None:
    from rich.console import Console  # noqa: PLC0415  (slow to load)
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    module = load_extra("thecal.csf.cohort")
    columns = (
        TextColumn("{task.completed:.0f} of {task.total:.0f} patients"),
        BarColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    shown = Progress(*columns, console=console, disable=not console.is_terminal)
    with _executor(workers, cluster) as executor, shown as bar:
        task = bar.add_task("", total=store.study.patients)
        module.run_cohort(store, executor, lambda at: bar.update(task, completed=at.done))


@contextmanager
def _executor(workers: int, cluster: str | None) -> Iterator[Executor | None]:
    if cluster is not None:
        distributed = _distributed()
        try:
            client = distributed.Client(cluster, timeout="10s")
        except (OSError, ValueError) as error:
            fail(f"--cluster: cannot reach {cluster}: {error}")
        with client:
            yield client.get_executor()
    elif workers > 1:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            yield pool
    else:
        yield None


def _distributed() -> Any:
    try:
        import distributed  # noqa: PLC0415
    except ImportError:
        fail("distributed is not installed; install Thecal with its extra: thecal[cluster]")
    return distributed


def contract(study: Study, summary: Summary) -> dict[str, Any]:
    """The summary under the names of its JSON object."""
    quantiles = load_extra("thecal.csf.cohort.summary").QUANTILES
    return {
        "patients": study.patients,
        "seed": study.seed,
        "regimens": [
            {"drug": one.drug, "tip": one.tip, "given": one.given} for one in study.regimens
        ],
        "quantiles": list(quantiles),
        "hours": summary.times_h.tolist(),
        "fans": [
            {
                "regimen": fan.regimen,
                "level": fan.level,
                "ug_per_ml": fan.quantiles.tolist(),
                "share_over": None if fan.over is None else fan.over.tolist(),
                "share_ever_over": fan.ever_over,
                "share_never_over": fan.never_over,
                "hours_over": None if fan.time_over_h is None else fan.time_over_h.tolist(),
            }
            for fan in summary.fans
        ],
        "share_higher_under_second": summary.higher,
        "ratio_second_over_first": {k: v.tolist() for k, v in summary.ratio.items()},
    }


def _write_csv(summary: Summary, path: Path) -> None:
    quantiles = load_extra("thecal.csf.cohort.summary").QUANTILES
    names = [
        f"regimen{fan.regimen + 1}_{fan.level}_q{round(100 * q):02d}_ug_per_ml"
        for fan in summary.fans
        for q in quantiles
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["hours", *names])
        for index, hour in enumerate(summary.times_h):
            row = [value for fan in summary.fans for value in fan.quantiles[:, index]]
            writer.writerow([f"{hour:.10g}", *(f"{value:.9g}" for value in row)])


def _draw(study: Study, summary: Summary, path: Path) -> None:
    from thecal.csf.pictures import draw_cohort  # noqa: PLC0415  (matplotlib is slow to load)

    write_file(path, lambda place: draw_cohort(study, summary, place))


def _show(study: Study, summary: Summary, threshold: str | None) -> None:
    for number, regimen in enumerate(study.regimens):
        typer.echo(f"{number + 1}: {regimen.drug}, tip at {regimen.tip}, {regimen.given}")
        for fan in summary.fans:
            if fan.regimen == number:
                low, _, middle, _, high = (float(one.max()) for one in fan.quantiles)
                line = f"  {fan.level}: highest median {middle:.3g} ug/mL, 5 % to 95 %: "
                line += f"{low:.3g} to {high:.3g} ug/mL"
                if fan.ever_over is not None:
                    line += f"; {fan.ever_over:.1%} reach {threshold}, {fan.never_over:.1%} never"
                typer.echo(line)
    for level, share in summary.higher.items():
        ratio = summary.ratio[level]
        typer.echo(
            f"2 over 1 at {level}: median ratio of the means {ratio[2]:.3g} "
            f"(5 % to 95 %: {ratio[0]:.3g} to {ratio[4]:.3g}), higher in {share:.1%} of them"
        )
    typer.echo(
        "note: nobody has published how these people's figures vary together; they are drawn "
        "apart from each other"
    )
    typer.echo("note: " + load_extra("thecal.csf.simulate").NOT_A_DOSE)
