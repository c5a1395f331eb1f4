"""Every fact of care in a record, each with the key of the entry that says it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from thecal import care
from thecal.care.facts import Waiver
from thecal.clinic.exchange.as_fhir.standing import Standing, standing
from thecal.clinic.fills.models import STEPS, RefillVisit
from thecal.clinic.pathway.facts import fact_kinds
from thecal.clinic.pathway.history import history_of, present
from thecal.clinic.patients.models import Patient
from thecal.clinic.pumps.models import Session, Status
from thecal.clinic.record.entry import Entry
from thecal.fhir import Json, fact_resources

_BESIDE_THE_PATHWAY: tuple[type[Entry], ...] = (RefillVisit, *STEPS, Session, Status)


@dataclass(frozen=True, slots=True)
class Known:
    """A fact, and its name: the entry's key, and which of the entry's facts it is."""

    event: care.Event
    name: str


def known_facts(patient: Patient, as_of: datetime) -> list[Known]:
    """What stood at a moment, in the order of its instants."""
    kinds = present([*fact_kinds(), *_BESIDE_THE_PATHWAY], patient)
    found = [one for kind in kinds for one in _of(standing(kind, patient, as_of))]
    found += _waivers(patient, as_of)
    return sorted(found, key=lambda one: one.event.at)


class _Tells(Protocol):
    def events(self) -> Iterator[care.Event]: ...


def _of(rows: Standing[Entry]) -> Iterator[Known]:
    for row in rows.rows:
        for number, event in enumerate(cast("_Tells", row).events()):
            yield Known(event, f"{rows.root(row)}-{number}")


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
