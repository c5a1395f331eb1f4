"""What templates ask of :mod:`thecal.clinic.programming.beside`."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from thecal.clinic.programming import beside as drawn
from thecal.clinic.programming.day_picture import DayPicture
from thecal.clinic.programming.form import Field, Form
from thecal.clinic.programming.preview import Said

register = template.Library()


@register.simple_tag
def beside(field: Field) -> SafeString:
    """The box beside a field."""
    return drawn.beside(field, is_live=False)


@register.simple_tag
def all_beside(form: Form) -> SafeString:
    """Every field's box, each in place of the one that the page shows."""
    return format_html_join("", "{}", ((drawn.beside(one, is_live=True),) for one in form.fields))


@register.simple_tag
def findings_of(findings: Iterable[Said], notes: bool) -> SafeString:
    """The findings that are notes, or those that are more."""
    chosen = [one for one in findings if (one.severity == "note") is notes]
    return format_html_join("", "{}", ((drawn.finding(one),) for one in chosen))


@register.simple_tag
def chart(day: DayPicture, number: int) -> SafeString:
    """The picture of a day; the number keeps the names of its handles apart."""
    return drawn.chart(day, number)
