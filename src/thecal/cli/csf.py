"""``thecal csf``: where a drug is in the spinal fluid: after a bolus, at a rate, as prescribed."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from thecal.cli.edges import (
    REFUSED,
    fail,
    load_extra,
    read_date,
    read_prescription,
    read_quantity,
    read_zone,
    write_file,
)
from thecal.therapy.plan import Plan, make_plan
from thecal.units import DOSE_RATE, MASS

if TYPE_CHECKING:
    from thecal.csf.courses import Courses, Order

LONGEST_HOURS = 24 * 3660
MOST_RECORDS = 200_000
_HOURS_PER_DAY = 24


def csf(
    hours: Annotated[float, typer.Option(help="How many hours to follow.")],
    sample: Annotated[str, typer.Option(help="Levels to sample, e.g. L3 or L3,T10,C2.")],
    drug: Annotated[str | None, typer.Option(help="The drug, e.g. morphine.")] = None,
    tip: Annotated[str | None, typer.Option(help="Level of the catheter's tip, C1 to S5.")] = None,
    bolus: Annotated[str | None, typer.Option(help='A dose given at once, e.g. "50 ug".')] = None,
    rate: Annotated[str | None, typer.Option(help='A constant rate, e.g. "100 ug/day".')] = None,
    prescription: Annotated[
        Path | None, typer.Option(help="A prescription file instead: all that it gives.")
    ] = None,
    requests_per_day: Annotated[
        int | None,
        typer.Option(min=0, max=1440, help="Patient's requests a day; default: all allotted."),
    ] = None,
    step: Annotated[float, typer.Option(help="Hours between two records.")] = 0.25,
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Write the samples here.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw the course as a PNG.")] = None,
    spine: Annotated[
        Path | None, typer.Option(help="Draw the spine at the last hour as an SVG.")
    ] = None,
    on: Annotated[str | None, typer.Option(help="Day of the visit, YYYY-MM-DD.")] = None,
    zone: Annotated[str | None, typer.Option(help="Time zone, e.g. Europe/London.")] = None,
) -> None:
    """Follow a drug through the spinal fluid. A relative picture, never a dosing recommendation."""
    checked_times(hours, step)
    order = checked_order(drug, tip, bolus, rate, prescription)
    plan = checked_plan(prescription, on, zone) if prescription is not None else None
    courses = follow(order, plan, hours, requests_per_day, checked_levels(sample), step)
    if csv_file is not None:
        write_file(csv_file, lambda place: _write_csv(courses, place))
    if plot is not None:
        _draw(courses, plot)
    if spine is not None:
        _draw_spine(courses, spine)
    _show(courses)


def checked_times(hours: float, step: float) -> None:
    """Exit 2 if these are no times to follow."""
    if not 0 < hours <= LONGEST_HOURS:
        fail(f"--hours: {hours:g} is not a length of time; expected above 0, up to {LONGEST_HOURS}")
    if not step > 0:
        fail(f"--step: {step:g} is not above 0")
    if hours / step > MOST_RECORDS:
        fail(f"--step: {hours / step:.0f} records; expected at most {MOST_RECORDS}")


def checked_levels(text: str) -> list[str]:
    """The levels of an option, or exit 2 if one stands twice."""
    levels = [one.strip() for one in text.split(",")]
    if len(set(levels)) < len(levels):
        fail(f"--sample: a level stands twice in '{text}'")
    return levels


def checked_order(
    drug: str | None, tip: str | None, bolus: str | None, rate: str | None, rx: Path | None
) -> Order:
    """What is asked for, or exit 2 where the options do not go together."""
    given = [name for name, value in (("--bolus", bolus), ("--rate", rate)) if value is not None]
    if len(given) + (rx is not None) != 1:
        fail("expected one of --bolus DOSE, --rate RATE, --prescription RX")
    if rx is None and (drug is None or tip is None):
        fail("expected --drug NAME and --tip LEVEL with --bolus or --rate")
    dose_ug = read_quantity("--bolus", bolus, MASS)
    ug_per_day = read_quantity("--rate", rate, DOSE_RATE)
    courses = load_extra("thecal.csf.courses")
    order: Order = courses.Order(
        drug,
        tip,
        None if dose_ug is None else float(dose_ug),
        None if ug_per_day is None else float(ug_per_day) / _HOURS_PER_DAY,
    )
    return order


def checked_plan(path: Path, on: str | None, zone: str | None) -> Plan:
    """The accepted plan of a prescription file; exit 1 with what keeps it back."""
    made = make_plan(read_prescription(path), visit=read_date(on), zone=read_zone(zone))
    if not made.accepted:
        for finding in made.open_findings:
            typer.echo(f"{finding.severity}  {finding.code}  {finding.message}")
        typer.echo("REFUSED: a refused plan is not put into a pump")
        raise typer.Exit(REFUSED)
    return made


def follow(
    order: Order,
    plan: Plan | None,
    hours: float,
    requests_per_day: int | None,
    levels: list[str],
    step: float,
) -> Courses:
    """The courses of all drugs, or exit 2 with the reason."""
    from thecal.programmer.rehearsal.run import NotProgrammedError  # noqa: PLC0415

    module = load_extra("thecal.csf.courses")
    try:
        found: Courses = module.follow(order, plan, hours, requests_per_day, levels, step)
    except NotProgrammedError as error:
        typer.echo(f"REFUSED by the pump: {error}")
        raise typer.Exit(REFUSED) from None
    except ValueError as error:
        fail(str(error))
    return found


def _write_csv(courses: Courses, path: Path) -> None:
    """Columns ``hours`` and ``LEVEL_ug_per_ml``; the drug before the level if there are several."""
    several = len(courses.drugs) > 1
    names = [
        f"{drug}_{level}_ug_per_ml" if several else f"{level}_ug_per_ml"
        for drug in courses.drugs
        for level in courses.levels
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["hours", *names])
        for index, hour in enumerate(courses.hours):
            row = [courses.sampled[drug][index] for drug in courses.drugs]
            writer.writerow([f"{hour:.10g}", *(f"{value:.9g}" for one in row for value in one)])


def _draw(courses: Courses, path: Path) -> None:
    from thecal.csf.pictures import draw_courses  # noqa: PLC0415  (matplotlib is slow to load)

    write_file(path, lambda place: draw_courses(courses, place))


def _draw_spine(courses: Courses, path: Path) -> None:
    from thecal.csf.pictures import courses_svg  # noqa: PLC0415  (likewise)

    write_file(path, lambda place: _write_text(place, courses_svg(courses)))


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _show(courses: Courses) -> None:
    for drug in courses.drugs:
        typer.echo(f"{drug}, tip at {courses.tips[drug]}, {courses.given[drug]}")
        for column, level in enumerate(courses.levels):
            values = courses.sampled[drug][:, column]
            peak = int(values.argmax())
            typer.echo(
                f"  {level}: highest {values[peak]:.3g} ug/mL at {courses.hours[peak]:.4g} h, "
                f"{values[-1]:.3g} ug/mL at {courses.hours[-1]:.4g} h"
            )
        for effect in courses.effects[drug]:
            typer.echo(f"  {effect.sentence}")
    for line in _said(courses.says):
        typer.echo(line)


def _said(says: Mapping[str, Any]) -> list[str]:
    return [f"{kind}: {text}" for kind, texts in says.items() for text in texts]
