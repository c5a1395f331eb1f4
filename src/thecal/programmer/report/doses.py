"""The report's tables of what the patient gets: program, doses, boluses, bridge."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal import formulary
from thecal.programmer.pictures.day import day_doses
from thecal.programmer.report.devices import PAIR_WIDTHS
from thecal.programmer.report.page import Table
from thecal.programmer.wording import days_label, lasts
from thecal.pump.language import (
    PL_PER_ML,
    SECONDS_PER_DAY,
    SECONDS_PER_HOUR,
    SECONDS_PER_MINUTE,
    Bolus,
)
from thecal.therapy.case import Case
from thecal.therapy.changeover.bridge import HOURS_PER_DAY, Changeover
from thecal.therapy.file.prescription import clock
from thecal.units import DOSE_RATE, FLOW, MASS, VOLUME, Kind, plain_number, show

DOSE_PER_HOUR = Kind("dose per hour", "ug/h", "0.15 mg/h", (1000, "mg/h"))
_PERCENT = 100
_WHOLE_MM, _WHEN_MM = 180, (22, 14, 13)


def percent_change(old: Fraction, new: Fraction) -> str:
    """How a dose changes, with its sign."""
    if not old:
        return "new" if new else "none"
    if not new:
        return "ends"
    change = float((new - old) / old * _PERCENT)
    sign = "−" if change < 0 else "+" if change > 0 else "±"
    return f"{sign}{plain_number(abs(change), 3)} %"


def program_table(case: Case) -> Table:
    """Each step: the dose of every drug per hour, and the flow."""
    title = f"Program: {case.prescription.therapy.mode}"
    if case.doses is None:
        return Table(title, (), (), (), "No program could be made; see the findings.")
    names = tuple(part.name for part in case.parts)
    columns = ("days", "from", "to", *names, "flow")
    rows = [
        row
        for day in day_doses(case.doses.program, case.doses.constant_rate_ml_per_day)
        for row in (
            *(
                _step_row(case, days_label(day.weekdays), start, end, rate)
                for start, end, rate in day.spans
            ),
            _total_row(case, days_label(day.weekdays), day.ml),
        )
    ]
    rest = (_WHOLE_MM - sum(_WHEN_MM)) // (len(names) + 1)
    widths = _WHEN_MM + (rest,) * (len(names) + 1)
    zone = f" Time zone of the patient: {case.zone.key}." if case.zone else ""
    return Table(title, columns, tuple(rows), widths, f"Times are the pump's clock.{zone}")


def _step_row(case: Case, days: str, start: int, end: int, rate: Fraction) -> tuple[str, ...]:
    per_hour = rate / HOURS_PER_DAY
    doses = (part.drug.show(per_hour * part.strength, DOSE_PER_HOUR) for part in case.parts)
    return (days, clock(start), "24:00" if end == 24 * 60 else clock(end), *doses, show(rate, FLOW))


def _total_row(case: Case, days: str, volume_ml: Fraction) -> tuple[str, ...]:
    doses = (part.drug.show(volume_ml * part.strength, MASS) for part in case.parts)
    return (days, "in 24 h", "", *doses, show(volume_ml, VOLUME))


def dose_table(case: Case) -> Table:
    """For every drug the 24 h dose before and now, the heaviest day and the peak hour."""
    if case.doses is None:
        before = case.before_ug_per_day
        old = ((p.name, p.drug.show(before[p.name], DOSE_RATE)) for p in case.old_parts)
        none = "No program, so no dose now."
        return Table("Dose in 24 h, before and now", ("", "before"), tuple(old), (60, 120), none)
    heads = ("", "before", "now, mean day", "change", "heaviest day*", "any 24 h*", "peak hour*")
    names = dict.fromkeys((*case.mean_ug_per_day, *case.before_ug_per_day))
    rows = [_dose_row(case, name) for name in names]
    doses = case.doses
    rows.append(
        (
            "volume",
            *_before_and_change(case),
            show(doses.worst_ml, VOLUME),
            show(doses.worst_24h_ml, VOLUME),
            show(doses.peak_hour_ml, VOLUME),
        )
    )
    alike = len(set(doses.base_ml_by_weekday)) == 1
    day = "all days alike" if alike else doses.heaviest_weekday.capitalize()
    note = f"* all allotted patient doses taken. The heaviest base day: {day}.{_ceiling(case)}"
    widths = (28, 25, 27, 22, 26, 26, 26)
    return Table("Dose in 24 h, before and now", heads, tuple(rows), widths, note)


def _dose_row(case: Case, name: str) -> tuple[str, ...]:
    assert case.doses is not None  # noqa: S101  (the caller asked)
    old = case.before_ug_per_day.get(name, Fraction(0))
    new = case.mean_ug_per_day.get(name, Fraction(0))
    first, shown = case.prescription.before is None, formulary.drug(name).show
    most = (case.doses.worst_ml, case.doses.worst_24h_ml, case.doses.peak_hour_ml)
    return (
        name,
        "first fill" if first else shown(old, DOSE_RATE),
        shown(new, DOSE_RATE),
        "first fill" if first else percent_change(old, new),
        *(shown(case.doses.amounts(volume).get(name, Fraction(0)), MASS) for volume in most),
    )


def _before_and_change(case: Case) -> tuple[str, str, str]:
    assert case.doses is not None  # noqa: S101  (the caller asked)
    before, new = case.prescription.before, case.doses.mean_ml
    if before is None:
        return ("first fill", show(new, FLOW), "first fill")
    old = before.daily_dose_ug / before.drugs[0].concentration_ug_per_ml
    return (show(old, FLOW), show(new, FLOW), percent_change(old, new))


def _ceiling(case: Case) -> str:
    ceiling = case.ceiling
    if ceiling is None:
        return ""
    hour = show(Fraction(ceiling.max_pl_per_hour, PL_PER_ML), VOLUME)
    day = show(Fraction(ceiling.max_pl_per_day, PL_PER_ML), VOLUME)
    return f" The pump itself is told never to pass {hour} in any hour and {day} in any 24 h."


def patient_dose_table(case: Case) -> Table:
    """The patient's own doses: what, how often, and what all of them give in a day."""
    title = "Patient doses"
    dose = case.doses.program.patient_dose if case.doses else None
    if dose is None or case.doses is None:
        return Table(title, (), (), (), "None ordered.")
    volume = Fraction(dose.volume_pl, PL_PER_ML)
    rows = (
        ("one dose", f"{_all(case, volume)} in {lasts(dose.duration_s)}"),
        ("lockout", f"{lasts(dose.lockout_s)} from the start of one to the start of the next"),
        ("at most", f"{dose.max_per_day} doses in any 24 h"),
        ("all allotted doses of a day", _all(case, case.doses.patient_doses_ml)),
    )
    return Table(title, (), rows, PAIR_WIDTHS)


def _all(case: Case, volume_ml: Fraction) -> str:
    """A volume and what every drug does in it."""
    drugs = (
        f"{part.name} {part.drug.show(volume_ml * part.strength, MASS)}" for part in case.parts
    )
    return f"{show(volume_ml, VOLUME)}: {', '.join(drugs)}"


def start_table(case: Case) -> Table:
    """What runs before the base mode: a priming bolus, a bridge, or nothing."""
    program, change = case.program, case.changeover
    if program is not None and program.priming is not None:
        return Table("Priming", (), tuple(_priming_rows(case, program.priming)), PAIR_WIDTHS)
    if change is not None and change.bridge is not None:
        return Table("Bridge", *_bridge_parts(change))
    return Table("Priming and bridge", (), (), (), _why_none(case))


def _why_none(case: Case) -> str:
    if case.doses is None:
        return "No program, so neither."
    if case.changeover is not None and case.changeover.needed:
        return "No bridge although the path holds another solution; see the findings."
    if case.prescription.before is not None:
        return "None needed: the path holds the primary drug at this concentration."
    return "No priming bolus: this pump or mode runs none, or the path volume is not published."


def _priming_rows(case: Case, bolus: Bolus) -> Iterator[tuple[str, str]]:
    volume = Fraction(bolus.volume_pl, PL_PER_ML)
    minutes = plain_number(Fraction(bolus.duration_s, SECONDS_PER_MINUTE))
    yield ("bolus", f"{_all(case, volume)}")
    yield ("takes", f"{minutes} min at {show(volume * SECONDS_PER_DAY / bolus.duration_s, FLOW)}")
    yield ("path volume known by", f"{case.path.provenance} figures, the weakest of those used")
    if case.priming is not None:
        early = ", ".join(
            f"{name} {formulary.drug(name).show(amount, MASS, 3)}"
            for name, amount in case.priming.early_ug.items()
        )
        yield ("reaches the patient before the bolus ends, by mixing", early)
    yield ("fill", "what the reservoir holds after this bolus")


def _bridge_parts(
    change: Changeover,
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], tuple[int, ...], str]:
    assert change.bridge is not None  # noqa: S101  (the caller asked)
    rate = Fraction(change.bridge.rate_pl_per_day, PL_PER_ML)
    hours = Fraction(change.bridge.duration_s, SECONDS_PER_HOUR)
    holds = f"holds the dose of {change.held}" if change.held else "keeps the old dose running"
    note = (
        f"{show(rate, FLOW)} for {plain_number(hours)} h, {show(rate * hours / 24, VOLUME)}: "
        f"it {holds} while the path holds the solution before."
    )
    rows = tuple(
        (
            drug.name,
            drug.show(change.before_ug_per_day[drug.name], DOSE_RATE),
            drug.show(change.bridge_ug_per_day(drug.name), DOSE_RATE),
            drug.show(change.intended_ug_per_day[drug.name], DOSE_RATE),
        )
        for drug in map(formulary.drug, change.drugs)
    )
    return (("", "before", "during the bridge", "intended"), rows, (45, 45, 45, 45), note)
