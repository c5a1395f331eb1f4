"""``thecal clinic`` at its edge: one clear line, an exit code, never a traceback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import staff

CLINIC = [sys.executable, "-m", "thecal", "clinic"]


def thecal(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    clean = {key: one for key, one in os.environ.items() if not key.startswith("THECAL_")}
    for name in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL"):
        clean.pop(name, None)
    return subprocess.run(
        [*CLINIC, *words], env={**clean, **variables}, capture_output=True, text=True, check=False
    )


def in_development(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    variables = {"THECAL_CLINIC_FIRST_PASSWORD": staff.PASSWORD}
    return thecal(*words, "--data", str(folder), "--development", **variables)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record that has nothing but its first administrator."""
    folder = tmp_path_factory.mktemp("founded")
    done = in_development(folder, "found", "Clinic One", "first", "First Administrator")
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def is_one_line(done: subprocess.CompletedProcess[str], code: int, said: str) -> bool:
    lines = done.stderr.splitlines()
    return done.returncode == code and len(lines) == 1 and said in lines[0]


def test_a_record_is_proven_and_its_head_can_be_noted(founded: Path) -> None:
    done = in_development(founded, "verify")
    assert done.returncode == 0
    noted = re.search(r"\d+:[0-9a-f]{64}", done.stdout)
    assert noted is not None
    assert in_development(founded, "verify", "--head", noted[0]).returncode == 0
    other = f"1:{'0' * 64}"
    broken = in_development(founded, "verify", "--head", other)
    assert broken.returncode == 1
    assert broken.stdout.startswith("BROKEN at event 1: ")


def test_the_record_is_readable_by_its_owner_alone(founded: Path) -> None:
    assert (founded / "clinic.sqlite3").stat().st_mode & 0o077 == 0


def test_a_backup_goes_round(founded: Path, tmp_path: Path) -> None:
    file, other = tmp_path / "backup", tmp_path / "other"
    assert in_development(founded, "backup", str(file)).returncode == 0
    assert file.stat().st_mode & 0o077 == 0
    assert in_development(other, "restore", str(file)).returncode == 0
    again = in_development(other, "restore", str(file))
    assert is_one_line(again, 1, "there is a record here already")


def test_an_export_is_not_restored_and_goes_round_by_import(founded: Path, tmp_path: Path) -> None:
    file, other = tmp_path / "export", tmp_path / "other"
    assert in_development(founded, "export", str(file)).returncode == 0
    assert is_one_line(in_development(other, "restore", str(file)), 2, "of kind 'export'")
    assert in_development(other, "import", str(file)).returncode == 0


def test_a_file_that_is_not_there_is_one_line(founded: Path, tmp_path: Path) -> None:
    done = in_development(founded, "import", str(tmp_path / "nothing"))
    assert is_one_line(done, 2, "No such file")


def test_a_place_that_cannot_be_written_is_one_line(founded: Path, tmp_path: Path) -> None:
    done = in_development(founded, "backup", str(tmp_path / "no" / "such" / "folder"))
    assert is_one_line(done, 2, "cannot write")


def test_a_weak_first_password_is_refused(tmp_path: Path) -> None:
    variables = {"THECAL_CLINIC_FIRST_PASSWORD": "password"}
    words = ("found", "Clinic", "first", "First", "--data", str(tmp_path), "--development")
    assert is_one_line(thecal(*words, **variables), 1, "password")


def test_a_second_clinic_of_the_same_name_is_refused(founded: Path) -> None:
    done = in_development(founded, "found", "Clinic One", "second", "Second")
    assert is_one_line(done, 1, "there is a clinic called Clinic One")


@pytest.mark.parametrize("words", [(), ("backup", "file")])
def test_production_does_not_start_without_its_secrets(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    done = thecal(*words, "--data", str(tmp_path))
    assert is_one_line(done, 2, "THECAL_CLINIC_SECRET_KEY")


def test_production_is_not_served_without_a_proxy_that_ends_tls(founded: Path) -> None:
    secrets = {
        "THECAL_CLINIC_SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-0123456789-ABC",
        "THECAL_CLINIC_HOSTS": "clinic.example",
    }
    done = thecal("--data", str(founded), "--port", "0", **secrets)
    assert is_one_line(done, 2, "THECAL_CLINIC_PROXY")


def test_a_database_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    url = f"postgresql://nobody@/nothing?host={tmp_path}"
    done = thecal("verify", "--development", DATABASE_URL=url)
    assert is_one_line(done, 2, "connection")


def test_a_head_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    assert is_one_line(in_development(tmp_path, "verify", "--head", "x"), 2, "NUMBER:HASH")


def test_a_missing_extra_is_named_in_one_line(tmp_path: Path) -> None:
    hidden = tmp_path / "django"
    hidden.mkdir()
    (hidden / "__init__.py").write_text(
        "raise ModuleNotFoundError('no django', name='django')", encoding="utf-8"
    )
    done = thecal("verify", "--development", PYTHONPATH=str(tmp_path))
    assert is_one_line(done, 2, "pip install 'thecal[clinic]'")
