"""Refills that are due: told of once for each step, to more people as it gets graver."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import databases
import pytest
import staff
from django.core import mail
from django.test import Client, override_settings
from django.utils import timezone
from post_office import open_office
from refilling import filled_patient, with_addresses

from thecal.clinic.audit.verifying import verify
from thecal.clinic.fills.models import Fill
from thecal.clinic.people.roles import Role
from thecal.clinic.record.services import services
from thecal.clinic.reminders.models import Letter, Reminder, Sent, Step
from thecal.clinic.reminders.posting import post_all
from thecal.clinic.reminders.raising import raise_all

STEPS = [Step.FIRST, Step.SECOND, Step.THIRD, Step.LATEST, Step.MISSED]


def steps() -> list[str]:
    return [one.step for one in of_refills().order_by("raised_at")]


def of_refills() -> Any:
    """Reminders of the refill itself; other tasks of the patients are told of too."""
    return Reminder.objects.filter(code__in=("refill", "refill.missed"))


def refill_letters() -> Any:
    return Letter.objects.filter(reminder__in=of_refills())


@pytest.mark.usefixtures("record")
class TestRaising:
    def test_a_refill_escalates_at_14_7_and_3_days_the_latest_safe_day_and_after(self) -> None:
        filled_patient(30)
        now = timezone.now()
        told = []
        for day in range(40):
            before = set(steps())
            raise_all(now + timedelta(days=day))
            told += [(30 - day, step) for step in steps() if step not in before]
        assert told == [(14, "first"), (7, "second"), (3, "third"), (0, "latest"), (-1, "missed")]

    def test_each_step_is_raised_once_whatever_the_clock_does(self) -> None:
        filled_patient(30)
        now = timezone.now()
        for day in (17, 16, 23, 16, 40, 1, 40, 23):
            raise_all(now + timedelta(days=day))
        assert sorted(steps()) == sorted(STEPS)

    def test_a_night_in_which_the_clocks_change_loses_and_doubles_nothing(self) -> None:
        filled_patient(10)
        now = timezone.now()
        with timezone.override("Europe/London"):
            for hour in range(0, 12 * 24, 5):
                raise_all(now + timedelta(hours=hour))
        assert sorted(steps()) == sorted(STEPS)

    def test_what_was_slept_through_is_raised_and_only_the_gravest_is_posted(self) -> None:
        with_addresses()
        filled_patient(30)
        raise_all(timezone.now() + timedelta(days=28))
        assert sorted(steps()) == ["first", "second", "third"]
        assert {one.reminder.step for one in refill_letters()} == {"third"}

    def test_more_people_are_told_as_it_gets_graver(self) -> None:
        with_addresses()
        filled_patient(14)
        now = timezone.now()
        for day in (0, 7, 11, 14, 15):
            raise_all(now + timedelta(days=day))
        told = Counter(one.reminder.step for one in refill_letters())
        assert [told[step] for step in STEPS] == [1, 1, 2, 3, 4]
        assert not Letter.objects.filter(to__username__endswith="-two").exists()

    def test_the_next_fill_ends_it(self) -> None:
        fill = filled_patient(3)
        who, patient = staff.member(Role.NURSE), fill.patient
        order: dict[str, dict[str, Any]] = {
            "fills.watch": {"overdose_signs": "no"},
            "fills.close": {},
            "fills.begin": {"device": fill.visit.device_id},
            "fills.aspirate": {"volume": "4 mL", "expected": "4 mL", "delivered": "16 mL"},
            "fills.read-label": {
                "drugs": "baclofen 500 ug/mL",
                "expires": timezone.localdate() + timedelta(days=9),
            },
            "fills.fill": {"volume": "20 mL"},
        }
        for action, asked in order.items():
            services()[action].ask(who, patient, asked)
        assert Fill.objects.filter(patient=patient).count() == 2
        raise_all()
        assert steps() == []

    def test_a_reminder_has_no_name_and_no_drug(self) -> None:
        with_addresses()
        fill = filled_patient(3)
        raise_all()
        text = Reminder.objects.get(step="third").text
        assert fill.patient.family_name not in text
        assert "baclofen" not in text
        assert str(fill.latest_safe) in text

    def test_the_pages_show_it_and_the_list_has_the_nearest_first(self) -> None:
        later, sooner = filled_patient(20, 1), filled_patient(3, 2)
        raise_all()
        client = Client()
        client.force_login(staff.member(Role.NURSE), staff.BACKEND)
        assert "Third reminder" in client.get(f"/patients/{sooner.patient_id}").content.decode()
        text = client.get(f"/clinics/{staff.clinic().pk}/refills").content.decode()
        assert text.index(str(sooner.patient_id)) < text.index(str(later.patient_id))


@pytest.mark.usefixtures("record")
class TestPosting:
    def test_a_letter_leaves_once(self) -> None:
        with_addresses()
        filled_patient(3)
        raise_all()
        waiting = Letter.objects.count()
        assert (post_all().left, post_all().left) == (waiting, 0)
        assert len(mail.outbox) == waiting
        ours = {f"<{one.pk}@localhost>" for one in refill_letters()}
        of_the_refill = [one for one in mail.outbox if one.extra_headers["Message-ID"] in ours]
        assert {one.to[0] for one in of_the_refill} == {
            "nurse-one@clinic.example",
            "physician-one@clinic.example",
        }

    def test_what_cannot_leave_stays_for_the_next_run(self) -> None:
        with_addresses()
        filled_patient(3)
        raise_all()
        with override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=9,
        ):
            posted = post_all()
        assert (posted.left, posted.kept) == (0, Letter.objects.count())
        assert not Sent.objects.exists()
        assert post_all().left == posted.kept

    def test_everything_is_in_the_trail(self) -> None:
        with_addresses()
        filled_patient(3)
        raise_all()
        post_all()
        assert verify().holds


# What `thecal clinic remind` does, with mail that goes in the clear to the office of the test.
_SCRIPT = """
import django
django.setup()
from django.conf import settings
settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", {port}
from thecal.clinic.reminders.posting import post_all
from thecal.clinic.reminders.raising import raise_all
raise_all()
posted = post_all()
print(posted.left, posted.kept)
"""


def remind(url: str, port: int) -> subprocess.Popen[str]:
    clean = {key: one for key, one in os.environ.items() if not key.startswith("THECAL_")}
    settings = "thecal.clinic.project.development"
    return subprocess.Popen(
        [sys.executable, "-c", _SCRIPT.format(port=port)],
        env={**clean, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_killed_again_and_again_it_loses_no_letter_and_raises_nothing_twice(
    own_record: str,
) -> None:
    with_addresses()
    for number in range(2):
        filled_patient(3, number)
    databases.leave()
    with open_office() as office:
        office.pause_s = 0.1
        for letters in (1, 3):
            process = remind(own_record, office.port)
            until = time.monotonic() + 60
            while len(office.ids) < letters and process.poll() is None:
                assert time.monotonic() < until
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            process.communicate()
        office.pause_s = 0.0
        out, err = remind(own_record, office.port).communicate(timeout=60)
        assert (err, out.split()[1]) == ("", "0")
        databases.use(databases.described(own_record))
        assert raise_all() == 0
        assert post_all().left == 0
        expected = {f"{one.pk}@localhost" for one in Letter.objects.all()}
        assert {f"{one.pk}@localhost" for one in refill_letters()} <= expected
        assert refill_letters().count() == 4
        assert set(office.ids) == expected
        assert len(office.ids) <= len(expected) + 2  # at most the one at hand at each kill
        assert of_refills().count() == 2 * 3
        assert Sent.objects.count() == len(expected)
        assert verify().holds


_GOING_ON = """
from django.conf import settings
from thecal.cli import app
from thecal.clinic.project import serving

prepared = serving.prepare

def prepare(changes):
    found = prepared(changes)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", {port}
    return found

serving.prepare = prepare
app(["clinic", "remind", "--every", "1s", "--development"])
"""


def going_on(url: str, port: int) -> subprocess.Popen[str]:
    """``thecal clinic remind --every 1s``, with mail in the clear to the office of the test."""
    clean = {key: one for key, one in os.environ.items() if not key.startswith("THECAL_")}
    clean.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.Popen(
        [sys.executable, "-c", _GOING_ON.format(port=port)],
        env={**clean, "DATABASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def until(office: Any, letters: int, process: subprocess.Popen[str]) -> None:
    stop = time.monotonic() + 90
    while len(set(office.ids)) < letters:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < stop
        time.sleep(0.02)


def test_a_scheduler_that_is_killed_and_started_again_goes_on_and_stops_when_told(
    own_record: str,
) -> None:
    with_addresses()
    filled_patient(3)
    databases.leave()
    with open_office() as office:
        office.pause_s = 0.05
        process = going_on(own_record, office.port)
        until(office, 1, process)
        process.kill()
        process.communicate()
        process = going_on(own_record, office.port)
        databases.use(databases.described(own_record))
        until(office, Letter.objects.count(), process)
        filled_patient(3, 2)  # while it runs
        until(office, Letter.objects.count() + 2, process)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, "")
        assert "reminders raised: " in out
        raise_all()
        assert post_all().left == 0
        expected = {f"{one.pk}@localhost" for one in Letter.objects.all()}
        assert set(office.ids) == expected
        assert len(office.ids) <= len(expected) + 1  # at most the one at hand at the kill
        assert verify().holds
