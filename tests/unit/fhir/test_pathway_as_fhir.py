"""The pathway goes out as a definition, a plan of care and tasks; tasks come back the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import histories as some
from hypothesis import given, settings
from hypothesis import strategies as st
from validator import complaints

from thecal.care import History, Task, follow, gate_cards, read_facts, requirement_cards, rules
from thecal.fhir import (
    Json,
    Resources,
    bulk_manifest,
    bundle,
    capability,
    dumps,
    loads,
    outcome,
    pathway_resources,
    plan_definition,
    read_task,
)

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "pathway"
AT = datetime(2026, 6, 1, tzinfo=UTC)


def tasks_back(resources: list[Json]) -> tuple[Task, ...]:
    read = Resources.of(loads(dumps(one)) for one in resources)
    return tuple(read_task(one) for one in read.all("Task"))


@settings(max_examples=30, deadline=None)
@given(some.histories, st.integers(0, 3000))
def test_the_open_tasks_of_any_history_come_back_equal(history: History, days: int) -> None:
    pathway = follow(history, some.START + timedelta(days=days))
    assert tasks_back(list(pathway_resources(pathway, "p1", "Patient/p1"))) == pathway.tasks


def test_the_shipped_pathways_are_valid_and_say_every_gate() -> None:
    for name in ("baclofen-refill.toml", "trial-with-morphine.toml"):
        history = read_facts(EXAMPLES / name)
        for event in history.events:
            pathway = follow(history, event.at)
            resources = pathway_resources(pathway, "p1", "Patient/p1")
            told = [one["detail"] for one in resources[0]["activity"] if "detail" in one]
            assert [one["code"]["coding"][0]["code"] for one in told] == list(gate_cards())
            for gate, detail in zip(pathway.gates, told, strict=True):
                assert detail.get("doNotPerform", False) is not gate.is_open
        assert complaints([bundle("searchset", resources)]) == []


def test_the_definition_is_valid_and_has_every_gate_requirement_and_rule() -> None:
    made = plan_definition()
    assert complaints([made]) == []
    assert [one["id"] for one in made["action"]] == list(gate_cards())
    inner = {
        part["code"][0]["coding"][0]["code"] for one in made["action"] for part in one["action"]
    }
    assert inner == set(requirement_cards())
    assert [one["label"] for one in made["relatedArtifact"]] == list(rules())


def test_what_a_server_says_of_itself_is_r4() -> None:
    made = capability(
        "https://clinic.example/fhir",
        AT,
        {"Patient": ["read", "search-type"], "Device": ["read"]},
        search={"Patient": [("identifier", "token")]},
        operations={
            "Patient": [
                ("everything", "http://hl7.org/fhir/OperationDefinition/Patient-everything")
            ]
        },
    )
    assert made["fhirVersion"] == "4.0.1"
    assert complaints([made, outcome("not-found", "no such patient")]) == []


def test_a_searchset_says_how_many_there_are_and_what_was_asked() -> None:
    made = bundle(
        "searchset",
        [{"resourceType": "Patient", "id": "p1"}],
        at=AT,
        base="https://clinic.example/fhir/",
        self_url="https://clinic.example/fhir/Patient?_count=1",
        total=7,
    )
    assert complaints([made]) == []
    assert made["total"] == 7
    assert made["entry"][0]["fullUrl"] == "https://clinic.example/fhir/Patient/p1"


def test_a_bulk_manifest_lists_each_type_once() -> None:
    files = {
        "Patient.ndjson": "https://clinic.example/1",
        "Task.ndjson": "https://clinic.example/2",
    }
    made = bulk_manifest(AT, "https://clinic.example/fhir/$export", files)
    assert [one["type"] for one in made["output"]] == ["Patient", "Task"]
