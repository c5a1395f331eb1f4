"""Where the pump, as it was last read, holds something else than the record says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from thecal import formulary
from thecal.clinic.fills.models import mixture
from thecal.clinic.programming.standing import Standing
from thecal.pump.language import PL_PER_ML, Status
from thecal.therapy.solution_labels import strengths
from thecal.units import CONCENTRATION, VOLUME, parse, show

_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Differing:
    """One thing that the record and the pump say differently, each in its own words."""

    what: str
    record: str
    pump: str


def differing(standing: Standing) -> tuple[Differing, ...]:
    """What differs; empty where nothing does, and where the pump was never read.

    While a session's outcome is not known the program is not compared: either may be in the pump.
    """
    return (*_program(standing), *_reservoir(standing))


def said_of(standing: Standing) -> Mapping[str, Any]:
    """What the template of it draws."""
    told = standing.told
    return {
        "differing": differing(standing),
        "sounding": told.alarms if told else [],
        "read_at": told.recorded_at if told else None,
    }


def _program(standing: Standing) -> Iterator[Differing]:
    sent, told = standing.verified, standing.told
    if standing.unknown or told is None or not _is_of(standing):
        return
    if sent is None:
        if told.digest:
            nothing = _("no program is known to have been put in")
            yield Differing(_("program"), nothing, told.digest[:_DIGITS])
        return
    if told.recorded_at >= sent.recorded_at and told.digest != sent.digest:
        put_in = _("%(digest)s, verified %(day)s") % {
            "digest": sent.digest[:_DIGITS],
            "day": f"{sent.recorded_at:%Y-%m-%d}",
        }
        yield Differing(_("program"), put_in, told.digest[:_DIGITS] or _("none"))


def _is_of(standing: Standing) -> bool:
    """Whether the program that was put in and the reading are of the same pump."""
    sent, told = standing.verified, standing.told
    return sent is None or told is None or sent.device.serial == told.device.serial


def _reservoir(standing: Standing) -> Iterator[Differing]:
    """The fill that was written down before the pump was read."""
    fill, told, status = standing.fill, standing.told, standing.status
    if fill is None or told is None or status is None or told.happened_at < fill.happened_at:
        return
    volume = Fraction(status.fill.volume_pl, PL_PER_ML) if status.fill else None
    if volume != parse(fill.volume, VOLUME):
        held = _("none") if volume is None else show(volume, VOLUME)
        yield Differing(_("volume at the fill"), fill.volume, held)
    solution = {one.drug: one.concentration_ug_per_ml for one in mixture(fill.drugs)}
    if _held(status) != solution:
        labels = ", ".join(status.fill.labels) if status.fill else _("none")
        yield Differing(_("solution"), _worded(solution), labels)


def _held(status: Status) -> Mapping[str, Fraction] | None:
    return strengths(status.fill.labels) if status.fill else None


def _worded(solution: Mapping[str, Fraction]) -> str:
    return ", ".join(
        f"{name} {formulary.drug(name).show(strength, CONCENTRATION)}"
        for name, strength in solution.items()
    )
