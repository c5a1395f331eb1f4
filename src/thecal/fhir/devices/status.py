"""What a pump tells about itself as an ``Observation``; what it believes, not what is true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from thecal.fhir.bundles import Resources, target
from thecal.fhir.devices.program import (
    field_of,
    fields_by_code,
    program_observation,
    read_program,
    read_setting,
    setting,
)
from thecal.fhir.elements import Json, group, instant, own_concept, part, reference, resource
from thecal.fhir.reading import Place
from thecal.pump import NotLanguageError, Status, plain
from thecal.pump.decoding import read
from thecal.pump.language import Ceiling, Fill

_NESTED: dict[str, type] = {"fill": Fill, "ceiling": Ceiling}
_APART = {"program", "alarms", "utc_s", *_NESTED}


def status_observations(
    status: Status, identity: str, *, patient: str, device: str
) -> tuple[Json, ...]:
    """A status, and its program as a member of it.

    Args:
        status: as interrogated.
        identity: the resource's id.
        patient: ``Patient/id``.
        device: ``Device/id`` or ``DeviceMetric/id``.
    """
    at = datetime.fromtimestamp(status.utc_s, UTC)
    members = (
        [
            program_observation(
                status.program, f"{identity}-program", patient=patient, device=device, at=at
            )
        ]
        if status.program
        else []
    )
    whole = resource(
        "Observation",
        identity,
        status="final",
        code=own_concept("status", "status", "Status of an intrathecal pump, as it believes"),
        subject=reference(patient),
        effectiveDateTime=instant(at),
        device=reference(device),
        hasMember=[reference(target(one)) for one in members],
        component=list(_components(status)),
    )
    return (whole, *members)


def _components(status: Status) -> Iterator[Json]:
    for field in fields(status):
        value = getattr(status, field.name)
        if field.name not in _APART and value is not None:
            yield setting("status", field.name, str(value) if isinstance(value, str) else value)
    for name in _NESTED:
        yield from _nested(name, getattr(status, name))
    for alarm in status.alarms:
        parts = [
            *part("priority", valueCode=str(alarm.priority)),
            *part("since", valueInteger=alarm.since_s),
            *part("silenced", valueBoolean=alarm.silenced),
        ]
        yield {"extension": group("alarm", parts), **setting("status", "alarm", str(alarm.name))}


def _nested(name: str, value: Fill | Ceiling | None) -> Iterator[Json]:
    for field in fields(value) if value else ():
        told = getattr(value, field.name)
        if field.name == "labels":
            yield from (setting("status", "fill_label", label) for label in told)
        else:
            yield setting("status", f"{name}_{field.name}", told)


_FIELDS = fields_by_code(_NESTED, "alarm", "fill_label", *(field.name for field in fields(Status)))


def read_status(place: Place, resources: Resources) -> Status:
    """The status of an Observation that :func:`status_observations` wrote.

    Raises:
        FhirError: something is missing, repeated or of another kind.
    """
    if place.need("code").own_code("status") != "status":
        place.need("code").fail("is not the status of a pump")
    place.need("status").word("final")
    known = {field.name for field in fields(Status)}
    table: dict[str, Any] = {"kind": "Status", "alarms": [], **dict.fromkeys(known - {"alarms"})}
    for component in place.items("component"):
        _enter(table, field_of(component, "status", _FIELDS), component)
    table["utc_s"] = int(place.need("effectiveDateTime").moment().timestamp())
    for member in place.items("hasMember"):
        table["program"] = plain(read_program(resources.follow(member, "Observation")))
    return _decoded(table, place)


def _decoded(table: dict[str, Any], place: Place) -> Status:
    try:
        status = read(table)
    except NotLanguageError as error:
        place.fail(f"is not a pump's status: {error}")
    assert isinstance(status, Status)  # noqa: S101  (its kind says so)
    return status


def _enter(table: dict[str, Any], name: str, component: Place) -> None:
    if name == "alarm":
        table["alarms"].append(_alarm(component))
        return
    for nested, kind in _NESTED.items():
        if name.startswith(f"{nested}_"):
            _enter_nested(table, nested, kind, name, component)
            return
    if table.get(name) is not None:
        component.fail(f"'{name}' is there twice")
    table[name] = read_setting(component, name)


def _enter_nested(
    table: dict[str, Any], nested: str, kind: type, name: str, component: Place
) -> None:
    if table[nested] is None:
        table[nested] = {"kind": kind.__name__, **({"labels": []} if kind is Fill else {})}
    if name == "fill_label":
        table[nested]["labels"].append(read_setting(component, name))
    else:
        table[nested][name.removeprefix(f"{nested}_")] = read_setting(component, name)


def _alarm(component: Place) -> dict[str, Any]:
    told = component.extension("alarm")
    since, silenced = (told.part("since"), told.part("silenced")) if told else (None, None)
    if told is None or since is None or silenced is None:
        component.fail("does not say the alarm's priority, since when, and whether silenced")
    return {
        "kind": "AlarmState",
        "name": component.need("valueString").text(),
        "priority": told.part_text("priority", "valueCode"),
        "since_s": since.need("valueInteger").whole(),
        "silenced": silenced.need("valueBoolean").truth(),
    }
