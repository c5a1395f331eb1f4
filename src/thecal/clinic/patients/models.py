"""A patient, and the entries that say who they are."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from thecal.clinic.audit.kept import KeptModel
from thecal.clinic.record.entry import Entry


class Sex(models.TextChoices):
    """As FHIR's administrative gender has it."""

    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("Unknown")


class Identity(models.Model):
    """The columns that say who a patient is; the patient's row repeats its newest entry."""

    number = models.CharField(_("record number"), max_length=60)
    family_name = models.CharField(_("family name"), max_length=200)
    given_name = models.CharField(_("given name"), max_length=200)
    birth_date = models.DateField(_("date of birth"))
    sex = models.CharField(_("sex"), max_length=10, choices=Sex.choices)
    phone = models.CharField(_("phone"), max_length=60, blank=True, default="")
    email = models.EmailField(_("e-mail"), blank=True, default="")
    language = models.CharField(_("language"), max_length=10, blank=True, default="")

    class Meta:
        abstract = True


IDENTITY = tuple(field.name for field in Identity._meta.local_fields)
NAMED = ("number", "family_name", "given_name")
"""The columns by which lists name a patient."""


class Patient(Identity, KeptModel):
    """A patient, with what lists need of their record.

    Attributes:
        account: the patient's own, by which they see their own record.
        version: goes up with every write.
        stage: where on the pathway, as the pathway's projection says; empty before it has.
        next_due: when something is next due, likewise.
        renew_at: when the time alone may change the two; None while it cannot.
        judged_at: when they were judged.
        judged_by: the version and the clinic's figures by which they were judged.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey("people.Clinic", models.PROTECT, related_name="patients")
    account = models.OneToOneField(
        "people.User", models.PROTECT, null=True, blank=True, related_name="patient"
    )
    registered_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=0)
    stage = models.CharField(_("stage"), max_length=60, blank=True, default="")
    next_due = models.DateTimeField(_("next due"), null=True, blank=True)
    renew_at = models.DateTimeField(null=True, blank=True, editable=False)
    judged_by = models.CharField(max_length=120, blank=True, default="", editable=False)

    judged_at = models.DateTimeField(null=True, blank=True, editable=False)

    derived = frozenset({"stage", "next_due", "renew_at", "judged_by", "judged_at"})
    """Columns that follow from the entries; no file of the record has them."""

    class Meta:
        ordering = ("family_name", "given_name")
        constraints = (
            models.UniqueConstraint(fields=["clinic", "number"], name="patients_number_in_clinic"),
        )
        indexes = (
            models.Index(fields=["clinic", "family_name", "given_name"], name="patients_by_name"),
            models.Index(fields=["clinic", "next_due"], name="patients_by_due"),
            models.Index(fields=["clinic", "stage"], name="patients_by_stage"),
            models.Index(fields=["renew_at"], name="patients_by_renewal"),
            models.Index(fields=["judged_at"], name="patients_by_judgement"),
            models.Index(fields=["judged_by"], name="patients_by_judge"),
        )

    def __str__(self) -> str:
        return f"{self.family_name}, {self.given_name}"


class Details(Identity, Entry):
    """Who a patient is, as somebody wrote it down."""

    class Meta(Entry.Meta):
        indexes = (models.Index(fields=["patient"], name="patients_details_patient"),)

    def __str__(self) -> str:
        return f"{self.family_name}, {self.given_name} ({self.number})"
