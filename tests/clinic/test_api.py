"""The API: each service an operation, refusals as problems, a request with a key done once."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import jsonschema_rs
import pytest
import staff
from django.test import Client
from django.utils.translation import gettext_lazy
from journey import BEFORE_TRIAL, END, SCHEDULE_IMPLANT, SELECTED, running, trial, walk
from programs import Program, description

from thecal.clinic.api.asked import MOST_BYTES
from thecal.clinic.api.described import Described
from thecal.clinic.api.descriptions import details
from thecal.clinic.api.listing import READ_AT
from thecal.clinic.api.orders import entry_kinds
from thecal.clinic.api.problems import TITLES
from thecal.clinic.api.said import NOT_SENT, exact, said
from thecal.clinic.assessments.models import PsychologicalAssessment
from thecal.clinic.audit.models import Event
from thecal.clinic.audit.verifying import verify
from thecal.clinic.patients.models import Details, Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.record.actions import table
from thecal.clinic.record.services import services

pytestmark = pytest.mark.usefixtures("record")
FINDING = {
    "happened_at": "2026-03-02T10:00:00+00:00",
    "clearance": "cleared",
    "untreated_habituation": False,
    "summary": "Fit.",
}
RECORD = "assessments.record-psychological"


def program(role: Role = Role.NURSE, where: str = staff.HERE) -> Program:
    return Program(staff.member(role, where))


def assessor() -> Program:
    return program(Role.NEUROPSYCHOLOGIST)


# What there is


def test_every_action_has_its_operation_with_its_order_s_schema() -> None:
    operations = {
        one["operationId"]: one
        for methods in description()["paths"].values()
        for one in methods.values()
    }
    assert set(table()) <= set(operations)
    schemas = description()["components"]["schemas"]
    for name, service in services().items():
        assert set(schemas[name].get("properties", {})) == set(service.order.model_fields), name
        assert operations[name]["summary"] == str(service.action.title)


def test_every_reference_of_the_description_leads_somewhere() -> None:
    def refs(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            yield from (one for key, one in value.items() if key == "$ref")
            for one in value.values():
                yield from refs(one)
        elif isinstance(value, list):
            for one in value:
                yield from refs(one)

    schemas = description()["components"]["schemas"]
    wrong = {one for one in refs(description()) if one.rpartition("/")[2] not in schemas}
    assert wrong == set()


def test_the_description_is_for_everybody_and_no_page_of_docs_is_served() -> None:
    served = Client().get("/api/openapi.json")
    assert served.status_code == 200
    assert served.json()["openapi"].startswith("3.")
    for path in ("/api/", "/api/docs"):
        assert Client().get(path).status_code == 404


def test_secrets_are_written_and_never_read() -> None:
    schemas = description()["components"]["schemas"]
    for name in ("Overriding.Signature", "people.enrol"):
        assert schemas[name]["properties"]["password"]["writeOnly"] is True
    assert "password" not in schemas["people.User"]["properties"]
    assert "digest" not in schemas["calendars.Feed"]["properties"]


# Looking around


def test_a_program_learns_who_it_acts_for_and_where() -> None:
    answer = program(Role.PHYSICIAN).get("/me")
    assert answer.said["person"]["username"] == "physician-one"
    assert answer.said["clinics"] == [
        {"id": str(staff.clinic().pk), "name": staff.HERE, "roles": ["physician"]}
    ]
    assert answer.said["own_record"] is None


def test_patients_are_listed_searched_and_paged() -> None:
    for number in range(51):
        staff.patient(family_name=f"Family{number:02d}")
    where = f"/clinics/{staff.clinic().pk}/patients"
    first, second = program().get(where), program().get(where, page=2)
    assert (len(first.result["patients"]), first.result["has_more"]) == (50, True)
    assert (len(second.result["patients"]), second.result["has_more"]) == (1, False)
    found = program().get(where, search="family07").result["patients"]
    assert [one["family_name"] for one in found] == ["Family07"]
    assert program().get(where, page=0).code == "invalid"
    assert program().get(where, nothing=1).code == "invalid"
    assert program(Role.READER, staff.ELSEWHERE).get(where).code == "not-found"


def test_entries_are_listed_with_what_corrects_them() -> None:
    patient = staff.patient()
    old = assessor().do(patient, RECORD, FINDING).result
    correction = {**FINDING, "clearance": "not-cleared", "corrects": old["id"], "why": "Mixed up"}
    new = assessor().do(patient, "assessments.correct-psychological", correction).result
    where, kind = f"/patients/{patient.pk}/entries", "assessments.PsychologicalAssessment"
    entries = program().get(where, entry_kind=kind).result["entries"]
    linked = {one["id"]: (one["corrects"], one["corrected_by"]) for one in entries}
    assert linked == {old["id"]: (None, new["id"]), new["id"]: (old["id"], None)}
    current = program().get(where, entry_kind=kind, only_current="true").result["entries"]
    assert [one["id"] for one in current] == [new["id"]]
    assert current[0]["recorded_by"]["username"] == "neuropsychologist-one"
    assert program().get(where, entry_kind="people.User").code == "invalid"
    assert program().get(where).code == "invalid"


@pytest.mark.parametrize("kind", entry_kinds())
def test_every_kind_of_entry_can_be_listed(kind: str) -> None:
    patient = staff.patient()
    answer = program().get(f"/patients/{patient.pk}/entries", entry_kind=kind)
    assert len(answer.result["entries"]) == (1 if kind == "patients.Details" else 0)


def test_the_pathway_says_gates_and_tasks_with_their_reasons() -> None:
    with running() as clock:
        patient = staff.patient()
        assert program().get(f"/patients/{patient.pk}/pathway").result is None
        walk(patient, SELECTED, clock)
        pathway = program().get(f"/patients/{patient.pk}/pathway").result
    gates = {one["code"]: one for one in pathway["gates"]}
    assert gates["trial.schedule"]["state"] == "open"
    assert gates["implant.schedule"]["state"] != "open"
    assert all(one["due"] or one["undated"] for one in pathway["tasks"])


def test_the_trail_of_a_patient_is_read_where_the_role_allows() -> None:
    patient = staff.patient()
    events = program(Role.PHYSICIAN).get(f"/patients/{patient.pk}/trail").result
    assert [one["action"] for one in events] == ["patients.register"]
    assert program(Role.NURSE).get(f"/patients/{patient.pk}/trail").code == "not-allowed"
    assert program(Role.PHYSICIAN).get(f"/patients/{patient.pk}/trail", before=2**70).status in {
        200,
        422,
    }


def test_a_document_comes_back_as_it_went_and_a_list_leaves_its_content_out() -> None:
    patient, content = staff.patient(), b"plain text, " * 300_000  # more than Django lets a form
    order = {
        "happened_at": FINDING["happened_at"],
        "title": "Letter",
        "file_name": "letter.txt",
        "media_type": "text/plain",
        "content": base64.b64encode(content).decode(),
    }
    entry = program().do(patient, "attachments.add-document", order).result
    fetched = program().do(patient, "attachments.fetch", {"entry": entry["id"]}).result
    assert base64.b64decode(fetched["content"]) == content
    kind = {"entry_kind": "attachments.Attachment"}
    listed = program().get(f"/patients/{patient.pk}/entries", **kind).result["entries"]
    assert (listed[0]["content"], listed[0]["size"]) == (None, len(content))


# Asking for actions


def test_a_patient_is_registered_and_changed_by_who_has_seen_them() -> None:
    who = staff.particulars(family_name="Byprogram").model_dump(mode="json")
    patient = program().do(staff.clinic().pk, "patients.register", who).result
    opened = program().get(f"/patients/{patient['id']}")
    seen = {"If-Match": opened.headers["ETag"]}
    assert opened.result["family_name"] == "Byprogram"
    amended = {**who, "family_name": "Married", "why": "Married"}
    key = UUID(patient["id"])
    assert program().do(key, "patients.amend", amended).code == "unseen"
    assert program().do(key, "patients.amend", amended, seen).status == 200
    assert program().do(key, "patients.amend", amended, seen).code == "stale"
    version = Patient.objects.get(pk=key).version
    assert program().do(key, "patients.amend", amended, seen=version).status == 200
    assert program().do(key, "patients.amend", amended, seen, seen=version).code == "invalid"
    assert Details.objects.filter(patient=key).count() == 3


def test_what_was_seen_counts_for_an_action_that_does_not_need_it_too() -> None:
    patient = staff.patient()
    stale = {"If-Match": f'"{patient.version - 1}"'}
    assert assessor().do(patient, RECORD, FINDING, stale).code == "stale"
    assert not PsychologicalAssessment.objects.exists()


def test_the_same_request_is_done_once_and_says_what_was_written() -> None:
    patient, key = staff.patient(), {"Idempotency-Key": str(uuid4())}
    first = assessor().do(patient, RECORD, FINDING, key).result
    again = assessor().do(patient, RECORD, FINDING, key)
    assert again.said["done_before"] is True
    assert {"kind": first["kind"], "id": first["id"]} in again.said["wrote"]
    assert Event.objects.get(seq=again.said["event"]).action == RECORD
    assert PsychologicalAssessment.objects.count() == 1


def test_a_key_is_good_for_no_other_request() -> None:
    patient, other, key = staff.patient(), staff.patient(), {"Idempotency-Key": str(uuid4())}
    assert assessor().do(patient, RECORD, FINDING, key).status == 200
    changed = {**FINDING, "clearance": "not-cleared"}
    for answer in (
        assessor().do(patient, RECORD, changed, key),
        assessor().do(other, RECORD, FINDING, key),
        assessor().do(patient, "assessments.record-psychiatric", FINDING_2, key),
    ):
        assert (answer.status, answer.code) == (422, "key-reused")
    assert PsychologicalAssessment.objects.count() == 1


FINDING_2 = {
    "happened_at": FINDING["happened_at"],
    "psychiatrist": "the psychiatrist",
    "finding": "Seen.",
}


def test_a_key_of_what_was_refused_is_good_for_the_next_try() -> None:
    patient, key = staff.patient(), {"Idempotency-Key": str(uuid4())}
    assert assessor().do(patient, RECORD, {**FINDING, "summary": ""}, key).code == "invalid"
    assert assessor().do(patient, RECORD, FINDING, key).status == 200


def test_a_password_in_a_request_with_a_key_is_kept_nowhere() -> None:
    order = {
        "username": "new-nurse",
        "name": "New Nurse",
        "role": "nurse",
        "password": "another long enough passphrase",
    }
    administrator, key = program(Role.ADMINISTRATOR), {"Idempotency-Key": str(uuid4())}
    user = administrator.do(staff.clinic().pk, "people.enrol", order, key).result
    assert not {"password", "last_login"} & set(user)
    assert administrator.do(staff.clinic().pk, "people.enrol", order, key).said["done_before"]
    told = " ".join(Event.objects.values_list("detail", flat=True))
    assert order["password"] not in told


def test_a_closed_gate_is_said_with_reasons_source_and_what_would_open_it() -> None:
    with running() as clock:
        patient = staff.patient()
        walk(patient, [*SELECTED, *BEFORE_TRIAL, *trial("8"), END], clock)
        physician = program(Role.PHYSICIAN)
        order = {"planned": "2026-04-01T09:00:00Z"}
        answer = physician.do(patient, SCHEDULE_IMPLANT.action, order)
        assert (answer.status, answer.code) == (409, "gate-closed")
        gate = {one["gate"]: one for one in answer.said["gates"]}["trial.success"]
        assert gate["reasons"]
        assert gate["source"]
        assert gate["override_roles"] == ["physician"]
        wrong = {"username": "physician-one", "password": "wrong"}
        signed = {"reason": "Spasm fell.", "signature": wrong}
        refused = physician.do(patient, SCHEDULE_IMPLANT.action, order, overriding=signed)
        assert (refused.status, refused.code) == (403, "signature")
        signed = {"reason": "Spasm fell.", "signature": {**wrong, "password": staff.PASSWORD}}
        done = physician.do(patient, SCHEDULE_IMPLANT.action, order, overriding=signed)
        assert done.status == 200
        kind = {"entry_kind": "record.Override"}
        shown = physician.get(f"/patients/{patient.pk}/entries", **kind).result["entries"]
    assert [one["reason"] for one in shown] == ["Spasm fell."]
    assert verify().holds


# What cannot be read


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", "unreadable"),
        ("[" * 100_000, "unreadable"),
        (b"\xff", "unreadable"),
        ('{"order": {"page": NaN}}', "unreadable"),
        ('{"order": {}, "order": {}}', "unreadable"),
        ("[]", "invalid"),
        ('{"order": []}', "invalid"),
        ('{"order": {"page": "x"}, "other": 1}', "invalid"),
        ('{"order": {"page": 5}}', "invalid"),
        ('{"order": {"page": "\\ud800"}}', "invalid"),
        ('{"order": {"page": "\\u0000"}}', "invalid"),
        ('{"overriding": {}}', "invalid"),
        ('{"seen": 1}', "invalid"),
        ("", "done"),
        ("{}", "done"),
    ],
)
def test_what_is_no_order_is_refused(body: str | bytes, code: str) -> None:
    answer = program().post(f"/patients/{staff.patient().pk}/do/patients.open", body)
    assert (answer.status == 200) if code == "done" else (answer.code == code)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("untreated_habituation", "no"),
        ("untreated_habituation", 0),
        ("happened_at", 1_770_000_000),
        ("happened_at", "2026-03-02T10:00:00"),
        ("clearance", None),
        ("summary", 5),
    ],
)
def test_no_text_is_taken_for_an_answer_nor_a_number_for_a_moment(part: str, value: Any) -> None:
    answer = assessor().do(staff.patient(), RECORD, {**FINDING, part: value})
    assert answer.code == "invalid"
    assert set(answer.said["problems"]) == {part}
    assert not PsychologicalAssessment.objects.exists()


@pytest.mark.parametrize(
    ("headers", "place"),
    [
        ({"Idempotency-Key": "not a key"}, "Idempotency-Key"),
        ({"If-Match": "*"}, "If-Match"),
        ({"If-Match": 'W/"1"'}, "If-Match"),
        ({"If-Match": "\u0661"}, "If-Match"),
    ],
)
def test_a_header_that_cannot_be_read_is_not_left_out_of_account(
    headers: dict[str, str], place: str
) -> None:
    answer = assessor().do(staff.patient(), RECORD, FINDING, headers)
    assert (answer.code, set(answer.said["problems"])) == ("invalid", {place})
    assert not PsychologicalAssessment.objects.exists()


def test_a_signed_reason_for_what_has_no_gate_is_refused() -> None:
    signature = {"username": "neuropsychologist-one", "password": staff.PASSWORD}
    passing = {"reason": "Why not", "signature": signature}
    answer = assessor().do(staff.patient(), RECORD, FINDING, overriding=passing)
    assert set(answer.said["problems"]) == {"overriding"}


def test_what_is_too_large_or_of_another_type_or_method_is_a_problem_too() -> None:
    nurse, path = program(), f"/patients/{staff.patient().pk}/do/patients.open"
    assert nurse.post(path, " " * (MOST_BYTES + 1)).code == "too-large"
    headers = {"Authorization": f"Bearer {nurse.secret}"}
    form = Client().post(f"/api{path}", {"page": "x"}, headers=headers)
    assert (form.status_code, form.json()["code"]) == (415, "not-json")
    wrong = Client().put(f"/api{path}", headers=headers)
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method")
    assert "POST" in wrong["Allow"]
    for address in ("/api/patients/not-a-key", "/api/nothing"):
        missing = Client().get(address, headers=headers)
        assert (missing.status_code, missing.json()["code"]) == (404, "not-found")


def test_an_error_of_ours_is_a_problem_that_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: Any) -> None:
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr(services()["patients.open"], "_act", breaks)
    client = Client(raise_request_exception=False)
    headers = {"Authorization": f"Bearer {program().secret}"}
    answer = client.get(f"/api/patients/{staff.patient().pk}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (500, "broken")
    assert "of ours" not in answer.content.decode()


def test_every_problem_s_type_is_an_address_that_says_what_it_is() -> None:
    for code, (status, title) in TITLES.items():
        answer = Client().get(f"/api/problems/{code}")
        assert answer.json() == {"code": code, "status": status, "title": title}
    assert Client().get("/api/problems/none").status_code == 404


def test_every_problem_and_every_address_to_read_at_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/use-the-api.md").read_text("utf-8")
    assert [code for code in TITLES if f"`{code}`" not in page] == []
    assert [place for place in READ_AT.values() if place and f"/{place}" not in page] == []


# What is said of values


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    volume: Fraction
    when: datetime | None

    @property
    def is_known(self) -> bool:
        return self.when is not None


@dataclass(frozen=True)
class Outer:
    inner: tuple[Inner, ...]
    by_name: dict[str, Decimal]
    pair: tuple[int, str]
    colours: frozenset[Colour]
    label: str
    share: float
    lasts: timedelta
    day: date
    key: UUID
    anything: Any


OUTER = Outer(
    (Inner(Fraction(1, 3), None), Inner(Fraction(5, 4), datetime(2026, 1, 2, tzinfo=UTC))),
    {"a": Decimal("1E+2")},
    (1, "one"),
    frozenset({Colour.RED}),
    gettext_lazy("Name"),  # type: ignore[arg-type]
    float("nan"),
    timedelta(hours=23),
    date(2026, 1, 2),
    UUID(int=1),
    {"deep": [Path("x"), {1}]},
)


def test_values_are_said_exactly_and_as_their_kinds_describe() -> None:
    told = said(OUTER)
    assert told["inner"] == [
        {"volume": "1/3", "when": None, "is_known": False},
        {"volume": "1.25", "when": "2026-01-02T00:00:00Z", "is_known": True},
    ]
    assert told["by_name"] == {"a": "100"}
    assert told["label"] == "Name"
    assert told["share"] is None
    assert told["lasts"] == "P0DT23H00M00S"
    assert told["anything"] == {"deep": ["x", [1]]}
    described = Described()
    schema = described.of(Outer)
    whole = {**schema, "components": {"schemas": described.named}}
    json.dumps(told, allow_nan=False)
    jsonschema_rs.validator_for(whole).validate(told)
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validator_for(whole).validate({**told, "pair": ["one", 1]})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(-3, 8), "-0.375"),
        (Fraction(10**30), "1" + "0" * 30),
        (Fraction(1, 2**20), "0.00000095367431640625"),
        (Fraction(1, 2**60), str(Fraction(1, 2**60))),
        (Fraction(2, 7), "2/7"),
    ],
)
def test_an_exact_number_stays_exact(value: Fraction, text: str) -> None:
    assert exact(value) == text
    assert Fraction(exact(value)) == value


def test_a_value_of_no_known_kind_is_named_and_breaks_nothing() -> None:
    assert said(object()) == {NOT_SENT: "object"}


def test_every_service_s_result_can_be_described() -> None:
    described = Described()
    blank = [
        name
        for name, service in services().items()
        if not service.for_pages and described.of(service.result) == {}
    ]
    assert blank == []


def test_a_result_for_pages_alone_is_not_sent_and_the_description_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opens = services()["patients.open"]
    monkeypatch.setattr(opens, "for_pages", True)
    given = details(opens, Described())["responses"][200]["content"]["application/json"]["schema"]
    assert given["properties"]["result"]["type"] == "null"
    assert "page" in given["properties"]["result"]["description"]
    assert Client().get("/api/openapi.json").status_code == 200
    headers = {"Authorization": f"Bearer {program().secret}"}
    path = f"/api/patients/{staff.patient().pk}/do/patients.open"
    answer = Client().post(path, "{}", content_type="application/json", headers=headers)
    assert answer.json() == {"result": None}
