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
    return [one.step for one in Reminder.objects.order_by("raised_at")]


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
        assert raise_all(timezone.now() + timedelta(days=28)) == 3
        assert {one.reminder.step for one in Letter.objects.all()} == {"third"}

    def test_more_people_are_told_as_it_gets_graver(self) -> None:
        with_addresses()
        filled_patient(14)
        now = timezone.now()
        for day in (0, 7, 11, 14, 15):
            raise_all(now + timedelta(days=day))
        told = Counter(one.reminder.step for one in Letter.objects.all())
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
        assert raise_all() == 0

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
        assert (post_all().left, post_all().left) == (2, 0)
        assert len(mail.outbox) == 2
        assert {one.to[0] for one in mail.outbox} == {
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
        assert (posted.left, posted.kept) == (0, 2)
        assert not Sent.objects.exists()
        assert post_all().left == 2

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
        assert len(expected) == 4
        assert set(office.ids) == expected
        assert len(office.ids) <= len(expected) + 2  # at most the one at hand at each kill
        assert Reminder.objects.count() == 2 * 3
        assert Sent.objects.count() == 4
        assert verify().holds
