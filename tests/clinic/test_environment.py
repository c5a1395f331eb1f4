"""What the environment must say: production starts with its secrets or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from thecal.clinic.project.environment import VARIABLES, ConfigurationError, Mode, read

SECRET = "0123456789-abcdefghijklmnopqrstuvwxyz-0123456789-ABC"  # noqa: S105
WHOLE = {"THECAL_CLINIC_SECRET_KEY": SECRET, "THECAL_CLINIC_HOSTS": "clinic.example"}


def test_production_is_what_nobody_asked_otherwise() -> None:
    assert read(WHOLE).mode is Mode.PRODUCTION
    assert read(WHOLE).second_factor


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"THECAL_CLINIC_SECRET_KEY": ""}, "THECAL_CLINIC_SECRET_KEY"),
        ({"THECAL_CLINIC_SECRET_KEY": "short"}, "THECAL_CLINIC_SECRET_KEY"),
        ({"THECAL_CLINIC_SECRET_KEY": "a" * 60}, "THECAL_CLINIC_SECRET_KEY"),
        ({"THECAL_CLINIC_HOSTS": ""}, "THECAL_CLINIC_HOSTS"),
        ({"THECAL_CLINIC_HOSTS": "*"}, "THECAL_CLINIC_HOSTS"),
        ({"THECAL_CLINIC_MODE": "debug"}, "THECAL_CLINIC_MODE"),
        ({"THECAL_CLINIC_ZONE": "Nowhere"}, "THECAL_CLINIC_ZONE"),
        ({"THECAL_CLINIC_SECOND_FACTOR": "1"}, "THECAL_CLINIC_SECOND_FACTOR"),
        ({"THECAL_CLINIC_BENCH": "/pumps"}, "THECAL_CLINIC_BENCH"),
        ({"THECAL_CLINIC_MAIL_URL": "http://x"}, "THECAL_CLINIC_MAIL_URL"),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://x:port/y"}, "DATABASE_URL"),
    ],
)
def test_what_is_missing_or_wrong_is_named_in_one_line(change: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigurationError, match=named) as caught:
        read({**WHOLE, **change})
    assert "\n" not in str(caught.value)


def test_the_secret_of_development_does_not_serve_in_production() -> None:
    placeholder = read({"THECAL_CLINIC_MODE": "development"}).secret_key
    with pytest.raises(ConfigurationError):
        read({**WHOLE, "THECAL_CLINIC_SECRET_KEY": placeholder})


def test_the_record_is_one_file_unless_a_database_is_named(tmp_path: Path) -> None:
    found = read({**WHOLE, "THECAL_CLINIC_HOME": str(tmp_path)})
    assert found.database["NAME"] == str(tmp_path / "clinic.sqlite3")
    assert "journal_mode=WAL" in found.database["OPTIONS"]["init_command"]
    assert "synchronous=FULL" in found.database["OPTIONS"]["init_command"]
    named = read({**WHOLE, "DATABASE_URL": "postgresql://me:p%40ss@db:5433/thecal?sslmode=require"})
    assert named.database["ENGINE"] == "django.db.backends.postgresql"
    parts = [named.database[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")]
    assert parts == ["me", "p@ss", "db", "5433", "thecal"]
    assert named.database["OPTIONS"] == {"sslmode": "require"}


class Asked(dict[str, str]):
    """Variables that note what they were asked for."""

    def __init__(self, variables: dict[str, str]) -> None:
        super().__init__(variables)
        self.names: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.names.add(key)
        return super().get(key, default)


def test_every_variable_that_is_read_is_in_the_list_that_the_reference_shows() -> None:
    asked = Asked(WHOLE)
    read(asked)
    assert asked.names - {"XDG_DATA_HOME", "HOME"} == set(VARIABLES)


def run(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Python with only these variables of the clinic."""
    clean = {key: one for key, one in os.environ.items() if not key.startswith("THECAL_")}
    clean.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**clean, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


CHECK = """
import django
from django.core.management import call_command
django.setup()
call_command("check", deploy=True, fail_level="WARNING")
from django.conf import settings
print(settings.SESSION_COOKIE_SECURE, settings.SECURE_HSTS_SECONDS > 0, settings.DEBUG,
      settings.PASSWORD_HASHERS, "django.contrib.admin" in settings.INSTALLED_APPS)
"""


def test_production_passes_django_s_own_deployment_check() -> None:
    settings = {"DJANGO_SETTINGS_MODULE": "thecal.clinic.project.settings"}
    done = run(CHECK, **WHOLE, **settings)
    assert done.returncode == 0, done.stderr
    hasher = "['django.contrib.auth.hashers.Argon2PasswordHasher']"
    assert done.stdout.splitlines()[-1] == f"True True False {hasher} False"


def test_settings_without_secrets_do_not_load() -> None:
    done = run("import thecal.clinic.project.settings")
    assert done.returncode != 0
    assert "THECAL_CLINIC_SECRET_KEY" in done.stderr
