"""The whole record out and in: identical bytes, proven before it counts, nothing half loaded."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import databases
import pytest
import staff
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thecal.clinic.assessments.models import Clearance, PsychologicalAssessment
from thecal.clinic.assessments.services import correct_psychological, record_psychological
from thecal.clinic.audit import triggers
from thecal.clinic.audit.models import Event
from thecal.clinic.audit.verifying import verify
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import User
from thecal.clinic.people.roles import Role
from thecal.clinic.storage import record_file
from thecal.clinic.storage.rows import UnreadableError
from thecal.clinic.storage.whole import Kind, NotEmptyError, put_in, take_out

pytestmark = pytest.mark.usefixtures("own_record")


printable = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n\t"), max_size=40
)
texts = printable.filter(lambda text: text.strip() != "")
findings = st.fixed_dictionaries(
    {
        "happened_at": st.datetimes(
            min_value=datetime(1950, 1, 1),  # noqa: DTZ001  (it is given zones)
            max_value=datetime(2026, 1, 1),  # noqa: DTZ001
            timezones=st.timezones(),
        ),
        "clearance": st.just("cleared"),
        "untreated_habituation": st.booleans(),
        "summary": texts,
    }
)


def written(number: str, cases: list[dict[str, Any]], why: str) -> Patient:
    """A patient with these assessments, the first of them corrected."""
    patient = staff.patient(number=number)
    who = staff.member(Role.NEUROPSYCHOLOGIST)
    rows = [record_psychological.ask(who, patient, case) for case in cases]
    if rows:
        correction = {**cases[0], "corrects": rows[0].pk, "why": why}
        correct_psychological.ask(who, patient, correction)
    return patient


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(cases=st.lists(findings, max_size=3), why=texts)
def test_export_import_export_gives_identical_bytes(
    own_record: str,
    another: Callable[[], None],
    tmp_path: Path,
    cases: list[dict[str, Any]],
    why: str,
) -> None:
    databases.use(databases.described(own_record))
    written(uuid4().hex, cases, why)
    first, second = tmp_path / "first", tmp_path / "second"
    take_out(first, Kind.EXPORT)
    another()
    put_in(first, Kind.EXPORT)
    take_out(second, Kind.EXPORT)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("kind", Kind)
def test_a_loaded_record_is_the_same_record(
    another: Callable[[], None], tmp_path: Path, kind: Kind
) -> None:
    patient = written("n", [FINDING], "Mixed up")
    before = [event.hash for event in Event.objects.all()]
    take_out(tmp_path / "file", kind)
    another()
    assert put_in(tmp_path / "file", kind) == len(before)
    assert [event.hash for event in Event.objects.all()] == before
    assert verify().holds
    assert triggers.missing() == []
    (current,) = PsychologicalAssessment.objects.current().filter(patient=patient.pk)
    assert (current.why, current.clearance) == ("Mixed up", Clearance.CLEARED)
    staff.patient()  # and it goes on
    assert verify().holds


FINDING = {
    "happened_at": "2026-03-02T10:00:00+00:00",
    "clearance": "cleared",
    "untreated_habituation": False,
    "summary": "Fit.",
}


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.open(file, "rt", encoding="utf-8")]


def rewritten(file: Path, rows: list[dict[str, Any]]) -> None:
    """The file with other rows and a checksum that fits them."""
    header = {name: value for name, value in rows[0].items() if name not in ("format", "schema")}
    record_file.write(file, header, iter(rows[1:-1]))


def test_an_export_has_no_means_to_sign_in_and_a_backup_has(
    another: Callable[[], None], tmp_path: Path
) -> None:
    user = staff.member(Role.NURSE)
    for kind in Kind:
        take_out(tmp_path / kind, kind)
    text = gzip.decompress((tmp_path / Kind.EXPORT).read_bytes()).decode()
    assert "argon2" not in text
    another()
    put_in(tmp_path / Kind.EXPORT, Kind.EXPORT)
    assert not User.objects.get(pk=user.pk).check_password(staff.PASSWORD)
    another()
    put_in(tmp_path / Kind.BACKUP, Kind.BACKUP)
    assert User.objects.get(pk=user.pk).check_password(staff.PASSWORD)


def test_the_trail_tells_of_an_export(tmp_path: Path) -> None:
    checksum, number = take_out(tmp_path / "file", Kind.EXPORT)
    event = Event.objects.order_by("-seq")[0]
    assert event.action == "storage.export"
    assert json.loads(event.detail) == {"sha256": checksum, "up_to": number}


def test_nothing_is_loaded_over_a_record(tmp_path: Path) -> None:
    take_out(tmp_path / "file", Kind.EXPORT)
    with pytest.raises(NotEmptyError):
        put_in(tmp_path / "file", Kind.EXPORT)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "cut off": lambda file: file.write_bytes(file.read_bytes()[:-200]),
    "a byte changed": lambda file: file.write_bytes(
        file.read_bytes()[:300] + bytes([file.read_bytes()[300] ^ 1]) + file.read_bytes()[301:]
    ),
    "another kind of file": lambda file: file.write_text("no record", encoding="utf-8"),
    "the last line missing": lambda file: file.write_bytes(
        gzip.compress(b"".join(gzip.decompress(file.read_bytes()).splitlines(keepends=True)[:-1]))
    ),
    "a line missing": lambda file: file.write_bytes(
        gzip.compress(
            b"".join(
                line
                for number, line in enumerate(
                    gzip.decompress(file.read_bytes()).splitlines(keepends=True)
                )
                if number != 3
            )
        )
    ),
    "no file": lambda file: file.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_refused_and_nothing_is_loaded(
    another: Callable[[], None], tmp_path: Path, damage: str
) -> None:
    written("n", [FINDING], "Mixed up")
    file = tmp_path / "file"
    take_out(file, Kind.EXPORT)
    DAMAGES[damage](file)
    another()
    with pytest.raises(UnreadableError):
        put_in(file, Kind.EXPORT)
    assert not Event.objects.exists()
    assert not Patient.objects.exists()


def forged_entry(rows: list[dict[str, Any]]) -> None:
    (one,) = [r for r in rows if r.get("model") == "assessments.PsychologicalAssessment"][:1]
    one["row"]["clearance"] = "not-cleared"


def entry_without_event(rows: list[dict[str, Any]]) -> None:
    index = next(
        i for i, r in enumerate(rows) if r.get("model") == "assessments.PsychologicalAssessment"
    )
    copy = {**rows[index], "row": {**rows[index]["row"], "id": str(uuid4())}}
    copy["row"]["corrects_id"] = None
    rows.insert(index, copy)


def another_name(rows: list[dict[str, Any]]) -> None:
    next(r for r in rows if r.get("model") == "patients.Patient")["row"]["family_name"] = "Other"


def unknown_column(rows: list[dict[str, Any]]) -> None:
    next(r for r in rows if r.get("model") == "patients.Patient")["row"]["weight"] = "70 kg"


def unknown_model(rows: list[dict[str, Any]]) -> None:
    rows.insert(1, {"model": "auth.Group", "row": {"id": 1, "name": "x"}})


def missing_patient(rows: list[dict[str, Any]]) -> None:
    rows[:] = [r for r in rows if r.get("model") != "patients.Patient"]


@pytest.mark.parametrize(
    "forge",
    [
        forged_entry,
        entry_without_event,
        another_name,
        unknown_column,
        unknown_model,
        missing_patient,
    ],
)
def test_a_forged_record_is_refused_though_its_checksum_fits(
    another: Callable[[], None],
    tmp_path: Path,
    forge: Callable[[list[dict[str, Any]]], None],
) -> None:
    written("n", [FINDING], "Mixed up")
    file = tmp_path / "file"
    take_out(file, Kind.EXPORT)
    rows = lines(file)
    forge(rows)
    rewritten(file, rows)
    another()
    with pytest.raises(UnreadableError):
        put_in(file, Kind.EXPORT)
    assert not Event.objects.exists()


def test_a_backup_is_not_imported_as_an_export(another: Callable[[], None], tmp_path: Path) -> None:
    take_out(tmp_path / "file", Kind.BACKUP)
    another()
    with pytest.raises(UnreadableError, match="of kind 'backup'"):
        put_in(tmp_path / "file", Kind.EXPORT)


def test_a_record_moves_from_one_engine_to_the_other(tmp_path: Path) -> None:
    written("n", [FINDING], "Mixed up")
    take_out(tmp_path / "file", Kind.EXPORT)
    other = databases.SQLite(tmp_path)
    databases.use(databases.described(other.create("other")))
    call_command("migrate", verbosity=0)
    put_in(tmp_path / "file", Kind.EXPORT)
    take_out(tmp_path / "again", Kind.EXPORT)
    assert (tmp_path / "file").read_bytes() == (tmp_path / "again").read_bytes()
