"""What is said beside a field, and a finding, as HTML: drawn by hand, since each key draws many."""

from __future__ import annotations

from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from thecal.clinic.programming.day_picture import DayPicture, Handle
from thecal.clinic.programming.form import Field
from thecal.clinic.programming.preview import Said

_OUT_OF_BAND = SafeString(' hx-swap-oob="true"')
_NOTHING = SafeString("")


def beside(field: Field, is_live: bool) -> SafeString:
    """The box beside a field: why it is not read, or is doubted, and its other unit.

    Args:
        field: with what was read of it.
        is_live: whether it takes the place of the one that the page shows already.
    """
    oob = _OUT_OF_BAND if is_live else _NOTHING
    inside = format_html("{}{}", _doubt(field), _echo(field))
    return format_html('<div id="e-{}" class="said"{}>{}</div>', field.key, oob, inside)


def _doubt(field: Field) -> SafeString:
    if field.problem:
        cross = '<span aria-hidden="true">✕</span>'
        return format_html(
            '<p class="field__error">{} {}</p>',
            mark_safe(cross),  # noqa: S308  (a constant)
            field.problem,
        )
    if field.question is None:
        return _NOTHING
    return format_html(
        '<label class="question" for="q-{key}"><input type="checkbox" id="q-{key}" name="sure" '
        'value="{token}" form="editor"{checked}><strong>{why}</strong> {mean} '
        '<span class="nowrap">{value} {unit}</span>.</label>',
        key=field.key,
        token=field.question.token,
        checked=SafeString(" checked") if field.question.is_answered else _NOTHING,
        why=field.question.why,
        mean=_("I mean"),
        value=field.value,
        unit=field.unit,
    )


def _echo(field: Field) -> SafeString:
    if not field.echo or field.problem:
        return _NOTHING
    return format_html('<p class="echo">{}</p>', field.echo)


def chart(day: DayPicture, number: int) -> SafeString:
    """The picture of a day as SVG: what runs now beneath, what is typed on top."""
    up = format_html_join("", _UP, ((one.at, one.at, one.at, one.text) for one in day.up))
    marks = ((one.at, one.at, one.at, one.text) for one in day.across)
    across = format_html_join("", _ACROSS, marks)
    lines = (one for one in _paths(day) if one[1])
    return format_html(
        '<svg class="chart day__chart" viewBox="0 0 720 190" role="group" aria-label="{}" '
        'data-top="{}" data-snap="{}">{}{}{}{}</svg>',
        _("The dose through a day, as typed, over what runs now"),
        day.top,
        day.snap,
        up,
        across,
        format_html_join("", '<path class="{}" d="{}"/>', lines),
        format_html_join("", "{}", ((_handle(one, day.unit, number),) for one in day.handles)),
    )


_UP = (
    '<line class="grid-line" x1="52" x2="710" y1="{}" y2="{}"/>'
    '<text class="label end" x="46" y="{}" dy="4">{}</text>'
)
_ACROSS = (
    '<line class="axis" x1="{}" x2="{}" y1="164" y2="168"/>'
    '<text class="label middle" x="{}" y="181">{}</text>'
)


def _paths(day: DayPicture) -> tuple[tuple[str, str], ...]:
    return (
        ("old-area", day.old_area),
        ("line line--old", day.old),
        ("line line--new", day.new),
    )


def _handle(one: Handle, unit: str, number: int) -> SafeString:
    told = _("Step at %(at)s: arrow up and down change the rate, left and right the time")
    said = told % {"at": one.at}
    return format_html(
        '<circle class="handle" cx="{x}" cy="{y}" r="9" tabindex="0" role="slider" '
        'aria-label="{said}" aria-valuenow="{rate}" aria-valuemin="0" '
        'aria-valuetext="{rate} {unit}" '
        'id="h-{k}-{i}-{number}" data-at="f-s-{k}-{i}-at" data-rate="f-s-{k}-{i}-rate"/>',
        x=one.x,
        y=one.y,
        said=said,
        rate=one.rate,
        unit=unit,
        k=one.schedule,
        i=one.step,
        number=number,
    )


def finding(said: Said) -> SafeString:
    """A finding; from one key to the next most stay as they were."""
    return _finding(said, get_language() or "")


@lru_cache(maxsize=1024)
def _finding(said: Said, language: str) -> SafeString:  # noqa: ARG001  (drawn in it)
    return SafeString(render_to_string("programming/finding.html", {"one": said}))
