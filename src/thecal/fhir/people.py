"""A person with a pump as ``Patient``; only what the record gives is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from thecal.care.facts import Indication, Patient
from thecal.fhir.elements import Json, group, part, present, resource
from thecal.fhir.reading import Place
from thecal.therapy.file.prescription import SpasticityOrigin

Gender = Literal["male", "female", "other", "unknown"]


@dataclass(frozen=True, slots=True)
class Person:
    """Who the patient is, as the record has it; empty or None where it does not say.

    Attributes:
        number: in the clinic's record.
        number_system: the URI of the record's numbers.
        gender: administrative.
    """

    number: str = ""
    number_system: str = ""
    family: str = ""
    given: tuple[str, ...] = ()
    birth_date: date | None = None
    gender: Gender | None = None


def patient(
    identity: str, person: Person, care: Patient | None = None, zone: ZoneInfo | None = None
) -> Json:
    """A patient.

    Args:
        identity: the resource's id.
        person: who it is.
        care: what of the patient the pathway needs, None if there is no pathway.
        zone: the clinic's.
    """
    number = present(system=person.number_system, value=person.number)
    name = present(family=person.family, given=list(person.given))
    return resource(
        "Patient",
        identity,
        extension=group("care-patient", _care(care, zone)),
        identifier=[number] if person.number else None,
        name=[name] if name else None,
        gender=person.gender,
        birthDate=person.birth_date.isoformat() if person.birth_date else None,
    )


def _care(care: Patient | None, zone: ZoneInfo | None) -> list[Json]:
    origin = care.spasticity_origin if care else None
    return [
        *part("indication", valueCode=str(care.indication) if care else None),
        *part("spasticity-origin", valueCode=str(origin) if origin else None),
        *part("child", valueBoolean=care.child if care else None),
        *part("time-zone", valueCode=zone.key if zone else None),
    ]


def read_person(place: Place) -> Person:
    """Who a Patient is; names and numbers beyond the first of each are left unread.

    Raises:
        FhirError: a value of another kind.
    """
    names, numbers = place.items("name"), place.items("identifier")
    name, number = (names or [Place({}, place.path)])[0], (numbers or [Place({}, place.path)])[0]
    born, gender = place.get("birthDate"), place.get("gender")
    return Person(
        _text(number, "value"),
        _text(number, "system"),
        _text(name, "family"),
        tuple(one.text() for one in name.items("given")),
        born.day() if born else None,
        _gender(gender) if gender else None,
    )


def _text(place: Place, key: str) -> str:
    found = place.get(key)
    return found.text() if found else ""


def _gender(place: Place) -> Gender:
    known: tuple[Gender, ...] = ("male", "female", "other", "unknown")
    return known[known.index(place.word(*known))]


def read_care(place: Place) -> tuple[Patient, ZoneInfo]:
    """What of a Patient the pathway needs, and the clinic's zone.

    Raises:
        FhirError: it is not there: a foreign Patient does not say what is treated.
    """
    told = place.extension("care-patient")
    zone, indication = (told.part("time-zone"), told.part("indication")) if told else (None, None)
    if told is None or zone is None or indication is None:
        place.fail("does not say what is treated, and in which time zone the clinic is")
    if zone.need("valueCode").text() not in available_timezones():
        zone.fail(f"{zone.need('valueCode').shown} is no time zone")
    origin, child = told.part("spasticity-origin"), told.part("child")
    return (
        Patient(
            indication=Indication(indication.need("valueCode").word(*Indication)),
            spasticity_origin=(
                SpasticityOrigin(origin.need("valueCode").word(*SpasticityOrigin))
                if origin
                else None
            ),
            child=child.need("valueBoolean").truth() if child else False,
        ),
        ZoneInfo(zone.need("valueCode").text()),
    )
