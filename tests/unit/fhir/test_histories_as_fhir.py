"""A history goes out as FHIR and comes back as the same facts, whatever they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from fractions import Fraction
from pathlib import Path
from typing import get_args, get_type_hints

import histories as some
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from validator import complaints

from thecal.care import History, read_facts
from thecal.care.facts import EVENTS, Event
from thecal.care.facts.outcomes import OralMedicine
from thecal.care.facts.refill import Ingredient
from thecal.fhir import (
    FhirError,
    Json,
    Person,
    Resources,
    bundle,
    check,
    dumps,
    history_resources,
    loads,
    ndjson,
    patient,
    read_history,
    read_ndjson,
)
from thecal.fhir.facts.table import listed_kinds, quantities, resource_of

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "pathway"
FACTS = ("baclofen-refill.toml", "trial-with-morphine.toml")


def exported(history: History, identity: str = "p1") -> list[Json]:
    """A patient with every fact."""
    person = patient(identity, Person(number="17"), history.patient, history.zone)
    return [person, *history_resources(history, identity, f"Patient/{identity}")]


def back(resources: Iterable[Json], identity: str = "p1") -> History:
    """The history among resources that came over the wire."""
    read = Resources.of(resources)
    return read_history(read.place("Patient", identity), read)


@settings(max_examples=40, deadline=None)
@given(some.histories)
def test_a_history_comes_back_equal_from_a_bundle(history: History) -> None:
    sent = dumps(bundle("searchset", exported(history)))
    read = Resources.of_bundle(loads(sent))
    assert read_history(read.one("Patient"), read) == history


@settings(max_examples=40, deadline=None)
@given(some.histories)
def test_a_history_comes_back_equal_from_bulk_files(history: History) -> None:
    """The files hold one type each: the order of facts of one instant must not be lost."""
    instants = [event.at for event in history.events[:1]] * len(history.events)
    same = [replaced(event, at) for event, at in zip(history.events, instants, strict=True)]
    mixed = History(patient=history.patient, zone=history.zone, events=tuple(same))
    assert back(read_ndjson(ndjson(exported(mixed)))) == mixed


def replaced(event: Event, at: object) -> Event:
    """The fact at another instant."""
    values = {one.name: getattr(event, one.name) for one in fields(event)}
    return type(event)(**{**values, "at": at})


def test_facts_of_every_kind_are_valid_by_both_validators() -> None:
    gathered: list[Json] = []

    @settings(max_examples=5, deadline=None)
    @given(st.tuples(*map(some.events_of, EVENTS)))
    def gather(events: tuple[Event, ...]) -> None:
        history = History(patient=PATIENT.patient, zone=PATIENT.zone, events=events)
        gathered.append(bundle("collection", exported(history)))

    gather()
    for one in gathered:
        check(one)
    assert complaints(gathered) == []


@pytest.mark.parametrize("kind", EVENTS)
def test_a_fact_goes_out_as_the_resource_that_the_table_says(kind: str) -> None:
    @settings(max_examples=2, deadline=None)
    @given(some.events_of(kind))
    def hold(event: Event) -> None:
        history = History(patient=PATIENT.patient, zone=PATIENT.zone, events=(event,))
        assert exported(history)[1]["resourceType"] == resource_of(kind)

    hold()


@pytest.mark.parametrize("name", FACTS)
def test_the_shipped_histories_are_valid_and_come_back(name: str) -> None:
    history = read_facts(EXAMPLES / name)
    resources = exported(history)
    assert complaints([bundle("searchset", resources)]) == []
    assert back([loads(dumps(one)) for one in resources]) == history


PATIENT = read_facts(EXAMPLES / FACTS[0])


def test_facts_of_another_patient_are_left_where_they_are() -> None:
    mine, theirs = exported(PATIENT, "p1"), exported(read_facts(EXAMPLES / FACTS[1]), "p2")
    assert back([*theirs, *mine], "p1") == PATIENT


def test_every_quantity_of_a_fact_has_its_unit_in_the_table() -> None:
    owners = [*EVENTS.values(), Ingredient, OralMedicine]
    exact = {
        one.name
        for owner in owners
        for one in fields(owner)
        if Fraction in {get_type_hints(owner)[one.name], *get_args(get_type_hints(owner)[one.name])}
    }
    in_tuples = {"concentration_ug_per_ml", "ug_per_day"}  # go by the field that holds the tuple
    assert exact - in_tuples <= set(quantities())
    assert set(listed_kinds()) <= set(EVENTS)


def test_a_refill_is_a_procedure_and_its_facts_are_part_of_it() -> None:
    resources = exported(read_facts(EXAMPLES / "baclofen-refill.toml"))
    begun = next(one for one in resources if _kind(one) == "refill-begun")
    filled = next(one for one in resources if _kind(one) == "filled")
    aspirated = next(one for one in resources if _kind(one) == "aspirated")
    assert begun["resourceType"] == "Procedure"
    assert filled["resourceType"] == "MedicationAdministration"
    for one in (filled, aspirated):
        assert one["partOf"] == [{"reference": f"Procedure/{begun['id']}"}]


def _kind(resource: Json) -> str:
    for one in resource.get("extension", []):
        if one["url"].endswith("/fact"):
            return str(one["extension"][0]["valueCode"])
    return ""


def test_codes_of_instruments_and_signs_are_those_found_and_no_others() -> None:
    resources = exported(read_facts(EXAMPLES / "trial-with-morphine.toml"))
    loinc = {
        (coding["code"])
        for one in resources
        for part in (one, *one.get("component", []))
        for coding in part.get("code", {}).get("coding", [])
        if coding["system"] == "http://loinc.org"
    }
    assert loinc == {"72514-3", "77565-0", "2708-6", "9279-1"}


def test_an_entry_in_error_is_refused_and_not_read() -> None:
    resources = exported(PATIENT)
    wrong = next(n for n, one in enumerate(resources) if one["resourceType"] == "Observation")
    resources[wrong] = {**resources[wrong], "status": "entered-in-error"}
    with pytest.raises(FhirError) as told:
        back(resources)
    assert told.value.path == f"Observation/{resources[wrong]['id']}.status"
