"""What a pump counts, as ``DeviceMetric``: what it is set to, and what it computes."""

from __future__ import annotations

from thecal.fhir.elements import Json, concept, own_concept, reference, resource
from thecal.fhir.names import foreign_system

_METRICS = {
    "programmed-rate": ("Rate of infusion as programmed", "mL/d", "setting"),
    "computed-reservoir": (
        "Reservoir volume as the pump computes it from the programmed rate; it measures nothing",
        "mL",
        "calculation",
    ),
}


def metrics(device: str, stem: str) -> tuple[Json, ...]:
    """The metrics of a pump (``Device/id``); their ids are the stem and the metric's name."""
    return tuple(
        resource(
            "DeviceMetric",
            f"{stem}-{name}",
            type=own_concept("metric", name, title),
            unit=concept(unit, {"system": foreign_system("UCUM"), "code": unit}),
            source=reference(device),
            category=category,
        )
        for name, (title, unit, category) in _METRICS.items()
    )
