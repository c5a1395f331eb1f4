"""``thecal plan``: the checked plan, on screen, as JSON, as a picture and as a report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from thecal.cli.edges import (
    REFUSED,
    fail,
    missing_extra,
    read_date,
    read_label,
    read_prescription,
    read_quantity,
    read_zone,
    write_file,
)
from thecal.therapy.contract import plan_contract
from thecal.therapy.plan import Plan, make_plan
from thecal.units import INTERVAL


def plan(
    rx: Annotated[Path, typer.Argument(help="The prescription file (TOML, schema 1).")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object only.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Draw the plan as a PNG.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write the report as a PDF.")] = None,
    fhir: Annotated[Path | None, typer.Option(help="Write the plan as a FHIR R4 bundle.")] = None,
    on: Annotated[str | None, typer.Option(help="Day of the visit, YYYY-MM-DD.")] = None,
    zone: Annotated[str | None, typer.Option(help="Time zone, e.g. Europe/London.")] = None,
    clinic_interval: Annotated[
        str | None, typer.Option(help='The clinic\'s longest refill interval, e.g. "90 day".')
    ] = None,
    pharmacy_label: Annotated[
        list[str] | None,
        typer.Option(help="Drug and strength on the syringe's label, e.g. 'baclofen 500 ug/mL'."),
    ] = None,
) -> None:
    """Check a prescription and turn it into a pump program. Exit 1 if the checks refuse it."""
    made = make_plan(
        read_prescription(rx),
        visit=read_date(on),
        zone=read_zone(zone),
        clinic_days=read_quantity("--clinic-interval", clinic_interval, INTERVAL),
        pharmacy_label=read_label(pharmacy_label),
    )
    if plot is not None:
        _draw(made, plot)
    if report is not None:
        _report(made, report)
    if fhir is not None:
        _exchange(made, fhir)
    if as_json:
        typer.echo(json.dumps(plan_contract(made), ensure_ascii=False, indent=2))
    else:
        from thecal.cli.plan_screen import show_plan  # noqa: PLC0415  (draws tables only here)

        show_plan(made)
    if not made.accepted:
        raise typer.Exit(REFUSED)


def _draw(made: Plan, path: Path) -> None:
    from thecal.programmer.pictures import draw_plan  # noqa: PLC0415  (matplotlib is slow to load)

    write_file(path, lambda place: draw_plan(made, place))


def _report(made: Plan, path: Path) -> None:
    from thecal.programmer.report import write_report  # noqa: PLC0415  (likewise)

    write_file(path, lambda place: write_report(made, place))


def _exchange(made: Plan, path: Path) -> None:
    try:
        from thecal.fhir import CannotExportError, FhirError, dumps  # noqa: PLC0415  (an extra)
        from thecal.fhir.plan import now, plan_bundle  # noqa: PLC0415  (likewise)
    except ModuleNotFoundError as error:
        missing_extra("--fhir", "fhir", error)
    try:
        text = dumps(plan_bundle(made, at=now()), indent=2)
    except (CannotExportError, FhirError) as error:
        fail(f"--fhir: {error}")
    write_file(path, lambda place: _write_text(place, text))


def _write_text(place: Path, text: str) -> None:
    place.write_text(f"{text}\n", encoding="utf-8")
