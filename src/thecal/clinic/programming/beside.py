"""What is said beside a field, and the picture of a day, as HTML: each key draws dozens of them."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from thecal.clinic.programming.day_picture import DayPicture, Handle, Tick
from thecal.clinic.programming.form import Field

# Written by hand, for they are drawn more often than a template can be: every text is escaped here.


def beside(field: Field) -> SafeString:
    """The box beside a field: why it is not read, or is doubted, and its other unit."""
    return SafeString(_box(field, ""))


def all_beside(fields: Iterable[Field]) -> SafeString:
    """The boxes of many fields, each to take the place of the one that the page shows already."""
    return SafeString("".join([_box(one, ' hx-swap-oob="true"') for one in fields]))


def _box(field: Field, swap: str) -> str:
    inside = f"{_doubt(field)}{_echo(field)}"
    return f'<div id="e-{escape(field.key)}" class="said"{swap}>{inside}</div>'


def _doubt(field: Field) -> str:
    if field.problem:
        cross = '<span aria-hidden="true">✕</span>'
        return f'<p class="field__error">{cross} {escape(field.problem)}</p>'
    asked = field.question
    if asked is None:
        return ""
    key, checked = escape(field.key), " checked" if asked.is_answered else ""
    mean = escape(_("I mean"))
    return (
        f'<label class="question" for="q-{key}"><input type="checkbox" id="q-{key}" name="sure" '
        f'value="{escape(asked.token)}" form="editor"{checked}>'
        f"<strong>{escape(asked.why)}</strong> {mean} "
        f'<span class="nowrap">{escape(field.value)} {escape(field.unit)}</span>.</label>'
    )


def _echo(field: Field) -> str:
    if not field.echo or field.problem:
        return ""
    return f'<p class="echo">{escape(field.echo)}</p>'


def chart(day: DayPicture, number: int) -> SafeString:
    """The picture of a day as SVG: what runs now beneath, what is typed on top."""
    title = escape(_("The dose through a day, as typed, over what runs now"))
    return SafeString(
        f'<svg class="chart day__chart" viewBox="0 0 720 190" role="group" aria-label="{title}" '
        f'data-top="{day.top}" data-snap="{day.snap}">'
        f"{''.join(map(_up, day.up))}{''.join(map(_across, day.across))}"
        f"{_path('old-area', day.old_area)}{_path('line line--old', day.old)}"
        f"{_path('line line--new', day.new)}{_handles(day, number)}</svg>"
    )


def _up(tick: Tick) -> str:
    return (
        f'<line class="grid-line" x1="52" x2="710" y1="{tick.at}" y2="{tick.at}"/>'
        f'<text class="label end" x="46" y="{tick.at}" dy="4">{escape(tick.text)}</text>'
    )


def _across(tick: Tick) -> str:
    return (
        f'<line class="axis" x1="{tick.at}" x2="{tick.at}" y1="164" y2="168"/>'
        f'<text class="label middle" x="{tick.at}" y="181">{escape(tick.text)}</text>'
    )


def _path(kind: str, path: str) -> str:
    return f'<path class="{kind}" d="{escape(path)}"/>' if path else ""


def _handles(day: DayPicture, number: int) -> str:
    told = _("Step at %(at)s: arrow up and down change the rate, left and right the time")
    unit = escape(day.unit)
    return "".join(
        [_handle(one, unit, escape(told % {"at": one.at}), number) for one in day.handles]
    )


def _handle(one: Handle, unit: str, said: str, number: int) -> str:
    k, i, rate = one.schedule, one.step, escape(one.rate)
    return (
        f'<circle class="handle" cx="{one.x}" cy="{one.y}" r="9" tabindex="0" role="slider" '
        f'aria-label="{said}" aria-valuenow="{rate}" aria-valuemin="0" '
        f'aria-valuetext="{rate} {unit}" '
        f'id="h-{k}-{i}-{number}" data-at="f-s-{k}-{i}-at" data-rate="f-s-{k}-{i}-rate"/>'
    )
