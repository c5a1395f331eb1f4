"""Ids of resources: from a resource's id alone it can be found whose it is.

An id is the patient's key and a digest of what the resource is made of. Entries keep the key of
their first writing, so that a correction changes what a resource says and not what it is called.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from thecal.clinic.patients.models import Patient
from thecal.fhir import Json, target

_DIGITS = 24
_KEY_DIGITS = 32


def patient_of(identity: str) -> UUID | None:
    """Whose a resource is, by its id; None if the id is none of ours."""
    head, dot, _ = identity.partition(".")
    if not dot or len(head) != _KEY_DIGITS:
        return None
    try:
        return UUID(head)
    except ValueError:
        return None


def named(patient: Patient, resources: Iterable[Json]) -> list[Json]:
    """The resources under their lasting ids, and every reference between them after those.

    Raises:
        ValueError: two resources would have the same id.
    """
    found = list(resources)
    new = {target(one): _name(patient, target(one)) for one in found}
    if len(new) != len(found):
        raise ValueError("two resources of a patient have the same id")
    return [{**_led(one, new), "id": new[target(one)].partition("/")[2]} for one in found]


def _name(patient: Patient, old: str) -> str:
    kind, _, identity = old.partition("/")
    if kind == "Patient":
        return old
    digest = hashlib.sha256(f"{kind}/{identity}".encode()).hexdigest()[:_DIGITS]
    return f"{kind}/{patient.pk.hex}.{digest}"


def _led(value: Any, new: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            key: new.get(one, one)
            if key == "reference" and isinstance(one, str)
            else _led(one, new)
            for key, one in value.items()
        }
    return [_led(one, new) for one in value] if isinstance(value, list) else value
