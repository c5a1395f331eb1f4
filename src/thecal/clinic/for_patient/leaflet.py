"""The leaflet in plain words, in the language at hand: the same parts on the page and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from thecal import care
from thecal.clinic.for_patient.sheet import Amount, OwnDose, Program, Sheet
from thecal.clinic.for_patient.signs import AT_ONCE, signs_for
from thecal.clinic.pathway import figures
from thecal.pump.language import DAYS_PER_WEEK, MINUTES_PER_DAY, Mode
from thecal.therapy.file.prescription import clock
from thecal.units import MASS, plain_number, show

_SECONDS_PER_HOUR = 3600
_AT_RISK = {care.Stage.IN_TRIAL, care.Stage.EXPLANTED}
"""Where the signs count though there is no pump in the body."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the leaflet.

    Attributes:
        lines: paragraphs, before ``points``.
        rows: a table's, under ``heads``; several tables have a caption each.
        now: the number of the point where the patient is; None if it is no list of steps.
        urgent: whether it is about danger.
        unknown: whether it says that something is not known.
    """

    key: str
    title: str
    lines: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    now: int | None = None
    done: tuple[int, ...] = ()
    urgent: bool = False
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A small table."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = field(default_factory=tuple)


def leaflet(sheet: Sheet) -> tuple[Part, ...]:
    """Every part, the most urgent first."""
    return (
        *_when_to_call(sheet),
        _whom_to_call(sheet),
        _steps(sheet),
        _dates(sheet),
        *(_doses(sheet) if sheet.has_pump else ()),
        _what_it_is(sheet),
        _benefits(),
        _risks(),
        _sources(sheet),
    )


def _when_to_call(sheet: Sheet) -> Iterator[Part]:
    if sheet.has_pump is False and sheet.stage not in _AT_RISK:
        return
    found = signs_for(sheet.drugs)
    at_once = [_(one.text) for one in found if one.when == AT_ONCE]
    same_day = [_(one.text) for one in found if one.when != AT_ONCE]
    yield Part(
        "at-once",
        _("Get help at once"),
        (_at_once(sheet),),
        tuple(dict.fromkeys(at_once)),
        urgent=True,
    )
    yield Part(
        "same-day",
        _("Call your clinic on the same day"),
        (),
        tuple(dict.fromkeys(same_day)),
    )


def _at_once(sheet: Sheet) -> str:
    if sheet.reach.emergency:
        number = {"number": sheet.reach.emergency}
        return _("Call %(number)s. Say that you have a pump in your body.") % number
    return _("Call for an ambulance. Say that you have a pump in your body.")


def _whom_to_call(sheet: Sheet) -> Part:
    reach, rows = sheet.reach, []
    if reach.phone:
        hours = f" ({reach.hours})" if reach.hours else ""
        rows.append((_("By day"), f"{reach.phone}{hours}"))
    if reach.at_night:
        rows.append((_("At night and at weekends"), reach.at_night))
    if reach.emergency:
        rows.append((_("Emergency"), reach.emergency))
    missing = not (reach.phone and reach.at_night and reach.emergency)
    lines = (_("Your clinic has not given all of its numbers. Ask for them."),) if missing else ()
    tables = (Table(sheet.clinic, (_("When"), _("Number")), tuple(rows)),) if rows else ()
    return Part("whom", _("Whom to call"), lines, tables=tables, unknown=missing)


def _steps(sheet: Sheet) -> Part:
    """The way, and where the patient is on it."""
    force = figures.in_force()
    hours = int(force.figure("trial-observation").value or 0) // _SECONDS_PER_HOUR
    check = int(force.figure("wound-check").value or 0)
    out = int(force.figure("closures-out").value or 0)
    steps = {
        "selection": _(
            "We find out if a pump is right for you. You meet a neuropsychologist, who knows about"
            " the brain and the mind. This must come before we plan a trial or a pump."
        ),
        "trial": _(
            "The trial: a thin tube goes into your back. It is joined to a pump outside of your"
            " body. You stay for %(hours)s hours, so that we can see if it helps you."
        )
        % {"hours": hours},
        "decision": _(
            "We take the thin tube out. If the trial helped, you and your doctor talk about a"
            " pump that stays."
        ),
        "operation": _(
            "The pump goes under the skin of your belly. Most people sleep through this. You stay"
            " for the night, so that we can see that all is well."
        ),
        "healing": _(
            "Your wound heals. A doctor looks at it within %(check)s days. Staples or stitches"
            " come out after about %(out)s days."
        )
        % {"check": check, "out": out},
        "follow-up": _(
            "You live with your pump. You come back to have it filled. Your dose can be changed"
            " from outside, with no cut."
        ),
    }
    keys = list(steps)
    now = keys.index(sheet.place) if sheet.place in keys else None
    done = tuple(keys.index(key) for key in sheet.behind)
    lines = (_next(keys, now),) if now is not None else (_off_the_way(sheet),)
    return Part(
        "steps",
        _("Where you are, and what comes next"),
        lines,
        tuple(steps.values()),
        now=now,
        done=done,
    )


def _next(keys: list[str], now: int) -> str:
    if now + 1 >= len(keys):
        return _("You are at the last step. You stay with us for as long as you have your pump.")
    return _("You are at step %(now)s. Step %(next)s comes next.") % {
        "now": now + 1,
        "next": now + 2,
    }


def _off_the_way(sheet: Sheet) -> str:
    if not sheet.stage:
        return _("Your way has not begun yet. Ask your clinic what comes first.")
    return _("You are not on this way now. Ask your clinic what comes next for you.")


def _day(day: date | datetime) -> str:
    """A day in words, as the language writes it; of an instant the time by the clock too."""
    # Translators: how a day is written, in Django's letters for dates
    form = _("F j, Y")
    if isinstance(day, datetime):
        return f"{date_format(timezone.localtime(day), form)}, {timezone.localtime(day):%H:%M}"
    return date_format(day, form)


def _dates(sheet: Sheet) -> Part:
    names = {
        "trial": _("Your trial"),
        "implant": _("Your operation"),
        "replacement": _("Your new pump"),
        "explant": _("Your pump is taken out"),
        "refill": _("Your refill visit"),
    }
    windows = {
        "wound.check": _("A doctor looks at your wound"),
        "closures.remove": _("Staples or stitches come out"),
    }
    rows = [(names[one.procedure], _day(one.at)) for one in sheet.appointments]
    rows += [
        (windows[one.code], _("by %(day)s") % {"day": _day(one.latest or one.due)})
        for one in sheet.windows
    ]
    lines = [*_refill(sheet)]
    if not rows:
        lines.append(_("No visit is in the calendar now."))
    tables = (Table(_("Your visits"), (_("What"), _("When")), tuple(rows)),) if rows else ()
    late = sheet.latest_safe is not None and _today(sheet) > sheet.latest_safe
    return Part("dates", _("Your dates"), tuple(lines), tables=tables, urgent=late)


def _today(sheet: Sheet) -> date:
    return timezone.localdate(sheet.at)


def _refill(sheet: Sheet) -> Iterator[str]:
    if not sheet.has_pump:
        return
    last = sheet.latest_safe
    if last is None:
        yield _(
            "Nobody has written down the last safe day for your refill. Call your clinic and ask"
            " for it."
        )
    elif _today(sheet) > last:
        yield _(
            "Your last safe day for a refill was %(day)s. It is past. Call your clinic now."
        ) % {"day": _day(last)}
    else:
        yield _("Your pump must be filled by %(day)s. Do not come later.") % {"day": _day(last)}
    if last is not None:
        late = [one for one in sheet.appointments if one.procedure == "refill"]
        if late and timezone.localdate(late[0].at) > last:
            yield _("Your refill visit is too late for this. Call your clinic now.")
    yield _never_miss(sheet)


def _never_miss(sheet: Sheet) -> str:
    if "baclofen" in sheet.drugs:
        return _(
            "Never miss a refill. If baclofen stops all at once, you can get very ill. You can"
            " die from it."
        )
    return _("Never miss a refill. If your medicine stops all at once, you can get very ill.")


def _doses(sheet: Sheet) -> Iterator[Part]:
    program = sheet.program
    if program is None:
        said = _("We do not know for sure what your pump gives now. Ask your clinic.")
        yield Part("doses", _("What your pump gives you"), (said,), unknown=True)
        return
    lines = [_("This runs since %(day)s.") % {"day": _day(program.since)}]
    if program.mode == Mode.STOPPED:
        lines.append(_("Your pump is stopped. It gives you no medicine."))
    elif program.mode == Mode.MINIMUM_RATE:
        lines.append(_("Your pump runs as slowly as it can. This is no treatment."))
    yield Part(
        "doses", _("What your pump gives you"), tuple(lines), tables=tuple(_day_tables(program))
    )
    yield _own(program.own)


def _day_tables(program: Program) -> Iterator[Table]:
    heads = (_("From"), _("Until"), _("In this time, in all"))
    for one in program.days:
        rows = [
            (clock(hours.start_min), _until(hours.end_min), _amounts(hours.amounts))
            for hours in one.hours
        ]
        rows.append((_("The whole day"), "", _amounts(one.total)))
        yield Table(_names(one.days), heads, tuple(rows))


def _names(days: tuple[int, ...]) -> str:
    if len(days) == DAYS_PER_WEEK:
        return _("Every day")
    return ", ".join(str(WEEKDAYS[day]) for day in days)


def _until(minute: int) -> str:
    return _("midnight") if minute == MINUTES_PER_DAY else clock(minute)


def _amounts(amounts: tuple[Amount, ...]) -> str:
    return "; ".join(f"{_(one.drug)} {show(one.ug, MASS, unit=one.shown_in)}" for one in amounts)


def _own(own: OwnDose | None) -> Part:
    title = _("Your own controller")
    if own is None:
        return Part("own", title, (_("Your pump gives no extra doses when you ask for them."),))
    return Part(
        "own",
        title,
        (_("You can ask for an extra dose yourself."),),
        (
            _("One dose: %(dose)s. It takes %(minutes)s.")
            % {"dose": _amounts(own.amounts), "minutes": _minutes(own.minutes)},
            _("After a dose, wait for at least %(hours)s. The pump gives none before.")
            % {"hours": _hours_of(own.lockout_hours)},
            ngettext(
                "At most %(times)s dose in 24 hours.",
                "At most %(times)s doses in 24 hours.",
                own.most_a_day,
            )
            % {"times": own.most_a_day},
            _("Nobody but you may use it."),
        ),
    )


def _minutes(minutes: Fraction) -> str:
    text = plain_number(minutes)
    return ngettext("%(n)s minute", "%(n)s minutes", 1 if minutes == 1 else 2) % {"n": text}


def _hours_of(hours: Fraction) -> str:
    text = plain_number(hours)
    return ngettext("%(n)s hour", "%(n)s hours", 1 if hours == 1 else 2) % {"n": text}


def _what_it_is(sheet: Sheet) -> Part:
    lines = [
        _(
            "The pump is a small round case. It lies under your skin and holds your medicine. A"
            " thin tube runs from it to your back. The medicine goes right to the fluid around"
            " your spine, so you need much less of it."
        ),
        _("We fill the pump with a needle through your skin. We set the dose from outside."),
    ]
    rows = [
        (name, value)
        for name, value in (
            (_("Your pump"), sheet.pump),
            (_("Side"), {"left": _("left"), "right": _("right")}.get(sheet.side, "")),
            (_("Medicine in it"), ", ".join(_(drug) for drug in sheet.drugs)),
        )
        if value
    ]
    tables = (Table(_("Yours"), (_("What"), ""), tuple(rows)),) if rows else ()
    return Part("what", _("What the pump and the tube are"), tuple(lines), tables=tables)


def _benefits() -> Part:
    return Part(
        "benefits",
        _("How it can help you"),
        points=(
            _("You may feel less sick, throw up less, and be less sleepy."),
            _("Your bowels may work better."),
            _("You may need fewer pills."),
            _("You may be able to do more each day."),
            _(
                "A pump under the skin may get infected less often than one outside that stays"
                " for long."
            ),
        ),
    )


def _risks() -> Part:
    return Part(
        "risks",
        _("The risks"),
        (_("Talk about these with your doctor."),),
        (
            _("Infection: germs get into the wound, the pocket of the pump, or the tube."),
            _("Granuloma: a lump grows at the end of the tube. It can press on your nerves."),
            _("Paralysis: you can no longer move a part of your body."),
        ),
    )


def _sources(sheet: Sheet) -> Part:
    made = {"day": _day(sheet.at), "clinic": sheet.clinic}
    return Part(
        "about",
        _("About this sheet"),
        (
            _("Made on %(day)s from the record of %(clinic)s. Ask for a new one after each visit.")
            % made,
            _("It does not take the place of a talk with your doctor or nurse."),
            _(
                "The words follow a patient leaflet on the intrathecal pump (tamethepain.com), the"
                " labels of the medicines, and guidance for doctors."
            ),
        ),
    )
