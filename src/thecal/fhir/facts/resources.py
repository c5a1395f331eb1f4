"""One fact as one resource of its type, and back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from thecal.care.facts import EVENTS, Event
from thecal.care.instruments import signs
from thecal.fhir.elements import (
    Json,
    concept,
    extension,
    group,
    instant,
    own_coding,
    own_concept,
    part,
    reference,
    resource,
)
from thecal.fhir.facts.atoms import Atom, ReadAtom, atoms, event_of, read_value, value_of
from thecal.fhir.facts.native import native_of
from thecal.fhir.facts.table import quantities, resource_of
from thecal.fhir.names import found_coding
from thecal.fhir.reading import Place

_INSTANT = {
    "Observation": "effectiveDateTime",
    "Procedure": "performedDateTime",
    "MedicationAdministration": "effectiveDateTime",
    "ServiceRequest": "authoredOn",
    "Consent": "dateTime",
    "Task": "authoredOn",
    "AdverseEvent": "date",
}
_SCOPE = {
    "coding": [
        {"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "treatment"}
    ]
}
_REVOKED = {"cancelled": "revoked", "consent-withdrawn": "inactive"}
_STATUS = {
    "Observation": "final",
    "Procedure": "completed",
    "MedicationAdministration": "completed",
    "ServiceRequest": "active",
    "Consent": "active",
    "Task": "completed",
}
_BEGINNINGS = {"refill-begun", "trial-started", "infusion-started"}
UNDER_WAY = "in-progress"


def title(event: type[Event]) -> str:
    """What a kind of fact is, in words: the first sentence of its description."""
    return (event.__doc__ or event.kind).partition(".")[0].strip()


def fact_resource(
    event: Event,
    order: int,
    identity: str,
    patient: str,
    part_of: str = "",
    *,
    under_way: bool = False,
) -> Json:
    """One fact.

    Args:
        event: what happened.
        order: its place in the history.
        identity: the resource's id.
        patient: ``Patient/id``.
        part_of: the procedure that it belongs to, ``Procedure/id``; empty if none.
        under_way: whether what began has not ended yet.
    """
    kind = resource_of(event.kind)
    native = native_of(type(event))
    rest = list(atoms(event, native.fields if native else frozenset()))
    parts = [*part("kind", valueCode=event.kind), *part("order", valueInteger=order)]
    details = [] if kind == "Observation" else [one for atom in rest for one in _detail(atom)]
    elements: dict[str, Any] = {
        "extension": [*group("fact", parts), *details],
        "status": UNDER_WAY if under_way else _REVOKED.get(event.kind, _STATUS.get(kind)),
        _INSTANT[kind]: instant(event.at),
        **_about(kind, event, patient),
        "partOf": [reference(part_of)] if part_of else None,
        **(native.write(event) if native else {}),
    }
    if kind == "Observation":
        elements["component"] = [_component(atom) for atom in rest]
    return resource(kind, identity, **elements)


def _about(kind: str, event: Event, patient: str) -> Json:
    """Who and what, under the names that the resource type has for them."""
    what, who = own_concept("fact", event.kind, title(type(event))), reference(patient)
    if kind == "Consent":
        return {
            "patient": who,
            "scope": _SCOPE,
            "category": [what],
            "policyRule": concept("consent to a procedure, as the clinic's own form has it"),
        }
    if kind == "MedicationAdministration":
        return {"subject": who}
    if kind == "AdverseEvent":  # it has no status
        return {"subject": who}
    if kind == "Task":
        return {"for_": who, "code": what, "intent": "order"}
    more = {"intent": "order"} if kind == "ServiceRequest" else {}
    return {"subject": who, "code": what, **more}


def _component(atom: Atom) -> Json:
    quantity = quantities().get(atom.field)
    sign = signs()[quantity.sign].code if quantity and quantity.sign else None
    known = found_coding(sign.system, sign.value, sign.provenance) if sign else []
    words = atom.field.replace("_", " ") + (f": {atom.key}" if atom.key else "")
    keyed = {"extension": [extension("key", valueString=atom.key)]} if atom.key else {}
    return {
        **keyed,
        "code": concept(words, own_coding("field", atom.field), *known),
        **value_of(atom, in_component=True),
    }


def _detail(atom: Atom) -> list[Json]:
    parts = [
        *part("field", valueCode=atom.field),
        *part("key", valueString=atom.key),
        {"url": "value", **value_of(atom, in_component=False)},
    ]
    return group("detail", parts)


def kind_of(place: Place) -> str | None:
    """The kind of fact that a resource is, None if it is none.

    Raises:
        FhirError: a kind that care does not have.
    """
    told = place.extension("fact")
    if told is None:
        return None
    kind = told.part("kind")
    return kind.need("valueCode").word(*EVENTS) if kind else told.fail("does not say its kind")


def order_of(place: Place) -> int:
    """A fact's place in its history."""
    told = place.extension("fact")
    order = told.part("order") if told else None
    return order.need("valueInteger").whole() if order else 0


def read_fact(place: Place, kind: str) -> Event:
    """The fact of a resource that :func:`fact_resource` wrote.

    Raises:
        FhirError: entered in error, of another type than this kind of fact, or a value is missing,
            too much or of no sense.
    """
    of_type = place.need("resourceType").word(resource_of(kind))
    if of_type in _STATUS:
        beginning = [UNDER_WAY] if kind in _BEGINNINGS else []
        place.need("status").word(_REVOKED.get(kind, _STATUS[of_type]), *beginning)
    return _read_known(place, kind, of_type)


def _read_known(place: Place, kind: str, of_type: str) -> Event:
    owner = EVENTS[kind]
    native = native_of(owner)
    read = [
        *(native.read(place) if native else []),
        *_read_details(place),
        *_read_components(place),
    ]
    known = {name for name in owner.__dataclass_fields__ if name != "at"}
    for one in read:
        if one.field not in known:
            place.fail(f"'{one.field}' is no field of {kind}")
    return event_of(kind, place.need(_INSTANT[of_type]).moment(), read, place)


def _read_details(place: Place) -> Iterator[ReadAtom]:
    for one in place.extensions("detail"):
        field, value = one.part_text("field", "valueCode"), one.part("value")
        if value is None:
            one.fail("has no value")
        yield ReadAtom(field, read_value(value, field), one.part_text("key"), value.path)


def _read_components(place: Place) -> Iterator[ReadAtom]:
    for one in place.items("component"):
        field, key = one.need("code").need_own_code("field"), one.extension("key")
        named = key.need("valueString").text() if key else ""
        yield ReadAtom(field, read_value(one, field), named, one.path)
