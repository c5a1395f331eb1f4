"""What other systems can ask for."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field

from thecal.clinic.record.orders import Line, Order
from thecal.fhir.wire import RESOURCES

MOST_AT_ONCE = 500
OF_A_PATIENT = (
    "Patient",
    "AdverseEvent",
    "CarePlan",
    "Consent",
    "DetectedIssue",
    "Device",
    "DeviceMetric",
    "DeviceUseStatement",
    "Medication",
    "MedicationAdministration",
    "MedicationRequest",
    "Observation",
    "Procedure",
    "ServiceRequest",
    "Task",
)
"""The types of resources that a patient's record is written as."""


def _known(types: Any) -> Any:
    for one in types:
        if one not in OF_A_PATIENT or one not in RESOURCES:
            raise ValueError(f"'{one}' is not one of: {', '.join(OF_A_PATIENT)}")
    return types


Types = Annotated[tuple[Line, ...], AfterValidator(_known)]
"""Types of resources; none means all."""


class Reading(Order):
    """A patient's record as FHIR; ``types`` and ``identity`` narrow it."""

    types: Types = ()
    identity: Annotated[str, Field(max_length=64)] = ""


class Searching(Order):
    """Patients by what FHIR calls them; each part is one of several words, all parts hold."""

    identity: tuple[UUID, ...] | None = None
    identifier: tuple[Line, ...] | None = None
    name: tuple[tuple[Line, ...], ...] = ()
    family: tuple[tuple[Line, ...], ...] = ()
    given: tuple[tuple[Line, ...], ...] = ()
    birth_date: date | None = None
    gender: tuple[Line, ...] | None = None
    count: int = Field(default=50, ge=1, le=MOST_AT_ONCE)
    offset: int = Field(default=0, ge=0, le=10_000_000)


class Exporting(Order):
    """The whole clinic's records as files."""

    asked: Annotated[str, Field(max_length=2000)]
    base: Annotated[str, Field(max_length=500)]
    types: Types = ()


class Asked(Order):
    """An export that was asked for before."""

    export: UUID


class Fetching(Asked):
    """One of its files."""

    file: Line
