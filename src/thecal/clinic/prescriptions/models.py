"""A prescription as it was written and checked, and the signatures that people gave to it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from thecal.clinic.record.entry import Entry


class Prescription(Entry):
    """A prescription; ``recorded_by`` wrote it, and another one follows rather than a change.

    Attributes:
        previous: the one before it, None for the first.
        text: the file, schema 1, without signatures.
        plan: what the checks said when it was written, as plain values.
        digest: of the program; empty where there is none.
        version: the Thecal that checked it.
        is_draft: kept to be looked at; it can never be sent.
        second_person: the rules whose findings ask for a second person.
    """

    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by"
    )
    text = models.TextField(_("text"))
    visit_on = models.DateField(_("day of the visit"))
    zone = models.CharField(_("time zone"), max_length=60)
    plan = models.JSONField(_("plan"))
    digest = models.CharField(_("digest of the program"), max_length=64, blank=True, default="")
    version = models.CharField(_("checked by version"), max_length=40)
    is_draft = models.BooleanField(_("draft"), default=False)
    second_person = models.JSONField(_("asks for a second person"), default=list, blank=True)
    refill_due = models.DateField(_("refill due"), null=True, blank=True)
    latest_safe = models.DateField(_("latest safe day"), null=True, blank=True)

    class Meta(Entry.Meta):
        verbose_name = _("prescription")
        indexes = (models.Index(fields=["patient"], name="prescriptions_patient"),)

    def __str__(self) -> str:
        name = _("draft") if self.is_draft else _("prescription")
        return f"{name} {self.recorded_at:%Y-%m-%d %H:%M} {self.digest[:12]}"


class FindingSigned(Entry):
    """A person's answer to a finding that asks for one.

    Attributes:
        finding: what it said, as the person saw it; empty where only the pump can raise it.
        signer: who signed, by their password.
    """

    prescription = models.ForeignKey(Prescription, models.PROTECT, related_name="signed")
    rule = models.CharField(_("rule"), max_length=100)
    finding = models.TextField(_("finding"), blank=True, default="")
    reason = models.CharField(_("reason"), max_length=500)
    signer = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    signer_role = models.CharField(_("as"), max_length=40)

    class Meta(Entry.Meta):
        verbose_name = _("signature")
        indexes = (models.Index(fields=["patient"], name="prescriptions_signed_patient"),)

    def __str__(self) -> str:
        return f"{self.rule}: {self.reason}"


class SecondPerson(Entry):
    """Somebody else than who prescribed it has checked a prescription's program."""

    prescription = models.ForeignKey(Prescription, models.PROTECT, related_name="second_people")
    digest = models.CharField(_("digest of the program"), max_length=64)
    person = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    person_role = models.CharField(_("as"), max_length=40)

    class Meta(Entry.Meta):
        verbose_name = _("second person")
        indexes = (models.Index(fields=["patient"], name="prescriptions_second_patient"),)

    def __str__(self) -> str:
        return f"{self.person.name} ({self.person_role})"
