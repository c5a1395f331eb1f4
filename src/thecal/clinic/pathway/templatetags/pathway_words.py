"""Quantities of the pathway for a page."""

from __future__ import annotations

from fractions import Fraction

from django import template

from thecal.clinic.pathway.words import stage_name
from thecal.units import DOSE_RATE, show

register = template.Library()


@register.filter
def mg_per_day(ug_per_day: Fraction) -> str:
    """A dose a day, with its unit."""
    return show(ug_per_day, DOSE_RATE)


@register.filter
def stage(name: str) -> str:
    """A stage in a few words."""
    return stage_name(name)
