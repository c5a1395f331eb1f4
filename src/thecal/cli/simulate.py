"""``thecal simulate``: program a pump twin with a plan and let it run, faults to order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from thecal import formulary
from thecal.cli.edges import REFUSED, fail, read_date, read_prescription, read_zone, write_file
from thecal.programmer.rehearsal.contract import rehearsal_contract
from thecal.programmer.rehearsal.run import (
    NotProgrammedError,
    Rehearsal,
    days_to_refill,
    rehearse,
)
from thecal.pump import Fault
from thecal.pump.language import SECONDS_PER_HOUR
from thecal.pump.world.written import FaultError, read_fault
from thecal.therapy.contract import plan_contract
from thecal.therapy.plan import Plan, make_plan
from thecal.units import MASS

LONGEST_DAYS = 3660


def simulate(
    rx: Annotated[Path, typer.Argument(help="The prescription file (TOML, schema 1).")],
    days: Annotated[float | None, typer.Option(help="How many days to run.")] = None,
    to_refill: Annotated[
        bool, typer.Option("--to-refill", help="Run to the refill instead.")
    ] = False,
    fault: Annotated[
        list[str] | None,
        typer.Option(help="What goes wrong, e.g. stall@20d+3h, bias=+14.5%@0d; repeatable."),
    ] = None,
    requests_per_day: Annotated[
        int | None,
        typer.Option(min=0, max=1440, help="Patient's requests a day; default: all allotted."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object only.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Draw what happened as a PNG.")] = None,
    on: Annotated[str | None, typer.Option(help="Day of the visit, YYYY-MM-DD.")] = None,
    zone: Annotated[str | None, typer.Option(help="Time zone, e.g. Europe/London.")] = None,
) -> None:
    """Run a plan on the pump twin. Exit 1 if the checks or the twin refuse it."""
    made = make_plan(read_prescription(rx), visit=read_date(on), zone=read_zone(zone))
    faults = _faults(fault or [])
    if not made.accepted:
        _refused(made, as_json)
    run = _rehearse(made, _days(made, days, to_refill), faults, requests_per_day, as_json)
    if plot is not None:
        _draw(run, plot)
    if as_json:
        typer.echo(json.dumps(rehearsal_contract(run), ensure_ascii=False, indent=2))
    else:
        _show(run)


def _faults(texts: list[str]) -> tuple[Fault, ...]:
    try:
        return tuple(one for text in texts for one in read_fault(text))
    except FaultError as error:
        fail(f"--fault: {error}")


def _refused(made: Plan, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(plan_contract(made), ensure_ascii=False, indent=2))
    else:
        for finding in made.open_findings:
            typer.echo(f"{finding.severity}  {finding.code}  {finding.message}")
        typer.echo("REFUSED: a refused plan is not put into a pump")
    raise typer.Exit(REFUSED)


def _days(made: Plan, days: float | None, to_refill: bool) -> float:
    if (days is None) == (not to_refill):
        fail("expected either --days N or --to-refill")
    wanted = days_to_refill(made) if to_refill else days
    if wanted is None:
        fail("--to-refill: no refill date is known for this plan; expected --days N")
    if not 0 < wanted <= LONGEST_DAYS:
        fail(f"--days: {wanted:g} is not a length of time; expected above 0, up to {LONGEST_DAYS}")
    return wanted


def _rehearse(
    made: Plan,
    days: float,
    faults: tuple[Fault, ...],
    requests_per_day: int | None,
    as_json: bool,
) -> Rehearsal:
    try:
        return rehearse(made, days, faults, requests_per_day)
    except NotProgrammedError as error:
        refused = {"accepted": False, "refused_by_pump": str(error)}
        typer.echo(json.dumps(refused) if as_json else f"REFUSED by the pump: {error}")
        raise typer.Exit(REFUSED) from None
    except ValueError as error:
        fail(str(error))


def _draw(run: Rehearsal, path: Path) -> None:
    from thecal.programmer.pictures import draw_rehearsal  # noqa: PLC0415  (slow to load)

    write_file(path, lambda place: draw_rehearsal(run, place))


def _show(run: Rehearsal) -> None:
    held = f"holds program {run.digest[:16]}…" if run.digest else "cannot be programmed"
    typer.echo(f"The twin {held}; ran {run.days:.1f} days from {run.start:%Y-%m-%d %H:%M}.")
    for name, doses in run.pump_ug.items():
        drug = formulary.drug(name)
        line = f"{name}: {drug.show(sum(doses), MASS)} left the pump"
        if run.tip_ug is not None:
            line += f", {drug.show(sum(run.tip_ug[name]), MASS)} left the tip"
        typer.echo(line)
    _show_reservoir(run)
    for span in run.alarms:
        until = "" if span.until_s is None else f" to {_time(span.until_s / SECONDS_PER_HOUR)}"
        typer.echo(f"Alarm {span.alarm} from {_time(span.since_s / SECONDS_PER_HOUR)}{until}")
    if run.granted or run.refused:
        typer.echo(f"Patient doses: {run.granted} given, {len(run.refused)} refused")
    for refusal in run.refused[:10]:
        typer.echo(f"  refused at {_time(refusal.hour)}: {refusal.code}")


def _show_reservoir(run: Rehearsal) -> None:
    last = run.reservoir[-1]
    believed = "not known" if last.believed_ml is None else f"{last.believed_ml:.3f} mL"
    typer.echo(f"Reservoir at the end: believed {believed}, true {last.true_ml:.3f} mL")


def _time(hour: float) -> str:
    return f"day {hour / 24:.1f}"
