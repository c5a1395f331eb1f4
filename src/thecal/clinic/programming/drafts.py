"""Keeping what somebody types, so that leaving half-way loses nothing and sends nothing.

A draft is no entry of the record: only who typed it can see or use it. Whoever may not prescribe
for the patient has none; the trail tells of the opening of the page that shows it.
"""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import User
from thecal.clinic.programming.models import Draft
from thecal.clinic.programming.sheet import Sheet


def own(who: User, patient: Patient) -> Draft | None:
    """A person's draft for a patient."""
    return Draft.objects.filter(person=who, patient=patient).first()


def keep(who: User, patient: Patient, sheet: Sheet, follows: UUID | None) -> Draft:
    """Put the sheet in place of what was kept before."""
    now = timezone.now()
    kept, _ = Draft.objects.update_or_create(
        person=who,
        patient=patient,
        defaults={"fields": sheet.fields, "follows": follows, "saved_at": now},
        create_defaults={
            "fields": sheet.fields,
            "follows": follows,
            "saved_at": now,
            "begun_at": now,
        },
    )
    return kept


def drop(who: User, patient: Patient) -> None:
    """Throw it away."""
    Draft.objects.filter(person=who, patient=patient).delete()
