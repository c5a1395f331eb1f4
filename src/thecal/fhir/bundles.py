"""Bundles, and the set of resources within which references are followed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

from thecal.fhir.elements import Json, instant, present, resource
from thecal.fhir.errors import FhirError
from thecal.fhir.names import names
from thecal.fhir.reading import Place


def target(one: Json) -> str:
    """What a reference to a resource says: ``Type/id``."""
    return f"{one['resourceType']}/{one['id']}"


def bundle(
    kind: Literal["collection", "searchset"],
    resources: Iterable[Json],
    *,
    at: datetime | None = None,
    base: str = "",
    self_url: str = "",
    total: int | None = None,
) -> Json:
    """A bundle of resources that refer to one another as ``Type/id``.

    Args:
        kind: ``searchset`` for what a server answers, such as ``Patient/$everything``.
        resources: in the order wanted.
        at: when it was made.
        base: of the server, before ``/Type/id``; else Thecal's own name space.
        self_url: what was asked for, in a searchset.
        total: of all matches, where this is a page of them; else all are here.
    """
    root, found = (base or names().base).rstrip("/"), kind == "searchset"
    entries = [
        present(
            fullUrl=f"{root}/{target(one)}",
            resource=one,
            search={"mode": "match"} if found else None,
        )
        for one in resources
    ]
    return resource(
        "Bundle",
        type=kind,
        timestamp=instant(at) if at else None,
        total=(len(entries) if total is None else total) if found else None,
        link=[{"relation": "self", "url": self_url}] if self_url else None,
        entry=entries,
    )


class Resources:
    """Resources that refer to one another, each with its path."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.places = tuple(places)
        self._by_target: dict[str, Place] = {}
        for place in self.places:
            if place.get("id"):
                key = f"{place.need('resourceType').text()}/{place.need('id').text()}"
                if key in self._by_target:
                    place.fail(f"{key} is there twice")
                self._by_target[key] = place

    @classmethod
    def of_bundle(cls, read: Json) -> Resources:
        """Those of a bundle that :func:`thecal.fhir.wire.loads` has read.

        Raises:
            FhirError: not a bundle.
        """
        whole = Place(read, str(read.get("resourceType")))
        whole.need("resourceType").word("Bundle")
        return cls(entry.need("resource") for entry in whole.items("entry"))

    @classmethod
    def of(cls, resources: Iterable[Json]) -> Resources:
        """Those of a list, each read by :func:`thecal.fhir.wire.loads`."""
        return cls(
            Place(one, target(one) if "id" in one else one["resourceType"]) for one in resources
        )

    def all(self, *kinds: str) -> Iterator[Place]:
        """Every resource of these types."""
        return (one for one in self.places if one.value.get("resourceType") in kinds)

    def one(self, kind: str) -> Place:
        """The one resource of a type.

        Raises:
            FhirError: there is none, or more than one.
        """
        found = list(self.all(kind))
        if len(found) != 1:
            raise FhirError("Bundle", f"has {len(found)} of {kind}; expected one")
        return found[0]

    def place(self, kind: str, identity: str) -> Place:
        """The resource of a type and id.

        Raises:
            FhirError: there is none.
        """
        found = self._by_target.get(f"{kind}/{identity}")
        if found is None:
            raise FhirError("Bundle", f"has no {kind}/{identity}")
        return found

    def follow(self, place: Place, *kinds: str) -> Place:
        """What a Reference points to.

        Raises:
            FhirError: it points nowhere within these resources, or to another type.
        """
        told = place.need("reference")
        found = self._by_target.get(told.text())
        if found is None:
            told.fail(f"{told.shown} is not in the bundle")
        if found.value["resourceType"] not in kinds:
            told.fail(f"{told.shown} is no {' or '.join(kinds)}")
        return found
