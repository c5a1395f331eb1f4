"""Small parts that resources are built of: codings, concepts, references, extensions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from thecal import formulary
from thecal.fhir.names import extension_url, found_coding, names, own_system
from thecal.units import Provenance

Json = dict[str, Any]
"""One FHIR object as JSON has it; its decimals are :class:`decimal.Decimal`."""


def present(**elements: Any) -> Json:
    """An object without the elements that are None or empty (FHIR has no empty ones)."""
    return {
        name.rstrip("_"): value for name, value in elements.items() if value not in (None, "", [])
    }


def resource(kind: str, identity: str = "", /, **elements: Any) -> Json:
    """A resource of a type, with its id if it has one."""
    return {"resourceType": kind, **present(id=identity, **elements)}


def own_coding(system: str, code: str) -> Json:
    """A coding of one of Thecal's own systems."""
    return {"system": own_system(system), "code": code}


def concept(text: str, *codings: Json) -> Json:
    """A CodeableConcept."""
    return present(coding=list(codings), text=text)


def own_concept(system: str, code: str, text: str = "") -> Json:
    """A CodeableConcept with a code of Thecal's own; its text is for people."""
    return concept(text or code, own_coding(system, code))


def drug_concept(name: str) -> Json:
    """A drug: Thecal's own name, and its RxNorm code where that was found."""
    known = formulary.drugs().get(name)
    code = known.rxnorm if known else None
    found = found_coding("RxNorm", code.text, code.provenance) if code else []
    return concept(name, own_coding("drug", name), *found)


def route() -> Json:
    """The intrathecal route."""
    code = names().code["intrathecal-route"]
    return concept(code.display, *found_coding(code.system, code.value, code.provenance))


def reference(target: str, display: str = "") -> Json:
    """A reference to ``Type/id``."""
    return present(reference=target, display=display)


def extension(name: str, **value: Any) -> Json:
    """An extension with one value, for example ``valueCode="flex"``."""
    return {"url": extension_url(name), **value}


def group(name: str, parts: Iterable[Json]) -> list[Json]:
    """An extension of several parts, none if all of them are absent."""
    kept = list(parts)
    return [{"url": extension_url(name), "extension": kept}] if kept else []


def part(name: str, **value: Any) -> list[Json]:
    """One part of an extension, none if its value is None or empty."""
    ((key, content),) = value.items()
    return [] if content is None or content == "" else [{"url": name, key: content}]


def published(source: str, provenance: Provenance) -> list[Json]:
    """Where a figure comes from, as an extension."""
    return group(
        "published",
        [*part("source", valueString=source), *part("provenance", valueCode=str(provenance))],
    )


def instant(at: datetime) -> str:
    """An aware instant as FHIR writes it."""
    return at.isoformat()
