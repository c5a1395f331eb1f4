"""Posting the outbox: each letter once; what could not leave stays for the next run.

Only one process posts at a time. A letter that left, though the process died before it could write
that down, leaves again under the same Message-ID: mail systems show it once, and it is never lost.
"""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parseaddr

import fasteners
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.utils import timezone

from thecal import care
from thecal.clinic.audit.canonical import digest
from thecal.clinic.audit.chain import Deed, append
from thecal.clinic.reminders.models import Letter, Sent

POST = "reminders.post"
_TURN = 0x74686563616C  # an advisory lock that nothing else here uses


class BusyError(RuntimeError):
    """Another process posts now."""


@dataclass(frozen=True, slots=True)
class Posted:
    """How many letters left, and how many could not."""

    left: int
    kept: int


@contextmanager
def _alone() -> Iterator[None]:
    """The only process that posts.

    Raises:
        BusyError: another does.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_TURN])
            if not cursor.fetchone()[0]:
                raise BusyError
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_TURN])
        return
    lock = fasteners.InterProcessLock(f"{connection.settings_dict['NAME']}.posting")
    if not lock.acquire(blocking=False):
        raise BusyError
    try:
        yield
    finally:
        lock.release()


def post_all() -> Posted:
    """Post what waits.

    Raises:
        BusyError: another process posts now.
    """
    left = kept = 0
    with _alone():
        for letter in Letter.objects.filter(sent=None).select_related("reminder__patient"):
            if _post(letter):
                left += 1
            else:
                kept += 1
    return Posted(left, kept)


def _post(letter: Letter) -> bool:
    if not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend"):
        try:
            gone = _message(letter).send()
        except (OSError, smtplib.SMTPException):
            return False
        if gone == 1:
            _write_down(letter)
            return True
    return False


def _message(letter: Letter) -> EmailMessage:
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    reminder = letter.reminder
    return EmailMessage(
        subject=f"{care.task_cards()[reminder.code].title}: {reminder.get_step_display()}",
        body=reminder.text,
        to=[letter.address],
        headers={"Message-ID": f"<{letter.pk}@{host}>"},
        connection=get_connection(),
    )


def _write_down(letter: Letter) -> None:
    with transaction.atomic():
        sent = Sent(letter=letter, at=timezone.now())
        sent.save()
        patient = letter.reminder.patient
        written = [{"kind": sent._meta.label, "id": str(sent.pk), "digest": digest(sent)}]
        append(Deed(POST, clinic=patient.clinic_id, patient=patient.pk), {"entries": written})
