"""What templates ask of what is drawn by hand: boxes, pictures, totals and findings."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString

from thecal.clinic.programming import beside as drawn
from thecal.clinic.programming import coming_to
from thecal.clinic.programming.day_picture import DayPicture
from thecal.clinic.programming.form import Field, names_of
from thecal.clinic.programming.preview import Said, Total
from thecal.clinic.programming.reading import Read
from thecal.clinic.programming.sheet import Sheet

register = template.Library()


@register.simple_tag
def beside(field: Field) -> SafeString:
    """The box beside a field."""
    return drawn.beside(field)


@register.simple_tag
def all_beside(sheet: Sheet, read: Read) -> SafeString:
    """Every field's box, each in place of the one that the page shows."""
    return drawn.all_beside(names_of(sheet), read)


@register.simple_tag
def days_of(days: Iterable[DayPicture]) -> SafeString:
    """Each day with its picture."""
    return SafeString("".join([drawn.day(one, number) for number, one in enumerate(days, 1)]))


@register.simple_tag
def totals_of(totals: Iterable[Total]) -> SafeString:
    """The table of the totals."""
    return coming_to.totals(totals)


@register.simple_tag
def findings_of(findings: Iterable[Said], severities: str = "stop confirm note") -> SafeString:
    """The findings of these severities, in words separated by spaces."""
    chosen = severities.split()
    return coming_to.findings(one for one in findings if one.severity in chosen)
