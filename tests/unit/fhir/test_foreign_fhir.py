"""What others send: read, or refused with the path of what is wrong; never anything else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import simplejson
from hypothesis import given, settings
from hypothesis import strategies as st
from validator import complaints

from thecal.care import History, read_facts
from thecal.fhir import (
    FhirError,
    HarmRecord,
    Json,
    Person,
    Resources,
    adverse_event,
    bundle,
    history_resources,
    loads,
    outcome_of,
    patient,
    plan_bundle,
    read_harm,
    read_history,
    read_ndjson,
    read_person,
    read_plan,
)
from thecal.therapy.file.reading import read
from thecal.therapy.plan import make_plan

ROOT = Path(__file__).resolve().parents[3]
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
PLAN = make_plan(
    read(ROOT / "examples" / "morphine-bupivacaine-day-and-night.toml"), visit=date(2026, 3, 2)
)
HISTORY = read_facts(ROOT / "examples" / "pathway" / "trial-with-morphine.toml")
SENT = simplejson.dumps(plan_bundle(PLAN, at=AT), use_decimal=True)
FACTS = simplejson.dumps(
    bundle(
        "searchset",
        [
            patient("p1", Person(), HISTORY.patient, HISTORY.zone),
            *history_resources(HISTORY, "p1", "Patient/p1"),
        ],
    ),
    use_decimal=True,
)


def fresh(text: str = SENT) -> Json:
    made: Json = json.loads(text, parse_float=Decimal)
    return made


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) of a JSON value."""
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from places(value[key])


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**12),
    st.sampled_from([Decimal("-1"), Decimal("1e400"), Decimal("0.1"), "", "x", "mg/d", "2026"]),
    st.sampled_from([[], {}, [{}], {"url": "x"}, ["x"], {"value": 1}]),
)


def spoilt(text: str, draw: st.DataObject) -> str:
    """A bundle with one place replaced, deleted, or doubled."""
    whole = fresh(text)
    every = list(places(whole))
    owner, key = every[draw.draw(st.integers(0, len(every) - 1))]
    how = draw.draw(st.sampled_from(["replace", "delete", "double"]))
    if how == "replace":
        owner[key] = draw.draw(JUNK)
    elif how == "double" and isinstance(owner, list):
        owner.append(owner[key])
    else:
        del owner[key]
    return simplejson.dumps(whole, use_decimal=True)


def refusal(read: Callable[[], object]) -> str:
    """What the reader says against it, empty if it reads it; any other error is a failure."""
    try:
        read()
    except FhirError as error:
        return str(error)
    return ""


def history_of(text: str) -> History:
    resources = Resources.of_bundle(loads(text))
    return read_history(resources.one("Patient"), resources)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_spoilt_plan_is_read_or_refused_in_one_line(draw: st.DataObject) -> None:
    text = spoilt(SENT, draw)
    assert "\n" not in refusal(lambda: read_plan(loads(text)))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_spoilt_history_is_read_or_refused_in_one_line(draw: st.DataObject) -> None:
    text = spoilt(FACTS, draw)
    assert "\n" not in refusal(lambda: history_of(text))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40) | st.binary(max_size=40))
def test_any_text_is_refused_in_one_line(text: str | bytes) -> None:
    with pytest.raises(FhirError) as told:
        loads(text)
    assert "\n" not in str(told.value)


def entry(whole: Json, kind: str, number: int = 0) -> Json:
    found = [one["resource"] for one in whole["entry"] if one["resource"]["resourceType"] == kind]
    resource: Json = found[number]
    return resource


def path_of_refusal(whole: Json) -> str:
    with pytest.raises(FhirError) as told:
        read_plan(loads(simplejson.dumps(whole, use_decimal=True)))
    return told.value.path


def dosage(whole: Json) -> Json:
    first: Json = entry(whole, "MedicationRequest")["dosageInstruction"][0]
    return first


def _comparator(whole: Json) -> None:
    dosage(whole)["doseAndRate"][0]["rateQuantity"]["comparator"] = "<"


def _other_unit(whole: Json) -> None:
    dosage(whole)["doseAndRate"][0]["rateQuantity"]["code"] = "[lb_av]/d"


def _other_system(whole: Json) -> None:
    dosage(whole)["doseAndRate"][0]["rateQuantity"]["system"] = "http://example.org/units"


def _other_route(whole: Json) -> None:
    dosage(whole)["route"] = {"text": "Intravenous route"}


def _negated(whole: Json) -> None:
    entry(whole, "MedicationRequest")["doNotPerform"] = True


def _in_error(whole: Json) -> None:
    entry(whole, "MedicationRequest")["status"] = "entered-in-error"


def _shorter(whole: Json) -> None:
    dosage(whole)["timing"]["repeat"]["duration"] = 30


def _lost(whole: Json) -> None:
    whole["entry"] = [
        one for one in whole["entry"] if one["resource"]["resourceType"] != "Medication"
    ]


def _foreign_drug(whole: Json) -> None:
    concept = entry(whole, "Medication")["ingredient"][0]["itemCodeableConcept"]
    concept["coding"] = [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "1"}]


def _no_strength(whole: Json) -> None:
    del entry(whole, "Medication")["ingredient"][0]["strength"]


def _zero(whole: Json) -> None:
    entry(whole, "Medication")["ingredient"][0]["strength"]["numerator"]["value"] = 0


def _other_severity(whole: Json) -> None:
    entry(whole, "DetectedIssue")["severity"] = "grave"


@pytest.mark.parametrize(
    ("spoil", "ending"),
    [
        (_comparator, "resource.dosageInstruction[0].doseAndRate[0].rateQuantity.comparator"),
        (_other_unit, "resource.dosageInstruction[0].doseAndRate[0].rateQuantity.code"),
        (_other_system, "resource.dosageInstruction[0].doseAndRate[0].rateQuantity.system"),
        (_other_route, "resource.dosageInstruction[0]"),
        (_negated, "resource.doNotPerform"),
        (_in_error, "resource.status"),
        (_shorter, "resource.dosageInstruction[0].timing.repeat.duration"),
        (_lost, "resource.medicationReference.reference"),
        (_foreign_drug, "resource.ingredient[0].itemCodeableConcept"),
        (_no_strength, "resource.ingredient[0].strength"),
        (_zero, "resource"),
        (_other_severity, "resource.severity"),
    ],
)
def test_a_wrong_order_is_refused_at_its_place(spoil: Any, ending: str) -> None:
    whole = fresh()
    spoil(whole)
    path = path_of_refusal(whole)
    assert path.startswith("Bundle.entry[")
    assert path.endswith(f"].{ending}")


def test_a_foreign_request_without_a_mode_is_refused() -> None:
    whole = fresh()
    request = entry(whole, "MedicationRequest")
    request["extension"] = [one for one in request["extension"] if "mode" not in one["url"]]
    with pytest.raises(FhirError, match="therapy-mode"):
        read_plan(loads(simplejson.dumps(whole, use_decimal=True)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "is not JSON"),
        ("[1]", "is not a JSON object"),
        ('{"resourceType": "Patient", "resourceType": "Bundle"}', "twice"),
        ('{"resourceType": "Patient", "multipleBirthInteger": NaN}', "NaN"),
        ('{"resourceType": "Spaceship"}', "is not one of"),
        ("{" * 3 + '"a":' * 2, "is not JSON"),
        ('{"a":' * 60 + "1" + "}" * 60, "nested too deeply"),
        ('{"resourceType": "Patient", "species": "cat"}', "not permitted"),
    ],
)
def test_text_that_is_no_resource_is_refused(text: str, expected: str) -> None:
    with pytest.raises(FhirError, match=expected):
        loads(text)


def test_a_refusal_is_an_operation_outcome_with_its_path() -> None:
    with pytest.raises(FhirError) as told:
        loads('{"resourceType": "Patient", "species": "cat"}')
    made = outcome_of(told.value)
    assert complaints([made]) == []
    assert made["issue"][0]["expression"] == ["Patient.species"]


def test_a_foreign_patient_is_read_for_who_it_is() -> None:
    foreign = {
        "resourceType": "Patient",
        "identifier": [{"system": "urn:oid:1.2.3", "value": "42"}],
        "name": [{"family": "Muster", "given": ["A", "B"]}],
        "birthDate": "1960-05-01",
        "gender": "female",
    }
    read_back = read_person(Resources.of([loads(json.dumps(foreign))]).one("Patient"))
    assert read_back == Person(
        "42", "urn:oid:1.2.3", "Muster", ("A", "B"), date(1960, 5, 1), "female"
    )


@given(
    st.builds(
        HarmRecord,
        at=st.just(AT),
        what=st.text("abc ", min_size=1).filter(str.strip),
        happened=st.booleans(),
        serious=st.none() | st.booleans(),
        severity=st.none() | st.sampled_from(["mild", "moderate", "severe"]),
        outcome=st.none() | st.sampled_from(["resolved", "fatal", "unknown"]),
    )
)
def test_harm_comes_back_equal(harm: HarmRecord) -> None:
    sent = adverse_event(harm, "a1", patient="Patient/p1", suspects=["Device/d1"])
    text = simplejson.dumps(sent, use_decimal=True)
    assert read_harm(Resources.of([loads(text)]).one("AdverseEvent")) == harm


def test_harm_of_every_severity_and_outcome_is_valid_by_both_validators() -> None:
    outcomes = ("resolved", "recovering", "ongoing", "resolvedWithSequelae", "fatal", "unknown")
    harms = [HarmRecord(AT, "x", True, True, "severe", one) for one in outcomes]  # type: ignore[arg-type]
    harms += [HarmRecord(AT, "x", False, False, one) for one in ("mild", "moderate")]
    assert complaints(adverse_event(one, "a1", patient="Patient/p1") for one in harms) == []


def test_a_bulk_file_with_another_type_in_it_is_refused_with_its_line() -> None:
    line = '{"resourceType": "Patient", "id": "p1"}'
    assert len(read_ndjson({"Patient.ndjson": f"{line}\n\n{line}\n"})) == 2
    with pytest.raises(FhirError, match=r"Device\.ndjson:2"):
        read_ndjson({"Device.ndjson": f"\n{line}\n"})
