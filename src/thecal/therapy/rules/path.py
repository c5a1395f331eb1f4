"""Rules of the path: internal tubing, catheter, and priming them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal.pump.language import (
    PL_PER_ML,
)
from thecal.therapy.case import Case
from thecal.therapy.findings import Basis, By, Finding, Severity, unknown
from thecal.therapy.rules.device_limits import catalogue_sources, exceeds
from thecal.therapy.rules.registry import rule
from thecal.units import (
    MASS,
    VOLUME,
    Provenance,
    plain_number,
    show,
)

_PERCENT = 100


@rule(
    "path.tubing",
    "Is the internal tubing the corrected figure?",
    severities="stop",
    source="RC-2017-RN-00065-1",
    figures=lambda: catalogue_sources("superseded_internal_tubing"),
    hazards="H07",
)
def tubing(case: Case) -> Iterator[Finding]:
    """0.199 mL was shown before the correction and overdoses at priming: refused by name."""
    stated, known = case.prescription.pump.internal_tubing_ml, case.pump.internal_tubing
    old = case.pump.superseded_internal_tubing
    for value in (stated, known.value if known else None):
        if old is not None and value == old.value:
            asked = show(value, VOLUME)
            extra = value - known.value if known else Fraction(0)
            mass = case.primary.drug.show(extra * case.primary.strength, MASS)
            message = f"internal tubing {asked} is the superseded figure; priming with it would "
            message += f"give {mass} of {case.primary.name} too much"
            basis = Basis.of_figure(old)
            yield Finding(Severity.STOP, message, basis, asked, str(known or "not this figure"))
            return
    if stated is not None and known is not None and stated != known.value:
        asked = show(stated, VOLUME)
        message = f"internal tubing is stated as {asked}, the catalogue has {known}"
        yield exceeds(known, asked, message, Severity.STOP)


@rule(
    "path.unknown",
    "Is the volume between rotor and tip known?",
    severities="note",
    source="Thecal: a missing figure is never taken as 'fine'",
    hazards="H07",
)
def path_unknown(case: Case) -> Iterator[Finding]:
    """Without it nothing can be primed or bridged."""
    if case.path.tubing_ml is None:
        yield unknown(f"the internal tubing of {case.pump.name}; priming is not computed")
    if case.path.dead_volume_ml_per_cm is None:
        yield unknown(f"the dead volume of {case.catheter.name}; priming is not computed")
    elif case.path.catheter_ml is None:
        basis = Basis(By.UNKNOWN, "the prescription", Provenance.FOUND)
        message = "catheter.length is not stated; priming is not computed"
        yield Finding(Severity.NOTE, message, basis, "unknown")


@rule(
    "path.priming",
    "What does priming deliver, and from which volume?",
    severities="note",
    source="volume of tubing and catheter at the pump's highest rate",
    figures=lambda: catalogue_sources("internal_tubing"),
    hazards="H07",
)
def priming(case: Case) -> Iterator[Finding]:
    """The path's drug, and that the fill is what remains after the visit."""
    if not case.primes or case.priming is None:
        return
    volume = Fraction(case.priming.bolus.volume_pl, PL_PER_ML)
    amount = case.primary.drug.show(volume * case.primary.strength, MASS)
    filled = case.prescription.fill.volume_ml
    minutes = plain_number(Fraction(case.priming.bolus.duration_s, 60), 3)
    figure = case.pump.internal_tubing
    basis = (
        Basis.of_figure(figure)
        if figure
        else Basis(By.DEVICE, "stated in the prescription", Provenance.FOUND)
    )
    yield Finding(
        Severity.NOTE,
        f"priming moves {show(volume, VOLUME)} ({amount} of {case.primary.name}) into the path "
        f"in {minutes} min; fill.volume is what the reservoir holds after that: a pump filled to "
        f"{show(filled, VOLUME)} and primed from it holds {show(filled - volume, VOLUME)}, and "
        "that is the volume to state",
        basis,
        show(volume, VOLUME),
    )


@rule(
    "device.catheter",
    "Are pump and catheter made for each other?",
    severities="confirm",
    source="the makers' catalogues",
)
def catheter(case: Case) -> Iterator[Finding]:
    """A catheter of another maker's family."""
    families = case.catheter.families
    if families and case.pump.family not in families:
        basis = Basis(By.DEVICE, f"{case.catheter.name}: {case.catheter.maker}", Provenance.DERIVED)
        asked, limit = f"{case.catheter.name} on {case.pump.name}", ", ".join(families)
        message = f"{case.catheter.name} is made for {limit}, not for {case.pump.name}"
        yield Finding(Severity.CONFIRM, message, basis, asked, limit)
    elif not families:
        asked = f"{case.catheter.name} on {case.pump.name}"
        yield unknown(f"which pumps {case.catheter.name} fits", Severity.CONFIRM, asked=asked)
