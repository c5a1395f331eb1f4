"""Calendars: the right day over any clock change, lasting names, no patient's name, one's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import journey
import pytest
import refilling
import staff
from django.test import Client, override_settings
from django.utils import timezone
from exchanging import path_of, reader
from icalendar import Calendar, Component

from thecal.care import PUBLISHED
from thecal.clinic.audit.models import Event
from thecal.clinic.calendars import gathering
from thecal.clinic.calendars.gathering import MORNING, mornings_before
from thecal.clinic.calendars.models import Feed
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.record.services import services

pytestmark = pytest.mark.usefixtures("record")
ONE_ENGINE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
LONDON = ZoneInfo("Europe/London")


@pytest.fixture(autouse=True)
def _in_london() -> Iterator[None]:
    with override_settings(TIME_ZONE="Europe/London"):
        yield


def opened(role: Role = Role.NURSE, **order: Any) -> str:
    """The path of a new address."""
    made = services()["calendars.open"].ask(staff.member(role), staff.clinic(), order)
    return f"/calendars/{made.secret}.ics"


def events(address: str) -> list[Component]:
    answer = Client().get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content.decode())
    assert calendar.get("version") == "2.0"
    return list(calendar.walk("VEVENT"))


def alarms_of(event: Component) -> list[datetime]:
    return [one.decoded("trigger") for one in event.walk("VALARM")]


def test_a_refill_is_on_its_latest_safe_day_and_rings_in_the_morning() -> None:
    fill = refilling.filled_patient(days_left=20)
    (event,) = events(opened(holds=["refills"]))
    assert event.decoded("dtstart") == fill.latest_safe
    assert fill.latest_safe is not None
    rings = [one.astimezone(LONDON) for one in alarms_of(event)]
    assert [(fill.latest_safe - one.date()).days for one in rings] == [14, 7, 3, 0]
    assert {one.time() for one in rings} == {MORNING}
    text = str(event["summary"])
    assert fill.patient.number in text
    assert str(fill.refill_due) in str(event["description"])
    assert "baclofen" not in event.to_ical().decode()


@ONE_ENGINE
def test_alarms_are_at_nine_before_and_after_the_clocks_change() -> None:
    rings = mornings_before(date(2027, 4, 2), PUBLISHED)  # British clocks change on 2027-03-28
    assert {one.astimezone(LONDON).time() for one in rings} == {MORNING}
    hours = [(one.utcoffset() or timedelta(0)) // timedelta(hours=1) for one in rings]
    assert hours == [0, 0, 1, 1]


@ONE_ENGINE
def test_a_visit_keeps_its_instant_and_its_name_when_it_is_moved_and_goes_when_cancelled() -> None:
    with journey.running() as clock:
        clock.now = datetime(2026, 10, 20, 9, tzinfo=LONDON)
        patient = staff.patient()
        journey.walk(patient, journey.SELECTED, clock)
        address = opened(holds=["visits"])
        summer = datetime(2026, 10, 24, 10, tzinfo=LONDON)
        schedule(patient, summer)
        (event,) = events(address)
        start = event.decoded("dtstart")
        assert start == summer
        assert start.utcoffset() == timedelta(hours=1)
        name = event["uid"]
        winter = datetime(2026, 10, 26, 10, tzinfo=LONDON)
        clock.wait(hours=1)
        schedule(patient, winter)
        (event,) = events(address)
        assert event.decoded("dtstart") == winter
        assert event.decoded("dtstart").hour == 10
        assert event["uid"] == name
        clock.wait(hours=1)
        order = {"happened_at": clock.now, "procedure": "trial", "reason": "a cold"}
        services()["appointments.cancel"].ask(staff.member(Role.NURSE), patient, order)
        assert events(address) == []


def schedule(patient: Patient, planned: datetime) -> None:
    order = {"planned": planned, "method": "catheter"}
    services()["appointments.schedule-trial"].ask(staff.member(Role.NURSE), patient, order)


def test_tasks_have_their_window_and_keep_their_names() -> None:
    with journey.running() as clock:
        patient = staff.patient()
        journey.walk(patient, [*journey.IMPLANTED, *journey.HOME], clock)
        address = opened(holds=["tasks"])
        first, second = events(address), events(address)
    assert first
    assert [one["uid"] for one in first] == [one["uid"] for one in second]
    assert len({one["uid"] for one in first}) == len(first)
    known = {str(one.due): one for one in patient.open_tasks.exclude(due=None)}
    for event in first:
        assert str(event.decoded("dtstart").astimezone(ZoneInfo("UTC"))) in known


@ONE_ENGINE
def test_no_calendar_has_a_patient_s_name() -> None:
    fill = refilling.filled_patient(days_left=20)
    number, initials = (
        Client().get(opened(shows=shows)).content.decode() for shows in ("number", "initials")
    )
    assert fill.patient.number in number
    assert "G.F." in initials
    assert fill.patient.number not in initials
    for text in (number, initials):
        assert fill.patient.family_name not in text
        assert fill.patient.given_name not in text
        assert str(fill.patient.pk) not in text


@ONE_ENGINE
def test_an_address_ends_with_the_role_when_closed_and_with_the_account() -> None:
    refilling.filled_patient(days_left=20)
    addresses = [opened(Role.READER), opened(Role.NURSE), opened(Role.PHARMACIST)]
    assert all(events(one) for one in addresses)
    administrator = staff.member(Role.ADMINISTRATOR)
    ended = {"user": staff.member(Role.READER).pk, "role": Role.READER}
    services()["people.end-role"].ask(administrator, staff.clinic(), ended)
    nurse = staff.member(Role.NURSE)
    feed = Feed.objects.get(person=nurse)
    services()["calendars.close"].ask(nurse, staff.clinic(), {"feed": feed.pk})
    closed = {"user": staff.member(Role.PHARMACIST).pk}
    services()["people.close"].ask(administrator, staff.clinic(), closed)
    for one in addresses:
        assert Client().get(one).status_code == 404
    assert Client().get("/calendars/guessed.ics").status_code == 404


@ONE_ENGINE
def test_only_a_digest_is_kept_and_every_reading_is_in_the_trail() -> None:
    fill = refilling.filled_patient(days_left=20)
    address = opened()
    secret = address.rpartition("/")[2].removesuffix(".ics")
    assert secret not in str(Feed.objects.values())
    assert not any(secret in one.detail for one in Event.objects.all())
    events(address)
    event = Event.objects.latest("seq")
    assert (event.action, event.who) == ("calendars.fetch", staff.member(Role.NURSE).pk)
    assert json.loads(event.detail)["patients"] == [str(fill.patient_id)]


@ONE_ENGINE
def test_the_page_opens_shows_once_and_closes() -> None:
    client, there = reader(Role.NURSE), f"/clinics/{staff.clinic().pk}/calendars"
    fields = {"holds": ["refills"], "shows": "number", "alarms": "no"}
    answer = client.post(there, fields)
    assert answer.status_code == 201
    address = answer.context["address"]
    assert events(path_of(address)) == []
    assert address not in client.get(there).content.decode()
    feed = Feed.objects.get()
    assert (feed.holds, feed.alarms) == (["refills"], False)
    assert client.post(f"{there}/{feed.pk}/close").status_code == 302
    assert Client().get(path_of(address)).status_code == 404
    assert client.post(there, {"holds": [], "shows": "name"}).status_code == 422


@ONE_ENGINE
def test_another_clinic_s_dates_are_not_in_it() -> None:
    refilling.filled_patient(days_left=20)
    made = services()["calendars.open"].ask(
        staff.member(Role.NURSE, staff.ELSEWHERE), staff.clinic(staff.ELSEWHERE), {}
    )
    assert events(f"/calendars/{made.secret}.ics") == []


@ONE_ENGINE
def test_a_refill_without_a_date_is_in_sight_every_day() -> None:
    fill = refilling.filled_patient(days_left=20)
    rows = [fill]
    fill.latest_safe = fill.refill_due = None
    with patch.object(gathering, "running", lambda clinic: rows):  # noqa: ARG005
        (event,) = events(opened(holds=["refills"]))
    assert event.decoded("dtstart") == timezone.localdate()
    assert "no date is known" in str(event["summary"])
