"""What is said beside a field, and the picture of a day, as HTML: each key draws dozens of them."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from thecal.clinic.programming.day_picture import DayPicture, Handle, Tick
from thecal.clinic.programming.form import Field, key_of
from thecal.clinic.programming.reading import Question, Read

# Written by hand, for they are drawn more often than a template can be: every text is escaped here.


def beside(field: Field) -> SafeString:
    """The box beside a field: why it is not read, or is doubted, and its other unit."""
    return SafeString(_box(field.key, field.problem, field.question, field.echo, ""))


def all_beside(names: Iterable[str], read: Read) -> SafeString:
    """The boxes beside fields, each to take the place of the one that the page shows already."""
    return SafeString("".join([_anew(name, read) for name in names]))


def _anew(name: str, read: Read) -> str:
    said = read.problems.get(name, ""), read.questions.get(name), read.echoes.get(name, "")
    return _box(key_of(name), *said, ' hx-swap-oob="true"')


def _box(key: str, problem: str, asked: Question | None, echo: str, swap: str) -> str:
    inside = _problem(problem) if problem else f"{_doubt(key, asked)}{_echo(echo)}"
    return f'<div id="e-{escape(key)}" class="said"{swap}>{inside}</div>'


def _problem(why: str) -> str:
    cross = '<span aria-hidden="true">✕</span>'
    return f'<p class="field__error">{cross} {escape(why)}</p>'


def _doubt(key: str, asked: Question | None) -> str:
    if asked is None:
        return ""
    key, checked = escape(key), " checked" if asked.is_answered else ""
    mean = escape(_("I mean"))
    return (
        f'<label class="question" for="q-{key}"><input type="checkbox" id="q-{key}" name="sure" '
        f'value="{escape(asked.token)}" form="editor"{checked}>'
        f"<strong>{escape(asked.why)}</strong> {mean} "
        f'<span class="nowrap">{escape(asked.typed)}</span>.</label>'
    )


def _echo(echo: str) -> str:
    return f'<p class="echo">{escape(echo)}</p>' if echo else ""


def day(one: DayPicture, number: int) -> SafeString:
    """A day with its picture and its key; the number keeps the names of its handles apart."""
    rate_of, typed = escape(_("rate of")), escape(_("as typed"))
    now, not_known = _("now"), _("What runs now is not known of this drug.")
    old = f'<span class="key__old"></span> {escape(now)}' if one.old_area else escape(not_known)
    return SafeString(
        f'<figure class="day"><figcaption><strong>{escape(one.title)}</strong>, {rate_of} '
        f"{escape(one.drug)}, {escape(one.unit)}</figcaption>{_chart(one, number)}"
        f'<p class="key small"><span class="key__new"></span> {typed} {old}</p></figure>'
    )


def _chart(day: DayPicture, number: int) -> str:
    """The picture of a day as SVG: what runs now beneath, what is typed on top."""
    title = escape(_("The dose through a day, as typed, over what runs now"))
    return (
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
