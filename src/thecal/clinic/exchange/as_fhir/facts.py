"""Every fact of care in a record, each with the key of the entry that says it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from thecal import care
from thecal.care.facts import Waiver
from thecal.clinic.exchange.as_fhir.standing import Standing, standing
from thecal.clinic.pathway.facts import Tells, telling_kinds
from thecal.clinic.pathway.history import history_of, present, told_beside
from thecal.clinic.patients.models import Patient
from thecal.fhir import Json, fact_resources


@dataclass(frozen=True, slots=True)
class Known:
    """A fact, and its name: the entry's key, and which of the entry's facts it is."""

    event: care.Event
    name: str


def known_facts(patient: Patient, as_of: datetime) -> list[Known]:
    """What stood at a moment, in the order of its instants."""
    kinds = present(telling_kinds(), patient)
    found = [one for kind in kinds for one in _of(standing(kind, patient, as_of))]
    found += _beside(patient, as_of)
    found += _waivers(patient, as_of)
    return sorted(found, key=lambda one: one.event.at)


def _of(rows: Standing[Tells]) -> Iterator[Known]:
    for row in rows.rows:
        for number, event in enumerate(row.events()):
            yield Known(event, f"{rows.root(row)}-{number}")


def _beside(patient: Patient, as_of: datetime) -> list[Known]:
    """What several entries say together, such as a prescription with its signatures."""
    told = told_beside(patient, as_of)
    return [Known(one, f"{one.kind}-{number}-{one.at}") for number, one in enumerate(told)]


def _waivers(patient: Patient, as_of: datetime) -> list[Known]:
    """Requirements that somebody took upon themself, as the pathway counts them."""
    history = history_of(patient, as_of=as_of)
    signed = history.all(Waiver) if history else ()
    return [Known(one, f"waiver-{one.requirement}-{one.at.isoformat()}") for one in signed]


def facts_of(patient: Patient, whose: str, as_of: datetime) -> Iterator[Json]:
    """Each fact as a resource.

    Args:
        patient: the patient's row.
        whose: ``Patient/id``.
        as_of: the moment.
    """
    known = known_facts(patient, as_of)
    yield from fact_resources([one.event for one in known], [one.name for one in known], whose)
