"""How a clinic is reached, and invitations of patients to accounts: rows that are written once."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from thecal.clinic.audit.kept import AppendOnlyModel


class ContactDetails(AppendOnlyModel):
    """How a clinic is reached from ``since`` on, as it says itself; the newest row counts.

    Attributes:
        emergency: the number of the emergency service where the clinic is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey("people.Clinic", models.PROTECT, related_name="contact_details")
    since = models.DateTimeField(_("since"))
    phone = models.CharField(_("phone by day"), max_length=60, blank=True, default="")
    hours = models.CharField(_("hours"), max_length=200, blank=True, default="")
    at_night = models.CharField(_("phone at night"), max_length=60, blank=True, default="")
    emergency = models.CharField(_("emergency number"), max_length=60, blank=True, default="")

    class Meta:
        ordering = ("-since",)
        verbose_name = _("contact details of a clinic")
        indexes = (models.Index(fields=["clinic", "-since"], name="for_patient_reached"),)

    def __str__(self) -> str:
        return f"{self.phone} {self.at_night}".strip()


class Invitation(AppendOnlyModel):
    """A patient was given a link to an account of their own; the link itself is kept nowhere.

    Attributes:
        digest: SHA-256 of the link's secret.
        ends_at: when the link ends; a newer invitation ends it too, and so does its use.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    ends_at = models.DateTimeField(_("ends"))
    digest = models.CharField(_("digest"), max_length=64, unique=True)

    class Meta:
        ordering = ("-made_at",)
        verbose_name = _("invitation")
        indexes = (models.Index(fields=["patient"], name="for_patient_invited"),)

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M}"


class InvitationUsed(AppendOnlyModel):
    """An invitation became an account, once."""

    invitation = models.OneToOneField(
        Invitation, models.PROTECT, primary_key=True, related_name="used"
    )
    at = models.DateTimeField(_("used"))
    account = models.ForeignKey("people.User", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("used invitation")

    def __str__(self) -> str:
        return f"{self.invitation} {self.at:%Y-%m-%d %H:%M}"
