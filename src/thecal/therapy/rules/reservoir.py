"""Rules of the reservoir: what goes in, when it alarms, what stays in it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal.therapy.case import Case, Part
from thecal.therapy.findings import Basis, By, Finding, Severity, unknown
from thecal.therapy.rules.device_limits import catalogue_sources, exceeds
from thecal.therapy.rules.registry import rule
from thecal.therapy.thresholds import thresholds
from thecal.units import (
    CONCENTRATION,
    PERCENT,
    VOLUME,
    Figure,
    Provenance,
    show,
)

_PERCENT = 100


@rule(
    "pump.capacity",
    "Does the fill go into this reservoir?",
    severities="stop confirm",
    source="the pump's reservoir",
    figures=lambda: catalogue_sources("reservoir"),
    hazards="H04 H23",
)
def capacity(case: Case) -> Iterator[Finding]:
    """40 mL entered for a 20 mL pump is refused; an unknown capacity must be vouched for."""
    volume, reservoir = case.prescription.fill.volume_ml, case.pump.reservoir
    if reservoir is None:
        asked = show(volume, VOLUME)
        yield unknown(f"the reservoir of {case.pump.name}", Severity.CONFIRM, asked=asked)
    elif volume > reservoir.value:
        asked = show(volume, VOLUME)
        message = f"a fill of {asked} does not go into the {reservoir} of {case.pump.name}"
        yield exceeds(reservoir, asked, message, Severity.STOP)


@rule(
    "pump.alarm-volume",
    "Does the alarm come before the reservoir has nothing left to give?",
    severities="stop confirm note",
    source="alarm volume between what cannot be aspirated and the fill",
    figures=lambda: (*catalogue_sources("not_aspirable"), *catalogue_sources("refill_end_volume")),
    hazards="H18",
)
def alarm_volume(case: Case) -> Iterator[Finding]:
    """An alarm at or above the fill, below what the pump cannot give, or below its own end."""
    alarm, fill = case.alarm_volume_ml, case.prescription.fill.volume_ml
    left = case.pump.not_aspirable
    if alarm is None:
        return
    asked = show(alarm, VOLUME)
    if alarm >= fill:
        basis = Basis(By.DEVICE, "the fill itself", Provenance.DERIVED)
        message = f"the alarm volume {asked} is not below the fill"
        yield Finding(Severity.STOP, message, basis, asked, show(fill, VOLUME))
    elif left is not None and alarm < left.value:
        message = f"the alarm volume {asked} is below the {left} that cannot be drawn out"
        yield exceeds(left, asked, message, Severity.CONFIRM)
    end = case.pump.refill_end_volume
    if end is not None and alarm < end.value:
        message = f"the alarm volume {asked} is below the {end} at which {case.pump.name} ends its"
        yield exceeds(end, asked, f"{message} refill interval: that sets the date", Severity.NOTE)


@rule(
    "pump.residual",
    "How far does what cannot be aspirated dilute the fill?",
    severities="note confirm",
    source="residual and fill mix",
    figures=lambda: catalogue_sources("not_aspirable"),
    hazards="H16",
)
def residual(case: Case) -> Iterator[Finding]:
    """1.4 mL of 500 µg/mL under 18.6 mL of 2000 gives 1895; half or one and a half times asks."""
    left, volume = case.pump.not_aspirable, case.prescription.fill.volume_ml
    if case.prescription.before is None:
        return
    if left is None:
        yield unknown(f"how much {case.pump.name} keeps when emptied, to dilute the fill")
        return
    old = {part.name: part.strength for part in case.old_parts}
    for part in case.parts:
        mixed = mix(left.value, old.get(part.name, Fraction(0)), volume, part.strength)
        share = (mixed / part.strength - 1) * _PERCENT
        if share:
            yield _diluted(part, left, mixed, share)


def mix(left_ml: Fraction, old: Fraction, volume_ml: Fraction, new: Fraction) -> Fraction:
    """The concentration of a full reservoir, ``left_ml`` of it old, in the unit of both."""
    left = min(left_ml, volume_ml)
    return (left * old + (volume_ml - left) * new) / volume_ml


def _diluted(part: Part, left: Figure, mixed: Fraction, share: Fraction) -> Finding:
    within = thresholds()
    right = within.tip_dose_lowest.value <= share + _PERCENT <= within.tip_dose_highest.value
    sign = "+" if share > 0 else "−"
    asked, got = (part.drug.show(v, CONCENTRATION) for v in (part.strength, mixed))
    change = f"{sign}{show(abs(share), PERCENT, 3)}"
    return Finding(
        Severity.NOTE if right else Severity.CONFIRM,
        f"{part.name}: {left} stays in the emptied pump, so {asked} becomes {got} ({change}) "
        "unless it is rinsed",
        Basis.of_figure(left),
        asked,
        got,
        part.name,
    )
