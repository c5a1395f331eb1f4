"""The task to replace the pump: the earliest of every date known, which never moves away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace as dataclass_replace
from datetime import datetime, timedelta

from thecal.care.clock import end_of_day
from thecal.care.facts import Implanted, Interrogated, TakenOver
from thecal.care.gates.moment import pump_fact, pump_model
from thecal.care.result import Source, Task, Urgency
from thecal.care.tasks.raising import Scene, raises, task
from thecal.devices import Pump, PumpKind
from thecal.units import Figure


@dataclass(frozen=True, slots=True)
class Service:
    """When a pump must be replaced.

    Attributes:
        ends: the earliest end known, None if none is.
        why: what sets it, or why it is not known.
        notice: how long before the end the indicator comes; zero if not published.
        indicated: whether the indicator is up.
    """

    ends: datetime | None
    why: str
    notice: timedelta
    indicated: bool
    sources: tuple[Source, ...]


def service_of(scene: Scene) -> Service | None:
    """The service of the present pump; None if there is none, or it has no battery."""
    held, pump = pump_fact(scene.facts), pump_model(scene.facts)
    if held is None or (pump is not None and pump.kind is PumpKind.FIXED_RATE):
        return None
    readings = [one for one in scene.facts.all(Interrogated) if one.at >= held.at]
    ends = sorted(_ends(scene, held, pump, readings))
    figure = pump.replacement_notice if pump else None
    notice = _delta(figure) if figure else timedelta(0)
    life = pump.service_life if pump else None
    sources = tuple(_source(one) for one in (life, figure) if one)
    up = any(one.replacement_indicated for one in readings)
    if not ends:
        why = "no service life is published, or the pump's age or model is not known"
        return Service(None, why, notice, up, sources)
    return Service(ends[0][0], ends[0][1], notice, up, sources)


def _source(figure: Figure) -> Source:
    return Source("practice.service-life", figure.source, figure.provenance, str(figure))


def _ends(
    scene: Scene, held: Implanted | TakenOver, pump: Pump | None, readings: list[Interrogated]
) -> Iterator[tuple[datetime, str]]:
    placed = held.at if isinstance(held, Implanted) else held.implanted
    if pump and pump.service_life and placed:
        yield placed + _delta(pump.service_life), f"service life of {pump.service_life}"
    for one in readings:
        if one.replace_by is not None:
            yield end_of_day(one.replace_by, scene.zone), "the date that the pump gave"
        if one.replacement_indicated and pump and pump.replacement_notice:
            after = one.at + _delta(pump.replacement_notice)
            yield after, f"{pump.replacement_notice} after the replacement indicator"


def _delta(figure: Figure) -> timedelta:
    return timedelta(days=float(figure.value))


@raises
def replace(scene: Scene) -> Iterator[Task]:
    """Due when the service ends; not before the indicator's notice, unless it is up."""
    service, held = service_of(scene), pump_fact(scene.facts)
    if service is None or held is None:
        return
    ends = service.ends
    raised = task(
        "pump.replace",
        held.at,
        service.why,
        urgency=_urgency(service, scene.now),
        earliest=ends - service.notice if ends and service.notice else None,
        due=ends,
        latest=ends,
        undated="" if ends else service.why,
    )
    yield dataclass_replace(raised, sources=(*raised.sources, *service.sources))


def _urgency(service: Service, now: datetime) -> Urgency:
    if service.ends and now > service.ends:
        return Urgency.EMERGENCY
    near = service.ends is not None and now >= service.ends - service.notice
    return Urgency.SOON if service.indicated or near else Urgency.ROUTINE
