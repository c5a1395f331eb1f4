"""A pump's program as an ``Observation``: every setting a component, exact, and its digest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from thecal.fhir.amounts import amount, counted, read_amount
from thecal.fhir.elements import (
    Json,
    extension,
    group,
    instant,
    own_concept,
    part,
    reference,
    resource,
)
from thecal.fhir.reading import Place
from thecal.pump import PL_PER_ML, SECONDS_PER_MINUTE, NotLanguageError, Program
from thecal.pump.decoding import read
from thecal.pump.language import Bolus, Bridge, PatientDose
from thecal.therapy.file.prescription import WEEKDAYS
from thecal.units import DURATION, FLOW, VOLUME

_PARTS: dict[str, type] = {"priming": Bolus, "bridge": Bridge, "patient_dose": PatientDose}


def program_observation(
    program: Program, identity: str, *, patient: str, device: str, at: datetime
) -> Json:
    """A program as a pump holds it, or is to hold it.

    Args:
        program: in the pump's language.
        identity: the resource's id.
        patient: ``Patient/id``.
        device: ``Device/id`` or ``DeviceMetric/id``.
        at: when it was read off, or made.
    """
    return resource(
        "Observation",
        identity,
        status="final",
        code=own_concept("setting", "program", "Program of an intrathecal pump"),
        subject=reference(patient),
        effectiveDateTime=instant(at),
        device=reference(device),
        component=list(_components(program)),
    )


def setting(system: str, name: str, value: Any) -> Json:
    """One integer of the pump's language as a component, by the unit that its name ends in."""
    code = code_of(name)
    return {"code": own_concept(system, code, code.replace("-", " ")), **_value(name, value)}


def code_of(name: str) -> str:
    """The code of a field of the pump's language: its name without the pump's own unit."""
    return name.replace("_pl", "").removesuffix("_s").replace("_", "-")


def fields_by_code(owners: dict[str, type], *others: str) -> dict[str, str]:
    """Code to field, of parts with a prefix and of single fields."""
    inner = [f"{prefix}_{one.name}" for prefix, owner in owners.items() for one in fields(owner)]
    return {code_of(name): name for name in (*inner, *others)}


def _value(name: str, value: Any) -> Json:
    if isinstance(value, str):
        return {"valueString": value}
    if name.endswith("_pl_per_day"):
        return {"valueQuantity": amount(Fraction(value, PL_PER_ML), FLOW)}
    if name.endswith(("_pl", "_pl_per_hour")):
        return {"valueQuantity": amount(Fraction(value, PL_PER_ML), VOLUME)}
    if name.endswith("_s"):
        return {"valueQuantity": counted(Decimal(value), "s")}
    return {"valueInteger": value}


def read_setting(component: Place, name: str) -> int | str:
    """The value of a component, back in the pump's integers.

    Raises:
        FhirError: another kind of value, or between two of the pump's counts.
    """
    if component.get("valueString"):
        return component.need("valueString").text()
    if component.get("valueInteger"):
        return component.need("valueInteger").whole()
    quantity = component.need("valueQuantity")
    if name.endswith("_s"):
        return _count(quantity, _seconds(quantity))
    kind = FLOW if name.endswith("_pl_per_day") else VOLUME
    return _count(quantity, read_amount(quantity, kind) * PL_PER_ML)


def _seconds(quantity: Place) -> Fraction:
    if quantity.value.get("code") == "s":
        return Fraction(quantity.need("value").number())  # an offset from UTC may be negative
    return read_amount(quantity, DURATION)


def _count(quantity: Place, value: Fraction) -> int:
    if value.denominator != 1:
        quantity.fail(f"{quantity.need('value').shown} is between two counts of the pump")
    return int(value)


def _components(program: Program) -> Iterator[Json]:
    yield {
        "code": own_concept("setting", "mode"),
        "valueCodeableConcept": own_concept("mode", program.mode),
    }
    for index, schedule in enumerate(program.schedules):
        for step in schedule.steps:
            yield {
                "extension": _step(index, step.start_min),
                **setting("setting", "step_pl_per_day", step.rate_pl_per_day),
            }
    for day, schedule_of_day in zip(WEEKDAYS, program.week, strict=False):
        yield {
            "extension": [extension("weekday", valueCode=day)],
            **setting("setting", "weekday", schedule_of_day),
        }
    for name in _PARTS:
        value = getattr(program, name)
        for field in fields(value) if value else ():
            yield setting("setting", f"{name}_{field.name}", getattr(value, field.name))
    yield setting("setting", "digest", program.digest)


def _step(schedule: int, start_min: int) -> list[Json]:
    time = f"{start_min // SECONDS_PER_MINUTE:02d}:{start_min % SECONDS_PER_MINUTE:02d}:00"
    parts = [*part("schedule", valueInteger=schedule), *part("start", valueTime=time)]
    return group("schedule-step", parts)


_FIELDS = fields_by_code(_PARTS, "mode", "digest", "weekday", "step_pl_per_day")


def read_program(place: Place) -> Program:
    """The program of an Observation that :func:`program_observation` wrote.

    Raises:
        FhirError: a setting is missing, repeated or of another kind, or the digest is not the
            program's: something was changed on the way.
    """
    if place.need("code").own_code("setting") != "program":
        place.need("code").fail("is not the program of a pump")
    place.need("status").word("final")
    plain: dict[str, Any] = {
        "kind": "Program",
        "schedules": [],
        "week": [],
        **dict.fromkeys(_PARTS),
    }
    digest = None
    for component in place.items("component"):
        name = field_of(component, "setting", _FIELDS)
        if name == "digest":
            digest = component.need("valueString")
        else:
            _enter(plain, name, component)
    program = _decoded(plain, place)
    if digest is None or digest.text() != program.digest:
        (digest or place).fail(f"is not the digest of this program, {program.digest}")
    return program


def field_of(component: Place, system: str, known: dict[str, str]) -> str:
    """The field of the pump's language that a component is.

    Raises:
        FhirError: none.
    """
    code = component.need("code").need_own_code(system)
    if code not in known:
        component.need("code").fail(f"'{code}' is no part of what a pump says")
    return known[code]


def _decoded(plain: dict[str, Any], place: Place) -> Program:
    try:
        program = read(plain)
    except NotLanguageError as error:
        place.fail(f"is not a program: {error}")
    assert isinstance(program, Program)  # noqa: S101  (its kind says so)
    return program


def _enter(plain: dict[str, Any], name: str, component: Place) -> None:
    if name == "mode":
        plain["mode"] = component.need("valueCodeableConcept").need_own_code("mode")
    elif name == "step_pl_per_day":
        _enter_step(plain["schedules"], component)
    elif name == "weekday":
        plain["week"].append(read_setting(component, name))
    else:
        _enter_part(plain, name, component)


def _enter_step(schedules: list[dict[str, Any]], component: Place) -> None:
    told = component.extension("schedule-step")
    where, start = (told.part("schedule"), told.part("start")) if told else (None, None)
    if where is None or start is None:
        component.fail("does not say to which schedule the step belongs, and from when")
    index = where.need("valueInteger").whole()
    if not len(schedules) - 1 <= index <= len(schedules) or index < 0:
        where.fail(f"{index} is out of order")
    if index == len(schedules):
        schedules.append({"kind": "DaySchedule", "steps": []})
    hours, minutes, _ = start.need("valueTime").text().split(":")
    schedules[index]["steps"].append(
        {
            "kind": "Step",
            "start_min": int(hours) * SECONDS_PER_MINUTE + int(minutes),
            "rate_pl_per_day": read_setting(component, "step_pl_per_day"),
        }
    )


def _enter_part(plain: dict[str, Any], name: str, component: Place) -> None:
    for part_name, kind in _PARTS.items():
        if name.startswith(f"{part_name}_"):
            if plain[part_name] is None:
                plain[part_name] = {"kind": kind.__name__}
            field = name.removeprefix(f"{part_name}_")
            if field in plain[part_name]:
                component.fail(f"{field} is there twice")
            plain[part_name][field] = read_setting(component, name)
            return
