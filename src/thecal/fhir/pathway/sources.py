"""Where a rule of care comes from, as an extension."""

from __future__ import annotations

from collections.abc import Iterable

from thecal.care.result import Source
from thecal.fhir.elements import Json, group, part
from thecal.fhir.reading import Place
from thecal.units import Provenance


def write_sources(sources: Iterable[Source]) -> list[Json]:
    """An extension for each source."""
    return [one for source in sources for one in group("source", _parts(source))]


def _parts(source: Source) -> list[Json]:
    return [
        *part("rule", valueCode=source.rule),
        *part("text", valueString=source.text),
        *part("provenance", valueCode=str(source.provenance)),
        *part("figure", valueString=source.figure),
        *part("own", valueBoolean=source.own),
        *part("default", valueString=source.default),
    ]


def read_sources(place: Place) -> tuple[Source, ...]:
    """The sources of a resource.

    Raises:
        FhirError: one that does not say how it is known.
    """
    return tuple(_read(one) for one in place.extensions("source"))


def _read(place: Place) -> Source:
    known, own = place.part("provenance"), place.part("own")
    if known is None or own is None:
        place.fail("does not say how it is known, and whether it is the clinic's own")
    return Source(
        place.part_text("rule", "valueCode"),
        place.part_text("text"),
        Provenance(known.need("valueCode").word(*Provenance)),
        place.part_text("figure"),
        own.need("valueBoolean").truth(),
        place.part_text("default"),
    )
