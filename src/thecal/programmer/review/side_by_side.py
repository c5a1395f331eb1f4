"""Two readings of a pump side by side: for the review before, and for the comparison after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from thecal import formulary
from thecal.programmer.review.rows import NONE, NOT_KNOWN, Cell, Row
from thecal.programmer.wording import days_label, lasts
from thecal.pump.language import (
    DAYS_PER_WEEK,
    MINUTES_PER_DAY,
    PL_PER_ML,
    Ceiling,
    Fill,
    PatientDose,
    Program,
)
from thecal.therapy.file.prescription import clock
from thecal.therapy.rules.pump_at_hand import Found
from thecal.units import DOSE_RATE, FLOW, MASS, VOLUME, Kind, show

_DIGEST_SHOWN = 16

Spans = tuple[tuple[int, int, Fraction], ...]


def side_by_side(old: Found, new: Found) -> tuple[Row, ...]:
    """Every setting of both, field by field, the doses of a day first."""
    return tuple(
        row
        for part in (_doses, _modes, _steps, _starts, _patient_doses, _fills, _ceilings, _pump)
        for row in part(old, new)
    )


def differences(wanted: Found, held: Found) -> tuple[Row, ...]:
    """The fields in which a pump holds something else than wanted."""
    return tuple(row for row in side_by_side(wanted, held) if row.changed)


def _pump(old: Found, new: Found) -> Iterator[Row]:
    for field in ("model", "serial"):
        cells = (getattr(one.holding, field) for one in (old, new))
        yield Row("pump", field, *(Cell(text, text) for text in cells))


# What a day gives


def _doses(old: Found, new: Found) -> Iterator[Row]:
    group = "in 24 h"
    for name in dict.fromkeys((*(new.strengths or {}), *(old.strengths or {}))):
        for what, read in _DAYS.items():
            cells = [_dose(one, name, read) for one in (old, new)]
            yield Row(group, f"{name}, {what}", *cells)
    for what, read in _DAYS.items():
        yield Row(group, f"volume, {what}", *(_day_volume(one, read) for one in (old, new)))


_DAYS: dict[str, Callable[[Found], Fraction | None]] = {
    "mean day": lambda one: one.doses.mean_ml if one.doses else None,
    "heaviest day with all patient doses": lambda one: one.doses.worst_ml if one.doses else None,
}


def _dose(one: Found, name: str, read: Callable[[Found], Fraction | None]) -> Cell:
    volume = read(one)
    if volume is None:
        return _without_program(one)
    if one.strengths is None:
        return NOT_KNOWN
    dose = volume * one.strengths.get(name, Fraction(0))
    return Cell(dose, formulary.drug(name).show(dose, MASS), dose)


def _day_volume(one: Found, read: Callable[[Found], Fraction | None]) -> Cell:
    volume = read(one)
    return _without_program(one) if volume is None else _quantity(volume, VOLUME)


def _without_program(_one: Found) -> Cell:
    return Cell(None, "no program")


def _quantity(value: Fraction, kind: Kind) -> Cell:
    return Cell(value, show(value, kind), value)


def _volume(volume_pl: int) -> Cell:
    return Cell(volume_pl, show(Fraction(volume_pl, PL_PER_ML), VOLUME), Fraction(volume_pl))


def _time(seconds: int) -> Cell:
    return Cell(seconds, lasts(seconds), Fraction(seconds))


# The program


def _program(one: Found) -> Program | None:
    return one.holding.program


def _modes(old: Found, new: Found) -> Iterator[Row]:
    yield Row("program", "mode", *(_mode(_program(one)) for one in (old, new)))
    yield Row("program", "digest", *(_digest(_program(one)) for one in (old, new)))


def _mode(program: Program | None) -> Cell:
    return Cell(None, "no program") if program is None else Cell(program.mode, str(program.mode))


def _digest(program: Program | None) -> Cell:
    if program is None:
        return Cell(None, "no program")
    return Cell(program.digest, f"{program.digest[:_DIGEST_SHOWN]}…")


def _steps(old: Found, new: Found) -> Iterator[Row]:
    """The rate of each stretch of the day in which neither side changes, days alike together."""
    for days, (before, after) in _days_alike(old, new):
        for start, end in _stretches(before, after):
            at = f"{clock(start)} to {'24:00' if end == MINUTES_PER_DAY else clock(end)}"
            cells = (_rate(old, before, start), _rate(new, after, start))
            yield Row("program", f"{days_label(days)} {at}", *cells)


def _days_alike(old: Found, new: Found) -> Iterator[tuple[tuple[int, ...], tuple[Spans, Spans]]]:
    groups: dict[tuple[Spans, Spans], list[int]] = {}
    for weekday in range(DAYS_PER_WEEK):
        groups.setdefault((_spans(old, weekday), _spans(new, weekday)), []).append(weekday)
    for spans, days in groups.items():
        yield tuple(days), spans


def _spans(one: Found, weekday: int) -> Spans:
    """The rates of a weekday in pL/day; empty without a program."""
    program = _program(one)
    if program is None or one.doses is None:
        return ()
    day = program.day(weekday)
    if day is None:
        rate = one.doses.constant_rate_ml_per_day * PL_PER_ML
        return ((0, MINUTES_PER_DAY, rate),)
    return tuple((start, end, Fraction(rate)) for start, end, rate in day.spans())


def _stretches(before: Spans, after: Spans) -> Iterator[tuple[int, int]]:
    starts = sorted({0, *(start for spans in (before, after) for start, _, _ in spans)})
    yield from zip(starts, [*starts[1:], MINUTES_PER_DAY], strict=True)


def _rate(one: Found, spans: Spans, minute: int) -> Cell:
    rate = next((rate for start, end, rate in spans if start <= minute < end), None)
    if rate is None:
        return Cell(None, "no program")
    return Cell(rate, _flow_and_dose(one, rate / PL_PER_ML), rate)


def _flow_and_dose(one: Found, flow_ml_per_day: Fraction) -> str:
    """A flow, and what it gives of the primary drug."""
    text = show(flow_ml_per_day, FLOW)
    for name, strength in (one.strengths or {}).items():
        return f"{text} = {formulary.drug(name).show(flow_ml_per_day * strength, DOSE_RATE)}"
    return text


def _starts(old: Found, new: Found) -> Iterator[Row]:
    """Priming and bridge: what runs once, before the base mode."""
    yield from _part("priming", "volume", old, new, _priming_volume)
    yield from _part("priming", "takes", old, new, _priming_time)
    yield from _part("bridge", "rate", old, new, _bridge_rate)
    yield from _part("bridge", "takes", old, new, _bridge_time)


def _part(
    group: str, field: str, old: Found, new: Found, read: Callable[[Program], Cell | None]
) -> Iterator[Row]:
    cells = [read(program) if (program := _program(one)) else None for one in (old, new)]
    yield Row(group, field, *(cell or NONE for cell in cells))


def _priming_volume(program: Program) -> Cell | None:
    return _volume(program.priming.volume_pl) if program.priming else None


def _priming_time(program: Program) -> Cell | None:
    return _time(program.priming.duration_s) if program.priming else None


def _bridge_rate(program: Program) -> Cell | None:
    if program.bridge is None:
        return None
    rate = Fraction(program.bridge.rate_pl_per_day)
    return Cell(rate, show(rate / PL_PER_ML, FLOW), rate)


def _bridge_time(program: Program) -> Cell | None:
    return _time(program.bridge.duration_s) if program.bridge else None


def _patient_doses(old: Found, new: Found) -> Iterator[Row]:
    doses = [program.patient_dose if (program := _program(one)) else None for one in (old, new)]
    for field, read in _DOSE_FIELDS.items():
        cells = [
            read(one, dose) if dose else NONE for one, dose in zip((old, new), doses, strict=True)
        ]
        yield Row("patient dose", field, *cells)


def _dose_size(one: Found, dose: PatientDose) -> Cell:
    cell = _volume(dose.volume_pl)
    for name, strength in (one.strengths or {}).items():
        amount = Fraction(dose.volume_pl, PL_PER_ML) * strength
        text = f"{cell.text} = {formulary.drug(name).show(amount, MASS)}"
        return Cell(cell.value, text, cell.number)
    return cell


_DOSE_FIELDS: dict[str, Callable[[Found, PatientDose], Cell]] = {
    "one dose": _dose_size,
    "takes": lambda _one, dose: _time(dose.duration_s),
    "lockout": lambda _one, dose: _time(dose.lockout_s),
    "at most in 24 h": lambda _one, dose: Cell(
        dose.max_per_day, str(dose.max_per_day), Fraction(dose.max_per_day)
    ),
}


# Reservoir and ceiling


def _fills(old: Found, new: Found) -> Iterator[Row]:
    group = "reservoir"
    fills = [one.holding.fill for one in (old, new)]
    yield Row(group, "volume, as stated", *(_of_fill(one, "volume_pl") for one in fills))
    yield Row(group, "alarm volume", *(_of_fill(one, "alarm_volume_pl") for one in fills))
    yield Row(group, "solution", *(_solution(one) for one in fills))


def _of_fill(fill: Fill | None, field: str) -> Cell:
    return Cell(None, "never filled") if fill is None else _volume(getattr(fill, field))


def _solution(fill: Fill | None) -> Cell:
    if fill is None:
        return Cell(None, "never filled")
    return Cell(fill.labels, " + ".join(fill.labels) or "not labelled")


def _ceilings(old: Found, new: Found) -> Iterator[Row]:
    ceilings = [one.holding.ceiling for one in (old, new)]
    for field, name in _CEILING_FIELDS.items():
        yield Row("ceiling", field, *(_of_ceiling(one, name) for one in ceilings))


_CEILING_FIELDS = {
    "any hour": "max_pl_per_hour",
    "any 24 h": "max_pl_per_day",
    "path, not counted": "path_pl",
}


def _of_ceiling(ceiling: Ceiling | None, name: str) -> Cell:
    return NONE if ceiling is None else _volume(getattr(ceiling, name))
