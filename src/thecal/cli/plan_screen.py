"""A plan on the screen of a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from thecal import formulary
from thecal.pump.language import PL_PER_ML, SECONDS_PER_HOUR, SECONDS_PER_MINUTE
from thecal.therapy.findings import Finding, Severity
from thecal.therapy.plan import Plan
from thecal.units import (
    CONCENTRATION,
    DOSE_RATE,
    FLOW,
    INTERVAL,
    MASS,
    PERCENT,
    VOLUME,
    Provenance,
    show,
)

NOT_A_DEVICE = "Not a medical device. Check every figure against the label and the pump's manual."
_STYLE = {Severity.STOP: "bold red", Severity.CONFIRM: "yellow", Severity.NOTE: "dim"}


def show_plan(plan: Plan) -> None:
    """Print verdict, doses, change-over, refill and findings."""
    console = Console(highlight=False)
    console.print(_verdict(plan))
    if plan.case.doses is not None:
        console.print(_dose_table(plan))
    for line in (*_before_base(plan), *_refill(plan)):
        console.print(line)
    console.print()
    console.print(_finding_table(plan))
    console.print(NOT_A_DEVICE, style="dim")


def _verdict(plan: Plan) -> Text:
    if plan.accepted:
        return Text("ACCEPTED: no stop, every confirm signed", style="bold green")
    codes = ", ".join(dict.fromkeys(finding.code for finding in plan.open_findings))
    return Text(f"REFUSED: {codes or 'no program'}", style="bold red")


def _dose_table(plan: Plan) -> Table:
    case = plan.case
    assert case.doses is not None  # noqa: S101  (the caller asked)
    title = f"{case.pump.name}, {case.prescription.therapy.mode}"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in ("", "strength", "before", "mean day", "heaviest day*", "peak hour"):
        table.add_column(heading, justify="right" if heading else "left", no_wrap=True)
    peak = case.doses.amounts(case.doses.peak_hour_ml)
    for part in case.parts:
        before = case.before_ug_per_day.get(part.name)
        table.add_row(
            part.name,
            part.drug.show(part.strength, CONCENTRATION),
            "" if before is None else part.drug.show(before, DOSE_RATE),
            part.drug.show(case.mean_ug_per_day[part.name], DOSE_RATE),
            part.drug.show(case.worst_ug_per_day[part.name], MASS),
            part.drug.show(peak[part.name], MASS),
        )
    mean, worst = case.doses.mean_ml, case.doses.worst_ml
    hour = show(case.doses.peak_hour_ml, VOLUME)
    table.add_row("volume", "", "", show(mean, FLOW), show(worst, VOLUME), hour)
    table.caption = "* all allotted patient doses taken"
    return table


def _before_base(plan: Plan) -> Iterator[str]:
    program, change = plan.case.program, plan.case.changeover
    if program is not None and program.priming is not None:
        volume = show(Fraction(program.priming.volume_pl, PL_PER_ML), VOLUME)
        yield f"Priming: {volume} in {program.priming.duration_s / SECONDS_PER_MINUTE:.1f} min"
    if program is not None and program.bridge is not None and change is not None:
        rate = show(Fraction(program.bridge.rate_pl_per_day, PL_PER_ML), FLOW)
        yield f"Bridge: {rate} for {program.bridge.duration_s / SECONDS_PER_HOUR:.2f} h"
        for drug in map(formulary.drug, change.drugs):
            runs = drug.show(change.bridge_ug_per_day(drug.name), DOSE_RATE)
            intended = drug.show(change.intended_ug_per_day[drug.name], DOSE_RATE)
            yield f"  {drug.name}: {runs}, intended {intended}"


def _refill(plan: Plan) -> Iterator[str]:
    refill, visit = plan.case.refill, plan.case.visit
    if refill is None:
        return
    if refill.days is None:
        yield "Refill: not known"
        return
    due = f" ({refill.due(visit)})" if visit else ""
    by = refill.limited_by
    yield f"Refill at nominal accuracy: {show(refill.days, INTERVAL)}{due}, set by {by}"
    if refill.latest_safe_days is None or plan.case.upper_accuracy_percent is None:
        yield "Latest safe day: not known (the pump's upper accuracy is not published)"
    else:
        safe = f" ({refill.latest_safe(visit)})" if visit else ""
        more = show(plan.case.upper_accuracy_percent, PERCENT)
        days = show(refill.latest_safe_days, INTERVAL)
        yield f"Latest safe day, pump at +{more}: {days}{safe}; book the refill no later"


def _finding_table(plan: Plan) -> Table:
    """One finding under the other: severity, then code, message and basis."""
    table = Table.grid(padding=(0, 1, 1, 0))
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    for finding in plan.findings:
        table.add_row(_severity(plan, finding), _what(finding))
    return table


def _severity(plan: Plan, finding: Finding) -> Text:
    if plan.is_signed(finding):
        return Text("SIGNED", style="green")
    return Text(finding.severity.upper(), style=_STYLE[finding.severity])


def _what(finding: Finding) -> Text:
    text = Text(finding.code, style="bold")
    text.append(f"  {finding.message}", style="not bold")
    certain = finding.basis.provenance in {Provenance.FOUND, Provenance.DERIVED}
    mark = "" if certain else f", {finding.basis.provenance}"
    text.append(f"  [{finding.basis.layer}: {finding.basis.source}{mark}]", style="not bold dim")
    return text
