"""Today: who is due, what is under way, what nobody knows, and who is where."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from html import unescape
from typing import get_args

import programming
import pytest
import staff
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from journey import BEFORE_TRIAL, INFUSION, REFERRED, SELECTED, START, Clock, flow, running, walk
from refilling import filled_patient

from thecal.clinic.patients.models import Patient
from thecal.clinic.patients.orders import Due, Listing
from thecal.clinic.people.roles import Role
from thecal.clinic.pumps.models import Came, Device, Outcome, Purpose, Session, Status, Way
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.projections import renew
from thecal.clinic.today.models import Concern, Kind
from thecal.clinic.today.pages import days_left
from thecal.clinic.today.services import now, show

pytestmark = pytest.mark.usefixtures("record")


@pytest.fixture
def clock() -> Iterator[Clock]:
    with running() as clock:
        yield clock


def browser(role: Role = Role.NURSE) -> Client:
    client = Client()
    client.force_login(staff.member(role), staff.BACKEND)
    return client


def text_of(name: str, **asked: str) -> str:
    address = reverse(name, kwargs={"clinic": staff.clinic().pk})
    return unescape(browser().get(address, asked).content.decode())


def in_trial(clock: Clock) -> Patient:
    patient = staff.patient(family_name="Observed")
    walk(patient, [*SELECTED, *BEFORE_TRIAL, START, INFUSION, flow("3", hours=1)], clock)
    return patient


def test_refills_stand_by_their_latest_safe_day() -> None:
    late, soon = filled_patient(-3, 1).patient, filled_patient(5, 2).patient
    found = show(staff.member(Role.NURSE), staff.clinic(), Nothing())
    assert [one.patient for one in found.refills] == [late.pk, soon.pk]
    text = text_of("today")
    assert "3 days too late" in text
    assert "in 5 days" in text
    assert text.index(late.number) < text.index(soon.number)


@pytest.mark.parametrize(("day", "days"), [(2, 1), (3, 0), (4, -1)])
def test_the_latest_safe_day_itself_is_not_over(day: int, days: int) -> None:
    assert days_left(date(2026, 3, 3), date(2026, 3, day)) == days
    assert days_left(None, date(2026, 3, day)) is None


def test_an_observation_is_due_in_minutes(clock: Clock) -> None:
    patient = in_trial(clock)
    clock.wait(minutes=20)
    assert "in 40 min" in text_of("today.now")
    clock.wait(hours=2)
    found = now(staff.member(Role.NURSE), staff.clinic(), Nothing())
    assert found.observations[0].patient == patient.pk
    assert found.observations[0].is_overdue
    assert "since" in text_of("today.now")


def session(patient: Patient, device: Device, **more: object) -> Session:
    made = Session(
        **{
            "patient": patient,
            "device": device,
            "way": Way.LINK,
            "purpose": Purpose.SEND,
            "happened_at": timezone.now(),
            "recorded_at": timezone.now(),
            "recorded_by": staff.member(Role.NURSE),
            "recorded_role": "nurse",
            **more,
        }
    )
    made.save(force_insert=True)
    return made


def came(of: Session, outcome: Came) -> None:
    Outcome(
        patient=of.patient,
        session=of,
        outcome=outcome,
        happened_at=timezone.now(),
        recorded_at=timezone.now(),
        recorded_by=of.recorded_by,
        recorded_role="nurse",
    ).save(force_insert=True)


def kinds(patient: Patient) -> list[str]:
    renew(patient.pk, timezone.now())
    return list(Concern.objects.filter(patient=patient).values_list("kind", flat=True))


def test_a_session_of_which_nobody_knows_stays_in_sight_until_somebody_does() -> None:
    patient = staff.patient(family_name="Unsure")
    sent = session(patient, programming.pump(patient))
    assert kinds(patient) == [Kind.UNKNOWN]
    came(sent, Came.UNKNOWN)
    assert kinds(patient) == [Kind.UNKNOWN]
    assert "Unsure, Given" in text_of("today")
    came(sent, Came.VERIFIED)
    assert kinds(patient) == []


def test_a_reading_without_an_outcome_changed_nothing_and_is_no_concern() -> None:
    patient = staff.patient()
    session(patient, programming.pump(patient), purpose=Purpose.READ)
    assert kinds(patient) == []


def read(patient: Patient, of: Session, alarms: list[str]) -> None:
    Status(
        patient=patient,
        device=of.device,
        session=of,
        revision=1,
        running="simple",
        delivered_pl=0,
        told={"alarms": [{"name": one} for one in alarms]},
        happened_at=timezone.now(),
        recorded_at=timezone.now(),
        recorded_by=of.recorded_by,
        recorded_role="nurse",
    ).save(force_insert=True)


def test_an_alarm_stays_until_the_pump_is_read_without_it() -> None:
    patient = staff.patient()
    of = session(patient, programming.pump(patient), purpose=Purpose.READ)
    read(patient, of, ["low-reservoir"])
    assert kinds(patient) == [Kind.ALARM]
    assert "low-reservoir" in text_of("today.now")
    read(patient, of, [])
    assert kinds(patient) == []


def test_another_clinic_s_day_is_not_seen() -> None:
    staff.patient(staff.ELSEWHERE, family_name="Elsewhere")
    address = reverse("today", kwargs={"clinic": staff.clinic(staff.ELSEWHERE).pk})
    assert browser().get(address).status_code == 404
    assert "Elsewhere" not in text_of("today")


def test_patients_are_listed_by_stage_and_by_what_is_due(clock: Clock) -> None:
    in_trial(clock)
    staff.patient(family_name="Fresh")
    assert "Observed, Given" in text_of("patients", stage="in-trial")
    assert "Fresh, Given" not in text_of("patients", stage="in-trial")
    assert "Fresh, Given" in text_of("patients", stage="none")
    assert "Observed, Given" in text_of("patients", due="day")
    assert "Fresh, Given" not in text_of("patients", due="day")
    clock.wait(hours=-3)
    assert "Observed, Given" not in text_of("patients", due="overdue")


def test_the_stages_lead_to_their_lists(clock: Clock) -> None:
    in_trial(clock)
    walk(staff.patient(family_name="Fresh"), REFERRED, clock)
    address, page = reverse("patients", kwargs={"clinic": staff.clinic().pk}), text_of("today")
    bars = [page.find(f'href="{address}?stage={stage}"') for stage in ("selection", "in-trial")]
    assert -1 not in bars
    assert bars == sorted(bars), "in the order of the pathway"


def test_what_a_page_asks_by_itself_keeps_no_session_alive() -> None:
    client = browser()
    address = reverse("today.now", kwargs={"clinic": staff.clinic().pk})
    assert "sessionid" in client.get(address).cookies
    assert "sessionid" not in client.get(address, headers={"X-Unattended": "yes"}).cookies


def test_a_part_asked_for_after_signing_out_leads_the_whole_page_to_sign_in() -> None:
    address = reverse("today.now", kwargs={"clinic": staff.clinic().pk})
    answer = Client().get(address, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == reverse("account_login")
    assert answer.content == b""


def test_the_list_offers_what_it_can_be_asked() -> None:
    offered = set(get_args(Listing.model_fields["due"].annotation)) - {""}
    assert offered == set(Due.values)
