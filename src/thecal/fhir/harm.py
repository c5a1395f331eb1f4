"""Harm as ``AdverseEvent``, in as much detail as a record may have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from thecal.fhir.elements import Json, concept, instant, reference, resource
from thecal.fhir.reading import Place

Severity = Literal["mild", "moderate", "severe"]
Outcome = Literal["resolved", "recovering", "ongoing", "resolvedWithSequelae", "fatal", "unknown"]
_SEVERITIES: tuple[Severity, ...] = ("mild", "moderate", "severe")
_OUTCOMES: tuple[Outcome, ...] = (
    "resolved",
    "recovering",
    "ongoing",
    "resolvedWithSequelae",
    "fatal",
    "unknown",
)
_SERIOUS = {True: "Serious", False: "Non-serious"}
_TERMS = "http://terminology.hl7.org/CodeSystem"


@dataclass(frozen=True, slots=True)
class HarmRecord:
    """Something that went wrong for a patient, or nearly did.

    Attributes:
        at: when, aware.
        what: in words.
        happened: False for a near miss.
        serious: None if nobody has judged it.
        severity: None likewise.
        outcome: None likewise.
    """

    at: datetime
    what: str
    happened: bool = True
    serious: bool | None = None
    severity: Severity | None = None
    outcome: Outcome | None = None


def adverse_event(
    harm: HarmRecord, identity: str, *, patient: str, suspects: Sequence[str] = ()
) -> Json:
    """Harm.

    Args:
        harm: what went wrong.
        identity: the resource's id.
        patient: ``Patient/id``.
        suspects: what may have caused it, each ``Type/id``.
    """
    return resource(
        "AdverseEvent",
        identity,
        actuality="actual" if harm.happened else "potential",
        event=concept(harm.what),
        subject=reference(patient),
        date=instant(harm.at),
        seriousness=seriousness(harm.serious),
        severity=_term("adverse-event-severity", harm.severity),
        outcome=_term("adverse-event-outcome", harm.outcome),
        suspectEntity=[{"instance": reference(one)} for one in suspects],
    )


def _term(system: str, code: str | None) -> Json | None:
    return {"coding": [{"system": f"{_TERMS}/{system}", "code": code}]} if code else None


def seriousness(serious: bool | None) -> Json | None:
    """Whether harm was serious; None if nobody has judged it."""
    return None if serious is None else _term("adverse-event-seriousness", _SERIOUS[serious])


def read_seriousness(place: Place) -> bool:
    """Whether harm was serious.

    Raises:
        FhirError: neither code.
    """
    return place.only("coding").need("code").word(*_SERIOUS.values()) == _SERIOUS[True]


def read_harm(place: Place) -> HarmRecord:
    """The harm of an AdverseEvent.

    Raises:
        FhirError: a part is missing, or no code of its value set.
    """
    serious = place.get("seriousness")
    severity, outcome = place.get("severity"), place.get("outcome")
    return HarmRecord(
        place.need("date").moment(),
        place.need("event").need("text").text(),
        place.need("actuality").word("actual", "potential") == "actual",
        read_seriousness(serious) if serious else None,
        _SEVERITIES[_index(severity, _SEVERITIES)] if severity else None,
        _OUTCOMES[_index(outcome, _OUTCOMES)] if outcome else None,
    )


def _index(place: Place, known: Sequence[str]) -> int:
    return known.index(place.only("coding").need("code").word(*known))
