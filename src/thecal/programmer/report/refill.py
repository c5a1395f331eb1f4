"""The report's tables of how long: reservoir, refill, the pump's own life."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from thecal.programmer.report.devices import FIGURE_WIDTHS, FIGURES, figure_row
from thecal.programmer.report.page import Table
from thecal.therapy.case import Case
from thecal.therapy.changeover.path import weakest
from thecal.therapy.refill.interval import Refill
from thecal.units import INTERVAL, VOLUME, Figure, Provenance, plain_number, show

_Row = tuple[str, str, str, str]
_NOT_KNOWN = "not known"
_DAYS_PER_MONTH = Fraction(36525, 1200)
_ARITHMETIC = "arithmetic on fill and program"


def refill_table(case: Case) -> Table:
    """Reservoir, alarm volume, the dates and everything that limits them."""
    fill = show(case.prescription.fill.volume_ml, VOLUME)
    rows: list[_Row] = [("fill", fill, "the prescription", ""), _alarm_row(case)]
    refill = case.refill
    if refill is None:
        rows.append(("refill", "no program", "", ""))
    else:
        rows += _refill_rows(case, refill)
    note = (
        "Every allotted patient dose is taken to be used, and a bridge is counted; the fill is "
        "what the reservoir holds after a priming bolus."
    )
    heads = ("", "value", "from", "how known")
    return Table("Reservoir and refill", heads, tuple(rows), FIGURE_WIDTHS, note)


def _alarm_row(case: Case) -> _Row:
    if case.prescription.fill.alarm_volume_ml is not None:
        ordered = show(case.prescription.fill.alarm_volume_ml, VOLUME)
        return ("alarm volume", ordered, "the prescription", "")
    return figure_row("alarm volume", case.pump.alarm_volume or case.pump.refill_end_volume)


def _refill_rows(case: Case, refill: Refill) -> Iterator[_Row]:
    visit, nominal, upper = case.visit, _alarm_known(case), _accuracy_known(case)
    due = _when(refill.days, refill.due(visit) if visit else None)
    by = f"set by {refill.limited_by or 'nothing known'}"
    yield ("refill", due, by, _known(refill, refill.days, nominal))
    safe = _when(refill.latest_safe_days, refill.latest_safe(visit) if visit else None)
    yield ("latest safe", safe, _accuracy(case), _known(refill, refill.latest_safe_days, upper))
    end = "alarm volume" if case.refill_volume_ml == case.alarm_volume_ml else "pump's refill end"
    for name, days, known in (
        (f"{end} reached, nominal", refill.reservoir_days, nominal),
        (f"{end} reached, fastest", refill.reservoir_days_upper, upper),
    ):
        yield (name, _when(days, None), _ARITHMETIC, "" if days is None else str(known))
    for cap in refill.caps:
        until = show(cap.days, INTERVAL)
        yield (f"limit: {cap.by}", until, f"{cap.why} ({cap.source})", str(cap.provenance))


def _alarm_known(case: Case) -> Provenance:
    """How the nominal time is known: as well as the alarm volume, if that is the catalogue's."""
    figure = case.pump.alarm_volume or case.pump.refill_end_volume
    if case.prescription.fill.alarm_volume_ml is not None or figure is None:
        return Provenance.DERIVED
    return weakest([Provenance.DERIVED, figure.provenance])


def _accuracy_known(case: Case) -> Provenance:
    """How the shortest time is known: the pump's accuracy decides it too."""
    above = case.pump.accuracy_above_percent
    return weakest([_alarm_known(case), *([above.provenance] if above else [])])


def _known(refill: Refill, days: Fraction | None, flow: Provenance) -> str:
    """How a date is known: as the cap that sets it, else as the flow."""
    if days is None:
        return ""
    setting = [cap.provenance for cap in refill.caps if cap.days == days]
    return str(weakest(setting) if setting else flow)


def _when(days: Fraction | None, day: date | None) -> str:
    if days is None:
        return _NOT_KNOWN
    return f"{show(days, INTERVAL)}{f', {day.isoformat()}' if day else ''}"


def _accuracy(case: Case) -> str:
    above = case.pump.accuracy_above_percent
    if above is None or case.upper_accuracy_percent is None:
        return "accuracy of the pump not published for this use"
    return f"at +{above} ({above.source})"


def life_table(case: Case) -> Table:
    """When the pump itself ends, as far as anybody published."""
    pump = case.pump
    rows = (
        _life_row("service life after implant", pump.service_life),
        _life_row("replacement indicator (ERI), before that", pump.replacement_notice),
        ("replace by", _NOT_KNOWN, "the prescription does not state the implant date", ""),
    )
    return Table("Pump life", FIGURES, rows, FIGURE_WIDTHS)


def _life_row(name: str, figure: Figure | None) -> _Row:
    if figure is None:
        return (name, f"{_NOT_KNOWN}: no published figure", "", "")
    months = figure.value / _DAYS_PER_MONTH
    whole = f"{plain_number(months)} month, " if months.denominator == 1 else ""
    return (name, f"{whole}{figure}", figure.source, str(figure.provenance))
