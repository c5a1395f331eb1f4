"""What other systems can do: read a record as FHIR, search patients, take the whole clinic out."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from thecal.clinic.exchange import bulk
from thecal.clinic.exchange.as_fhir import everything, patient_resource
from thecal.clinic.exchange.models import Export
from thecal.clinic.exchange.orders import Asked, Exporting, Fetching, Reading, Searching
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import READS, Role
from thecal.clinic.record.actions import About
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.refusals import ConflictError
from thecal.clinic.record.services import reads, writes
from thecal.fhir import Json

EXPORTS = {Role.PHYSICIAN}
"""Who may take the records of all patients out at once."""
EVERY = "every"
"""What an event says of its patients where it is about all of a clinic's."""


@dataclass(frozen=True, slots=True)
class Resources:
    """Resources of one patient that refer to one another, or those patients that were found."""

    resources: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class File:
    """Where a file of an export lies in this house."""

    path: str


@dataclass(frozen=True, slots=True)
class Found(Resources):
    """One page of patients, of ``total``."""

    total: int


@reads("exchange.read-record", "Read a record as FHIR", READS, for_pages=True)
def read_record(doing: Doing, order: Reading) -> Resources:
    """The record as resources, or those of some types, or the one of an id."""
    found = everything(doing.patient, doing.now)
    doing.tell(types=list(order.types), identity=order.identity)
    return Resources(
        tuple(
            one
            for one in found
            if (not order.types or one["resourceType"] in order.types)
            and order.identity in ("", one["id"])
        )
    )


@reads(
    "exchange.search-patients", "Search patients as FHIR", READS, about=About.CLINIC, for_pages=True
)
def search_patients(doing: Doing, order: Searching) -> Found:
    """A page of a clinic's patients, by name; the event names each of them."""
    rows = _matching(Patient.objects.filter(clinic=doing.clinic), order)
    page = rows.order_by("family_name", "given_name", "pk")
    shown = list(page[order.offset : order.offset + order.count])
    doing.tell(patients=[one.pk for one in shown])
    return Found(tuple(patient_resource(one, doing.now) for one in shown), rows.count())


def _matching(rows: QuerySet[Patient], order: Searching) -> QuerySet[Patient]:
    if order.identity is not None:
        rows = rows.filter(pk__in=order.identity)
    if order.identifier is not None:
        rows = rows.filter(number__in=order.identifier)
    if order.gender is not None:
        rows = rows.filter(sex__in=order.gender)
    if order.birth_date is not None:
        rows = rows.filter(birth_date=order.birth_date)
    for words in order.name:
        rows = rows.filter(_begins("family_name", words) | _begins("given_name", words))
    for words in order.family:
        rows = rows.filter(_begins("family_name", words))
    for words in order.given:
        rows = rows.filter(_begins("given_name", words))
    return rows


def _begins(column: str, words: tuple[str, ...]) -> Q:
    """Whether a name begins with one of the words, whatever its case."""
    either = Q(pk__in=())
    for word in words:
        either |= Q(**{f"{column}__istartswith": word})
    return either


@writes("exchange.export", "Take all records out as FHIR", EXPORTS, about=About.CLINIC)
def export(doing: Doing, order: Exporting) -> Export:
    """Ask for the records of all patients; they are written bit by bit as somebody asks for them.

    Raises:
        ConflictError: an export of the same person is still being written.
    """
    bulk.sweep(doing.now)
    if Export.objects.filter(asked_by=doing.who, finished_at=None, ended_at=None).exists():
        raise ConflictError("an export of yours is still being written: wait for it, or remove it")
    total = Patient.objects.filter(clinic=doing.clinic, registered_at__lte=doing.now).count()
    made = Export(
        clinic=doing.clinic,
        asked_by=doing.who,
        asked_at=doing.now,
        asked=order.asked,
        base=order.base,
        types=list(order.types),
        total=total,
    )
    doing.add(made)
    doing.tell(patients=EVERY, types=list(order.types))
    return made


@reads("exchange.go-on-exporting", "Go on writing an export", EXPORTS, about=About.CLINIC)
def go_on(doing: Doing, order: Asked) -> Export:
    """Write the next patients into an export's files; the event names them.

    Raises:
        ConflictError: there is no such export of this person's, or it was removed.
    """
    found = _found(doing, order)
    told = bulk.write_some(found) if found.finished_at is None else []
    doing.tell(export=found.pk, patients=told)
    return found


@reads(
    "exchange.fetch-export",
    "Fetch a file of an export",
    EXPORTS,
    about=About.CLINIC,
    for_pages=True,
)
def fetch(doing: Doing, order: Fetching) -> File:
    """Where a file of a finished export is.

    Raises:
        ConflictError: there is none of this name, or not yet, or no more.
    """
    found = _found(doing, order)
    if found.finished_at is None or order.file not in found.files:
        raise ConflictError("this export has no such file")
    doing.tell(export=found.pk, file=order.file)
    return File(str(found.folder / order.file))


@writes("exchange.remove-export", "Remove an export", EXPORTS, about=About.CLINIC)
def remove(doing: Doing, order: Asked) -> None:
    """Remove an export's files before their time.

    Raises:
        ConflictError: there is no such export of this person's, or it was removed before.
    """
    found = _found(doing, order)
    bulk.end(found, doing.now)
    doing.tell(export=found.pk)


@reads("exchange.list-exports", "See one's exports", EXPORTS, about=About.CLINIC)
def list_exports(doing: Doing, order: Nothing) -> list[Export]:  # noqa: ARG001
    """One's own of this clinic that are still kept, the newest first."""
    bulk.sweep(doing.now)
    rows = Export.objects.filter(clinic=doing.clinic, asked_by=doing.who, ended_at=None)
    return list(rows)


def _found(doing: Doing, order: Asked) -> Export:
    rows = Export.objects.select_for_update(of=("self",))
    found = rows.filter(
        pk=order.export, clinic=doing.clinic, asked_by=doing.who, ended_at=None
    ).first()
    if found is None or found.kept_until <= doing.now:
        raise ConflictError("there is no such export of yours, or it is kept no more")
    return found
