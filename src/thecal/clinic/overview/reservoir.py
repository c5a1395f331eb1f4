"""The reservoir: what the pump believes, as it told, and what must be in it now by the program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from thecal import devices
from thecal.clinic.fills.history import last_fill
from thecal.clinic.fills.models import Fill
from thecal.clinic.overview.running import Running, Sent
from thecal.clinic.patients.models import Patient
from thecal.clinic.prescriptions.checking import check
from thecal.units import VOLUME, parse

_PERCENT = 100
_DAY = timedelta(days=1)


class Unknown(StrEnum):
    """Why nobody can say what is in the reservoir."""

    NO_FILL = "no-fill"
    NO_PROGRAM = "no-program"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be in the reservoir now.

    Attributes:
        since: from when it is counted, and ``from_ml``, from what volume.
        least_ml: with every own dose taken, at the pump's upper accuracy; None if unpublished.
        most_ml: with none taken, at its lower accuracy; None if unpublished.
        from_pump: whether it is counted from what the pump told, and not from the fill.
    """

    ml: Fraction
    least_ml: Fraction | None
    most_ml: Fraction | None
    since: datetime
    from_ml: Fraction
    from_pump: bool


@dataclass(frozen=True, slots=True)
class Reservoir:
    """The gauge and its dates; what is not known is None.

    Attributes:
        believed_ml: what the pump believed when it was last read, at ``believed_at``.
        is_stale: whether that was before the last fill.
    """

    capacity_ml: Fraction | None
    capacity_source: str
    alarm_ml: Fraction | None
    filled_ml: Fraction | None
    filled_at: datetime | None
    drugs: str
    believed_ml: Fraction | None
    believed_at: datetime | None
    is_stale: bool
    expected: Expected | None
    unknown: Unknown | None
    refill_due: date | None
    latest_safe: date | None


def reservoir(patient: Patient, running: Running, model: str, now: datetime) -> Reservoir:
    """Put together what is known.

    Args:
        patient: whose.
        running: what is known of the program.
        model: the pump's key in the catalogue; empty if unknown.
        now: the instant of what is expected.
    """
    fill, status = last_fill(patient), running.status
    pump = devices.pumps().get(model)
    size = pump.reservoir if pump else None
    expected = _expected(fill, running, model, now)
    return Reservoir(
        size.value if size else None,
        size.source if size else "",
        _alarm(fill, model),
        parse(fill.volume, VOLUME) if fill else None,
        fill.happened_at if fill else None,
        ", ".join(f"{one['drug']} {one['concentration']}" for one in fill.drugs) if fill else "",
        status.remaining_ml if status else None,
        status.happened_at if status else None,
        bool(fill and status and status.happened_at < fill.happened_at),
        expected if isinstance(expected, Expected) else None,
        expected if isinstance(expected, Unknown) else None,
        fill.refill_due if fill else None,
        fill.latest_safe if fill else None,
    )


def _alarm(fill: Fill | None, model: str) -> Fraction | None:
    """The prescription's own alarm volume, or else the catalogue's."""
    if fill is not None:
        entry = fill.visit.prescription
        ordered = check(entry.text, entry.visit_on).case.prescription.fill.alarm_volume_ml
        if ordered is not None:
            return ordered
    pump = devices.pumps().get(model)
    return pump.alarm_volume.value if pump and pump.alarm_volume else None


def _expected(fill: Fill | None, running: Running, model: str, now: datetime) -> Expected | Unknown:
    if fill is None:
        return Unknown.NO_FILL
    if running.program is None:
        return Unknown.NO_PROGRAM
    since, volume, told = fill.happened_at, parse(fill.volume, VOLUME), False
    status = running.status
    if status and status.remaining_ml is not None and status.happened_at >= since:
        since, volume, told = status.happened_at, status.remaining_ml, True
    spans = list(_spans(running.sent, since, now))
    if any(one is None for one in spans):
        return Unknown.RATE
    known = [one for one in spans if one is not None]
    base = sum((one[0] for one in known), Fraction(0))
    own = sum((one[1] for one in known), Fraction(0))
    least, most = _bounds(volume, base, own, model)
    return Expected(max(volume - base, Fraction(0)), least, most, since, volume, told)


def _bounds(
    volume: Fraction, base: Fraction, own: Fraction, model: str
) -> tuple[Fraction | None, Fraction | None]:
    pump = devices.pumps().get(model)
    above = pump.accuracy_above_percent if pump else None
    below = pump.accuracy_below_percent if pump else None
    least = volume - (base + own) * (1 + above.value / _PERCENT) if above else None
    most = volume - base * (1 - below.value / _PERCENT) if below else None
    nothing = Fraction(0)
    return (
        None if least is None else max(least, nothing),
        None if most is None else max(most, nothing),
    )


def _spans(
    sent: tuple[Sent, ...], since: datetime, now: datetime
) -> Iterator[tuple[Fraction, Fraction] | None]:
    """The volume of each program between two instants, and of the own doses; None if unknown."""
    begins = [one for one in sent if one.at <= since][-1:] + [one for one in sent if one.at > since]
    ends = [*(one.at for one in begins[1:]), now]
    for one, end in zip(begins, ends, strict=True):
        if not one.is_verified or one.ml_per_day is None:
            yield None
        elif end > since:
            yield _volume(one, max(one.at, since), end)


def _volume(one: Sent, start: datetime, end: datetime) -> tuple[Fraction, Fraction]:
    """What a program delivers from an instant to another: it primes, bridges, then goes on."""
    days, ran = _days(start, end), _days(one.at, start)
    primes_ml, primes_days = one.priming
    primed = _within(Fraction(0), primes_days, ran, ran + days)
    bridged = _within(primes_days, primes_days + one.bridge_days, ran, ran + days)
    rate = Fraction(str(one.bridge["rate_ml_per_day"])) if one.bridge else Fraction(0)
    base = bridged * rate + (days - primed - bridged) * (one.ml_per_day or 0)
    if primed:
        base += primes_ml * primed / primes_days
    return base, days * one.own_ml_per_day


def _within(begin: Fraction, end: Fraction, start: Fraction, stop: Fraction) -> Fraction:
    """How much of a time lies between two instants."""
    return max(min(end, stop) - max(begin, start), Fraction(0))


def _days(start: datetime, end: datetime) -> Fraction:
    span = end - start
    return Fraction(span // timedelta(microseconds=1), _DAY // timedelta(microseconds=1))
