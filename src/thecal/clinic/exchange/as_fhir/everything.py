"""All of a patient's record as resources that refer to one another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from thecal import care
from thecal.clinic.exchange.as_fhir.devices import exported, placed
from thecal.clinic.exchange.as_fhir.facts import facts_of
from thecal.clinic.exchange.as_fhir.identities import named
from thecal.clinic.exchange.as_fhir.prescriptions import prescriptions_of
from thecal.clinic.exchange.as_fhir.sessions import sessions_of
from thecal.clinic.exchange.as_fhir.standing import standing
from thecal.clinic.pathway import figures
from thecal.clinic.pathway.history import history_of
from thecal.clinic.patients.models import Details, Patient, Sex
from thecal.fhir import Json, Person, target
from thecal.fhir import patient as person_resource
from thecal.fhir.pathway import care_plan, task
from thecal.fhir.people import Gender

_GENDERS: dict[str, Gender] = {
    Sex.FEMALE: "female",
    Sex.MALE: "male",
    Sex.OTHER: "other",
    Sex.UNKNOWN: "unknown",
}


def everything(patient: Patient, as_of: datetime) -> list[Json]:
    """The patient, then whatever the record says of them at a moment.

    Raises:
        CannotExportError: a value that FHIR has no exact form for.
        InvalidError: a stored prescription that this version cannot read.
    """
    return named(patient, _all(patient, as_of))


def _all(patient: Patient, as_of: datetime) -> Iterator[Json]:
    who = patient_resource(patient, as_of)
    whose, found = target(who), exported(placed(patient, as_of))
    yield who
    yield from _pathway(patient, whose, as_of)
    for device in found:
        yield from device.resources(whose)
    yield from prescriptions_of(patient, whose, found, as_of)
    yield from sessions_of(patient, whose, found, as_of)
    yield from facts_of(patient, whose, as_of)


def patient_resource(patient: Patient, as_of: datetime) -> Json:
    """Who the patient is, and what of them the pathway needs."""
    said = standing(Details, patient, as_of).rows[-1]
    who = Person(
        number=said.number,
        number_system=f"urn:uuid:{patient.clinic_id}",
        family=said.family_name,
        given=(said.given_name,),
        birth_date=said.birth_date,
        gender=_GENDERS[said.sex],
    )
    history = history_of(patient, as_of=as_of)
    zone = ZoneInfo(settings.TIME_ZONE)
    return person_resource(str(patient.pk), who, history.patient if history else None, zone)


def _pathway(patient: Patient, whose: str, as_of: datetime) -> Iterator[Json]:
    """Stage, gates and open tasks at the moment; nothing until what is treated is recorded."""
    history = history_of(patient, as_of=as_of)
    if history is None:
        return
    pathway = care.follow(history, as_of, figures.in_force())
    tasks = [task(one, one.key, whose) for one in pathway.tasks]
    yield care_plan(pathway, "care", whose, [target(one) for one in tasks])
    yield from tasks
