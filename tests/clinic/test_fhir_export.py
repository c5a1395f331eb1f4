"""The Bulk-style export: asked for, written bit by bit over restarts, fetched, swept, audited."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
import staff
from django.test import Client, override_settings
from django.utils import timezone
from exchanging import path_of, reader, treated, why
from validator import complaints

from thecal.clinic.audit.models import Event
from thecal.clinic.exchange import bulk
from thecal.clinic.exchange.as_fhir import everything
from thecal.clinic.exchange.models import KEPT_FOR, Export
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.fhir import Json, read_ndjson

pytestmark = pytest.mark.usefixtures("record")
ONE_ENGINE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
ASKING = {"Prefer": "respond-async"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    """Where exports are kept; each request writes one patient."""
    with override_settings(THECAL_EXPORTS=tmp_path / "exports"), patch.object(bulk, "SPELL_S", 0):
        yield tmp_path / "exports"


def asked(client: Client, query: str = "") -> str:
    """Ask, and be told where to look."""
    answer = client.get(f"/fhir/$export{query}", headers=ASKING)
    assert answer.status_code == 202, answer.content
    return path_of(answer["Content-Location"])


def finished(client: Client, address: str) -> tuple[Json, int]:
    """The manifest, and how often it was not there yet."""
    waits = 0
    while (answer := client.get(address)).status_code == 202:
        assert answer["X-Progress"].endswith("patients")
        waits += 1
    assert answer.status_code == 200, answer.content
    return answer.json(), waits


def files(client: Client, manifest: Json) -> dict[str, str]:
    found = {}
    for one in manifest["output"]:
        answer = client.get(path_of(one["url"]))
        assert answer["Content-Type"] == "application/fhir+ndjson"
        text = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        found[f"{one['type']}.ndjson"] = text.decode()
    return found


def test_every_patient_of_the_clinic_is_in_it_once_and_nobody_else() -> None:
    ours = [treated(), staff.patient(), staff.patient()]
    staff.patient(staff.ELSEWHERE)
    client = reader(Role.PHYSICIAN)
    manifest, waits = finished(client, asked(client))
    assert waits == 2
    texts = files(client, manifest)
    read = read_ndjson(texts)
    assert complaints(line for text in texts.values() for line in text.splitlines()) == []
    patients = [one["id"] for one in read if one["resourceType"] == "Patient"]
    assert sorted(patients) == sorted(str(one.pk) for one in ours)
    then = datetime.fromisoformat(manifest["transactionTime"])
    wanted = {one["id"]: one for patient in ours for one in everything(patient, then)}
    assert {one["id"]: one for one in read} == wanted
    assert len(read) == len(wanted)


@ONE_ENGINE
def test_an_export_is_of_the_moment_when_it_was_asked_for() -> None:
    patients = [staff.patient() for _ in range(3)]
    client = reader(Role.PHYSICIAN)
    address = asked(client)
    assert client.get(address).status_code == 202
    staff.patient(family_name="Later")
    manifest, _ = finished(client, address)
    lines = files(client, manifest)["Patient.ndjson"].splitlines()
    assert len(lines) == len(patients)
    assert "Later" not in "".join(lines)


@ONE_ENGINE
def test_what_a_crash_left_half_written_is_cut_off(home: Path) -> None:
    for _ in range(3):
        staff.patient()
    client = reader(Role.PHYSICIAN)
    address = asked(client)
    client.get(address)
    folder = home / address.rpartition("/")[2]
    with (folder / "Patient.ndjson").open("a") as file:
        file.write('{"resourceType": "Patient", "half')
    (folder / "Observation.ndjson").write_text("half")
    manifest, _ = finished(client, address)  # as another process would, from row and files alone
    texts = files(client, manifest)
    assert [one["type"] for one in manifest["output"]] == ["Patient"]
    assert len(read_ndjson(texts)) == 3


@ONE_ENGINE
def test_only_the_types_that_were_asked_for_are_in_it() -> None:
    treated()
    client = reader(Role.PHYSICIAN)
    manifest, _ = finished(client, asked(client, "?_type=Patient,Observation"))
    assert [one["type"] for one in manifest["output"]] == ["Observation", "Patient"]
    assert manifest["request"].endswith("?_type=Patient,Observation")
    assert why(client, "/fhir/$export?_type=Group", 400, **ASKING)[0] == "invalid"


@ONE_ENGINE
def test_it_is_its_asker_s_alone_and_for_their_role() -> None:
    staff.patient()
    address = asked(reader(Role.PHYSICIAN))
    manifest, _ = finished(reader(Role.PHYSICIAN), address)
    for other in (reader(Role.NURSE), reader(Role.PHYSICIAN, staff.ELSEWHERE)):
        assert why(other, address, 404)[0] == "not-found"
        assert why(other, path_of(manifest["output"][0]["url"]), 404)[0] == "not-found"
    for role in (Role.NURSE, Role.READER, Role.ADMINISTRATOR):
        assert why(reader(role), "/fhir/$export", 403, **ASKING)[0] == "forbidden"
    assert why(Client(), address, 401)[0] == "login"
    assert Event.objects.filter(action="exchange.export", outcome="refused").count() == 3


@ONE_ENGINE
def test_every_part_of_it_is_in_the_trail() -> None:
    patients = [staff.patient() for _ in range(2)]
    client = reader(Role.PHYSICIAN)
    files(client, finished(client, asked(client))[0])
    events = Event.objects.filter(action__startswith="exchange.").order_by("seq")
    assert [one.action for one in events] == [
        "exchange.export",
        "exchange.go-on-exporting",
        "exchange.go-on-exporting",
        "exchange.fetch-export",
    ]
    told = [key for one in events[1:3] for key in json.loads(one.detail)["patients"]]
    assert sorted(told) == sorted(str(one.pk) for one in patients)


@ONE_ENGINE
def test_it_is_removed_when_asked_and_swept_when_its_time_is_over(home: Path) -> None:
    staff.patient()
    client = reader(Role.PHYSICIAN)
    address = asked(client)
    finished(client, address)
    assert list(home.iterdir())
    assert client.delete(address).status_code == 202
    assert list(home.iterdir()) == []
    assert why(client, address, 404)[0] == "not-found"
    second = asked(client)
    manifest, _ = finished(client, second)
    later = timezone.now() + KEPT_FOR + timedelta(minutes=1)
    with patch.object(timezone, "now", lambda: later):
        assert why(reader(Role.PHYSICIAN), path_of(manifest["output"][0]["url"]), 409)
        assert bulk.sweep(later) == 1
    assert list(home.iterdir()) == []
    assert not Export.objects.filter(ended_at=None).exists()


@ONE_ENGINE
def test_one_asker_has_one_export_under_way() -> None:
    staff.patient()
    client = reader(Role.PHYSICIAN)
    asked(client)
    assert why(client, "/fhir/$export", 409, **ASKING)[0] == "conflict"


@ONE_ENGINE
def test_files_are_their_owner_s_alone(home: Path) -> None:
    staff.patient()
    client = reader(Role.PHYSICIAN)
    finished(client, asked(client))
    for one in [path for path in home.rglob("*") if path.is_file()]:
        assert one.stat().st_mode & 0o077 == 0


@ONE_ENGINE
def test_limits_and_second_factors_speak_fhir_too() -> None:
    limits = {"person": 1, "address": 1}
    with override_settings(THECAL_REQUESTS_A_MINUTE=limits):
        client = reader()
        client.get("/fhir/Patient")
        assert why(client, "/fhir/Patient", 429)[0] == "throttled"
    with override_settings(THECAL_SECOND_FACTOR=True):
        assert why(reader(Role.NURSE), "/fhir/Patient", 403)[0] == "forbidden"


@ONE_ENGINE
def test_an_export_without_patients_is_finished_at_once() -> None:
    assert not Patient.objects.exists()
    client = reader(Role.PHYSICIAN)
    manifest, waits = finished(client, asked(client))
    assert (manifest["output"], waits) == ([], 0)
