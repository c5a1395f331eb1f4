"""What is read and done for patients: their sheet, the clinic's numbers, an invitation."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from thecal.clinic.audit.canonical import sha256
from thecal.clinic.for_patient.models import ContactDetails, Invitation
from thecal.clinic.for_patient.orders import Contacts, Inviting
from thecal.clinic.for_patient.sheet import Reach, Sheet, reach, sheet
from thecal.clinic.people.roles import READS, Role
from thecal.clinic.record.actions import About
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.refusals import ConflictError
from thecal.clinic.record.services import reads, writes

LASTS = timedelta(days=7)
"""How long an invitation's link can be used."""


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation's secret, which is shown this once and kept nowhere, and when it ends."""

    secret: str
    ends_at: datetime


@reads("for_patient.see", "See the patient's own page", READS | {Role.PATIENT})
def see(doing: Doing, order: Nothing) -> Sheet:  # noqa: ARG001
    """Where the patient is, their dates and doses, and how the clinic is reached."""
    return sheet(doing.patient, doing.now)


@reads(
    "for_patient.contacts",
    "See how the clinic is reached",
    READS | {Role.ADMINISTRATOR},
    about=About.CLINIC,
)
def contacts(doing: Doing, order: Nothing) -> Reach:  # noqa: ARG001
    """As its own leaflets say."""
    return reach(doing.clinic)


@writes(
    "for_patient.set-contacts",
    "Set how the clinic is reached",
    {Role.ADMINISTRATOR, Role.PHYSICIAN},
    about=About.CLINIC,
)
def set_contacts(doing: Doing, order: Contacts) -> ContactDetails:
    """From now on these stand on every patient's page and leaflet."""
    row = ContactDetails(clinic=doing.clinic, since=doing.now, **order.model_dump())
    row.save()
    doing.told_of(row)
    return row


@writes("for_patient.invite", "Invite the patient to their own page", {Role.PHYSICIAN, Role.NURSE})
def invite(doing: Doing, order: Inviting) -> Invited:  # noqa: ARG001
    """A link that can be used once; it ends the one before it.

    Raises:
        ConflictError: the patient has an account.
    """
    if doing.patient.account_id is not None:
        raise ConflictError("this patient has an account of their own already")
    secret, ends_at = secrets.token_urlsafe(32), doing.now + LASTS
    row = Invitation(
        patient=doing.patient,
        made_at=doing.now,
        made_by=doing.who,
        ends_at=ends_at,
        digest=sha256(secret),
    )
    row.save()
    doing.told_of(row)
    return Invited(secret, ends_at)
