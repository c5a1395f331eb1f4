"""A calendar as iCalendar (RFC 5545): events with lasting names, in the clinic's own zone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from thecal.clinic.calendars import gathering
from thecal.clinic.calendars.gathering import Dated
from thecal.clinic.calendars.models import Feed, Holds, Shows
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import Clinic

_GATHERS: Mapping[str, Callable[[Clinic, datetime], Iterator[Dated]]] = {
    Holds.REFILLS: gathering.refills,
    Holds.VISITS: gathering.visits,
    Holds.TASKS: gathering.tasks,
}


def calendar_of(feed: Feed, now: datetime) -> tuple[str, set[UUID]]:
    """The text, and whose dates are in it."""
    made = Calendar()
    made.add("prodid", "-//Thecal//clinic//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", f"Thecal: {feed.clinic}")
    told = set()
    for kind in feed.holds:
        for one in _GATHERS[kind](feed.clinic, now):
            made.add_component(_event(one, feed))
            told.add(one.patient.pk)
    made.add_missing_timezones()
    return made.to_ical().decode("utf-8"), told


def _event(one: Dated, feed: Feed) -> Event:
    event = Event()
    event.add("uid", f"{uuid5(NAMESPACE_URL, f'thecal:{feed.clinic_id}:{one.uid}')}@thecal")
    event.add("dtstamp", one.changed.astimezone(UTC))
    event.add("last-modified", one.changed.astimezone(UTC))
    event.add("summary", f"{one.title}: {called(one.patient, feed.shows)}")
    event.add("dtstart", one.start)
    if one.end is not None:
        event.add("dtend", one.end)
    if one.said:
        event.add("description", one.said)
    event.add("categories", [one.kind])
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    for at in one.alarms if feed.alarms else ():
        event.add_component(_alarm(at, one.title))
    return event


def _alarm(at: datetime, said: str) -> Alarm:
    """An alarm at an instant: one counted from the event would move when the clocks change."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", said)
    alarm.add("trigger", at.astimezone(UTC), parameters={"VALUE": "DATE-TIME"})
    return alarm


def called(patient: Patient, shows: str) -> str:
    """What a calendar calls a patient."""
    if shows == Shows.INITIALS:
        return "".join(f"{name[:1]}." for name in (patient.given_name, patient.family_name))
    return _("record %s") % patient.number
