"""Every operation of the description, asked with what its schema allows and what it forbids.

Nothing breaks the clinic, and every answer is one that the description has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import databases
import fasteners
import programming
import pytest
import schemathesis
import staff
from databases import Engine
from django.core.wsgi import get_wsgi_application
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from journey import IMPLANTED, running, walk
from patient_account import with_account
from programs import token
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks

from thecal.clinic.audit.verifying import verify
from thecal.clinic.people.roles import GRANTED, Role
from thecal.clinic.record.actions import table

ALLOWED, FORBIDDEN = 4, 2
NO_LIMIT = {"person": 10**6, "address": 10**6}
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
SCHEMA = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
ANSWERS: Counter[int] = Counter()
OPERATIONS = {
    one.label: one
    for found in SCHEMA.get_all_operations()
    if isinstance(found, Ok) and (one := found.ok())
}

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@dataclass(frozen=True)
class Place:
    """What is asked about, and the secret of a token of each role."""

    keys: dict[str, str]
    secrets: dict[Role, str]

    def may(self, action: str) -> list[str]:
        """The secrets of those who may, so that most requests come as far as the record."""
        roles = table()[action].roles if action in table() else frozenset(Role)
        return [secret for role, secret in self.secrets.items() if role in roles]


@pytest.fixture(scope="module")
def place(engine: Engine, house: Path, worker_id: str) -> Iterator[Place]:
    """A record of this module's own, in which a patient has come far."""
    with fasteners.InterProcessLock(house / f"{engine.name}.lock"):
        url = engine.copy("template", f"fuzzed_{worker_id}")
    databases.use(databases.described(url))
    patient = staff.patient()
    with running() as clock:
        walk(patient, IMPLANTED, clock)
    programming.pump(patient)
    programming.written(patient)
    people = {role: staff.member(role) for role in GRANTED} | {Role.PATIENT: with_account(patient)}
    keys = {"patients": str(patient.pk), "clinics": str(patient.clinic_id)}
    with override_settings(THECAL_REQUESTS_A_MINUTE=NO_LIMIT):
        yield Place(keys, {role: token(who)[1] for role, who in people.items()})
    databases.leave()
    engine.drop(f"fuzzed_{worker_id}")


@pytest.mark.parametrize("label", OPERATIONS)
def test_an_operation_answers_as_it_is_described_whatever_it_is_asked(
    label: str, place: Place
) -> None:
    operation = OPERATIONS[label]
    where = operation.path.split("/")[2]
    fixed = {"subject": place.keys[where]} if where in place.keys else None
    action = operation.definition.raw["operationId"].removeprefix("get.")
    asked(operation, GenerationMode.POSITIVE, ALLOWED, fixed, place.may(action))
    if fixed is not None:  # elsewhere every path and every query is allowed
        asked(operation, GenerationMode.NEGATIVE, FORBIDDEN, fixed, list(place.secrets.values()))


def asked(
    operation: Any,
    mode: GenerationMode,
    examples: int,
    fixed: dict[str, str] | None,
    secrets: list[str],
) -> None:
    in_turn = cycle(secrets)

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode, path_parameters=fixed))
    def ask(case: Case[Any]) -> None:
        headers = {"Authorization": f"Bearer {next(in_turn)}"}
        ANSWERS[case.call_and_validate(headers=headers, checks=CHECKS).status_code] += 1

    ask()


def test_after_all_that_the_record_holds(place: Place) -> None:  # noqa: ARG001
    assert ANSWERS[200] > len(OPERATIONS) / 4, ANSWERS  # it was not refused at the door
    assert verify().holds
