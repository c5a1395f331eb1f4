"""The roles that a person can have in a clinic, and nothing about what they may do."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """A person's part in a clinic; what each may do is the table of ``record.actions``."""

    PHYSICIAN = "physician", _("Physician")
    NURSE = "nurse", _("Nurse")
    PHARMACIST = "pharmacist", _("Pharmacist")
    NEUROPSYCHOLOGIST = "neuropsychologist", _("Neuropsychologist")
    READER = "reader", _("Reader")
    ADMINISTRATOR = "administrator", _("Administrator")
    PATIENT = "patient", _("Patient")


CLINICAL = frozenset({Role.PHYSICIAN, Role.NURSE, Role.PHARMACIST, Role.NEUROPSYCHOLOGIST})
"""Who treats."""
READS = CLINICAL | {Role.READER}
"""Who may see a whole record; a patient sees their own by actions that say so."""
GRANTED = frozenset(Role) - {Role.PATIENT}
"""What a membership can grant; the patient's role comes from being the patient, nowhere else."""
