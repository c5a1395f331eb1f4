"""Devices, programs and statuses go out as FHIR and come back the same."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pump_cases import (
    FULL,
    commands,
    courses,
    happenings,
    new_twin,
    play,
    programs,
    running,
    status,
)
from validator import complaints

from thecal import devices
from thecal.fhir import FhirError, Json, Resources, dumps, loads, medication, reprogramming
from thecal.fhir.devices import (
    Instance,
    catheter,
    figures,
    metrics,
    program_observation,
    pump,
    read_device,
    read_program,
    read_status,
    status_observations,
)
from thecal.fhir.devices.device import use as device_use
from thecal.fhir.names import own_system
from thecal.pump import PL_PER_ML, Program, Status

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
WHO = {"patient": "Patient/p1", "device": "DeviceMetric/d1-programmed-rate"}
UDI = "(01)00643169007222(21)NGP123"


def received(*resources: Json) -> Resources:
    return Resources.of(loads(dumps(one)) for one in resources)


@settings(max_examples=60, deadline=None)
@given(programs)
def test_any_program_comes_back_equal(program: Program) -> None:
    sent = program_observation(program, "o1", at=AT, **WHO)
    assert read_program(received(sent).one("Observation")) == program


@settings(max_examples=40, deadline=None)
@given(courses(st.one_of(commands, happenings)))
def test_the_status_of_a_pump_after_anything_comes_back_equal(course: Any) -> None:
    told = status(play(running(), course))
    sent = status_observations(told, "s1", **WHO)
    resources = received(*sent)
    assert read_status(resources.place("Observation", "s1"), resources) == told


def statuses() -> list[Status]:
    return [status(new_twin(fill=None)), status(new_twin(fill=FULL)), status(running())]


def test_programs_and_statuses_are_valid_by_both_validators() -> None:
    sent = [one for told in statuses() for one in status_observations(told, "s1", **WHO)]
    assert complaints(sent) == []


def test_a_program_that_was_changed_on_the_way_is_refused_by_its_digest() -> None:
    program = status(running()).program
    assert program is not None
    sent = program_observation(program, "o1", at=AT, **WHO)
    for component in sent["component"]:
        if component["code"]["text"] == "step per day":
            component["valueQuantity"]["value"] *= 10
            break
    with pytest.raises(FhirError, match="digest") as told:
        read_program(received(sent).one("Observation"))
    assert told.value.path.endswith(".valueString")


def test_a_rate_between_two_counts_of_the_pump_is_refused() -> None:
    program = status(running()).program
    assert program is not None
    sent = program_observation(program, "o1", at=AT, **WHO)
    text = dumps(sent)
    rate = next(c["valueQuantity"]["value"] for c in sent["component"] if "valueQuantity" in c)
    spoilt = loads(text.replace(f'"value": {rate},', f'"value": {rate}0000000001,', 1))
    with pytest.raises(FhirError, match="between two counts"):
        read_program(Resources.of([spoilt]).one("Observation"))


@pytest.mark.parametrize("key", devices.pumps())
def test_every_pump_is_a_device_with_every_figure_and_its_source(key: str) -> None:
    one = Instance("pump", key, "NGP123", UDI, "00643169007222")
    sent = loads(dumps(pump(one, "d1", "Patient/p1")))
    assert read_device(Resources.of([sent]).one("Device")) == one
    assert len(sent.get("property", [])) == len(list(figures(devices.pump(key))))
    for shown in sent.get("property", []):
        told = {part["url"]: part for part in shown["extension"][0]["extension"]}
        figure = getattr(devices.pump(key), shown["type"]["coding"][0]["code"])
        assert told["source"]["valueString"] == figure.source
        assert told["provenance"]["valueCode"] == figure.provenance


def test_every_device_is_valid_by_both_validators() -> None:
    pumps = [pump(Instance("pump", key, udi=UDI), f"d-{key}") for key in devices.pumps()]
    catheters = [catheter(Instance("catheter", key), f"d-{key}") for key in devices.catheters()]
    more = [
        device_use("u1", "Patient/p1", "Device/d1", since=AT, tip="T10"),
        device_use("u2", "Patient/p1", "Device/d2", since=AT, until=AT, site="abdomen"),
        *metrics("Device/d1", "d1"),
    ]
    assert complaints([*pumps, *catheters, *more]) == []


@pytest.mark.parametrize("key", devices.catheters())
def test_every_catheter_comes_back_as_itself(key: str) -> None:
    one = Instance("catheter", key)
    assert read_device(received(catheter(one, "d1")).one("Device")) == one


def test_a_device_of_no_catalogue_is_refused() -> None:
    sent = pump(Instance("pump", "synchromed-ii-20"), "d1")
    foreign = deepcopy(sent)
    foreign["identifier"][0] = {"system": own_system("device"), "value": "other-pump"}
    with pytest.raises(FhirError, match="is not one of") as told:
        read_device(received(foreign).one("Device"))
    assert told.value.path == "Device/d1.identifier[0].value"


def test_a_reprogramming_is_a_procedure_and_what_runs_from_then_on() -> None:
    program = status(running()).program
    assert program is not None
    made = reprogramming(
        program,
        "r1",
        at=AT,
        patient="Patient/p1",
        device="Device/d1",
        medication="Medication/m1",
        request="MedicationRequest/rx1",
    )
    procedure, infusion = made
    assert complaints([*made, medication("m1", [("morphine", None)])]) == []
    assert infusion["partOf"] == [{"reference": f"Procedure/{procedure['id']}"}]
    rate = infusion["dosage"]["rateQuantity"]
    week = [program.schedules[index].volume_pl_minutes() for index in program.week]
    assert rate["code"] == "mL/d"
    assert abs(rate["value"] * PL_PER_ML - sum(week) // (7 * 1440)) <= 1
