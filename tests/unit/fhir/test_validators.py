"""Two validators that know different things: what the models accept, npm's package refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from validator import FOLDER, complaints

from thecal.fhir import Json, check
from thecal.fhir.wire import RESOURCES

PATIENT = {"reference": "Patient/p1"}
REQUEST: Json = {
    "resourceType": "MedicationRequest",
    "status": "active",
    "intent": "order",
    "medicationReference": {"reference": "Medication/m1"},
    "subject": PATIENT,
    "dosageInstruction": [
        {
            "sequence": 1,
            "timing": {
                "repeat": {
                    "duration": 60,
                    "durationUnit": "min",
                    "dayOfWeek": ["mon"],
                    "timeOfDay": ["07:00:00"],
                }
            },
            "doseAndRate": [{"rateQuantity": {"value": 1.5, "unit": "mg/d"}}],
        }
    ],
}


def _repeat(resource: Json) -> Json:
    repeat: Json = resource["dosageInstruction"][0]["timing"]["repeat"]
    return repeat


WRONG: list[tuple[str, Callable[[Json], Any]]] = [
    ("MedicationRequest.status", lambda one: one.update(status="actif")),
    ("MedicationRequest.intent", lambda one: one.update(intent="wish")),
    ("dayOfWeek", lambda one: _repeat(one).update(dayOfWeek=["monday"])),
    ("durationUnit", lambda one: _repeat(one).update(durationUnit="minutes")),
]


def test_a_right_request_passes_both() -> None:
    check(REQUEST)
    assert complaints([json.dumps(REQUEST)]) == []


@pytest.mark.parametrize(("place", "spoil"), WRONG)
def test_a_wrong_code_that_the_models_accept_is_caught(
    place: str, spoil: Callable[[Json], Any]
) -> None:
    wrong = json.loads(json.dumps(REQUEST))
    spoil(wrong)
    check(wrong)
    (complaint,) = complaints([json.dumps(wrong)])
    assert place in complaint
    assert "not found in value set" in complaint


def test_a_reference_to_the_wrong_type_that_the_models_accept_is_caught() -> None:
    wrong = {**REQUEST, "subject": {"reference": "Device/d1"}}
    check(wrong)
    assert complaints([json.dumps(wrong)]) != []


def test_an_element_that_r4_does_not_have_is_caught() -> None:
    """R4B's PlanDefinition may have a canonical subject; R4's may not."""
    plan: Json = {
        "resourceType": "PlanDefinition",
        "status": "active",
        "subjectCanonical": "https://thecal.example/fhir/x",
    }
    check(plan)
    assert complaints([json.dumps(plan)]) == [
        "PlanDefinition.subjectCanonical: Unexpected property"
    ]


@pytest.mark.parametrize("kind", RESOURCES)
def test_every_resource_in_use_is_known_to_both(kind: str) -> None:
    """A missing required element, or nothing at all, but never an unknown type."""
    told = complaints([json.dumps({"resourceType": kind})])
    assert not any("not a valid resource type" in one for one in told)


def test_the_lock_file_pins_every_version_and_names_no_host() -> None:
    text = (FOLDER / "package-lock.json").read_text(encoding="utf-8")
    assert re.search(r"https?://|resolved", text) is None
    versions = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", one) for one in versions.values())
    assert Path(FOLDER / "node_modules" / "fhir" / "package.json").is_file()
