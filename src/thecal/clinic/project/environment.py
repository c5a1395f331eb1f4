"""What the environment says about this clinic: the one place where its variables are read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit
from zoneinfo import available_timezones

VARIABLES = {
    "THECAL_CLINIC_MODE": "`production`, unless it says `development`",
    "THECAL_CLINIC_SECRET_KEY": "at least 50 random characters; production needs it",
    "THECAL_CLINIC_HOSTS": "names under which it is served, commas between; production needs it",
    "THECAL_CLINIC_PROXY": "address of the proxy that ends TLS; serving in production needs it",
    "THECAL_CLINIC_HOME": "folder of the record; else one under the user's data folder",
    "DATABASE_URL": "`postgresql://USER:PASSWORD@HOST:PORT/NAME`; else SQLite in that folder",
    "THECAL_CLINIC_ZONE": "time zone of the pages, e.g. `Europe/London`; else UTC",
    "THECAL_CLINIC_SECOND_FACTOR": "`yes` or `no`: must everybody have one; production: `yes`",
    "THECAL_CLINIC_MAIL_URL": "`smtp[s]://USER:PASSWORD@HOST:PORT`; else no mail is sent",
    "THECAL_CLINIC_MAIL_FROM": "the sender's address",
    "THECAL_CLINIC_BENCH": "folders of bench pumps for teaching, `:` between; development only",
    "THECAL_CLINIC_FIGURES": "a file of the clinic's own figures of care; else the published ones",
}
"""Every variable that is read, and what it says."""
LEAST_SECRET = 50
"""Characters; what Django's own deployment check asks of a secret key."""
_PLACEHOLDER = "for development only, never for patients: " + "0123456789" * 2


class ConfigurationError(Exception):
    """The environment does not say what the clinic needs; the message is one line."""


class Mode(StrEnum):
    """How the clinic runs; nothing but ``development`` relaxes anything."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"


@dataclass(frozen=True, slots=True)
class Environment:
    """The clinic's configuration, checked.

    Attributes:
        home: the folder of the record, where it is SQLite.
        database: Django's description of the database.
        hosts: the names under which the clinic is served.
        proxy: the address of the proxy in front that ends TLS, whose headers alone are believed.
        second_factor: whether every member of staff must have one.
        figures: the file of the clinic's own figures of care; None if it works by the published.
        bench: folders of bench pumps that may be disturbed, for teaching.
        mail: host, port, user, password and TLS of the mail server; empty: no mail leaves.
    """

    mode: Mode
    secret_key: str
    home: Path
    database: dict[str, Any]
    hosts: tuple[str, ...]
    zone: str
    proxy: str
    second_factor: bool
    mail: dict[str, Any]
    mail_from: str
    figures: Path | None = None
    bench: tuple[Path, ...] = ()

    @property
    def is_development(self) -> bool:
        """Whether somebody asked for development mode, in as many words."""
        return self.mode is Mode.DEVELOPMENT


def read(variables: Mapping[str, str]) -> Environment:
    """Read the variables.

    Raises:
        ConfigurationError: a variable that production needs is missing, or one cannot be read.
    """
    mode = _mode(variables)
    home = Path(variables.get("THECAL_CLINIC_HOME") or _default_home(variables))
    return Environment(
        mode=mode,
        secret_key=_secret(variables, mode),
        home=home,
        database=_database(variables.get("DATABASE_URL", ""), home),
        hosts=_hosts(variables, mode),
        zone=_zone(variables),
        proxy=variables.get("THECAL_CLINIC_PROXY", ""),
        second_factor=_switch(
            variables, "THECAL_CLINIC_SECOND_FACTOR", default=mode is Mode.PRODUCTION
        ),
        mail=_mail(variables.get("THECAL_CLINIC_MAIL_URL", "")),
        mail_from=variables.get("THECAL_CLINIC_MAIL_FROM", "clinic@localhost"),
        figures=_file(variables.get("THECAL_CLINIC_FIGURES", "")),
        bench=_bench(variables.get("THECAL_CLINIC_BENCH", ""), mode),
    )


def _mode(variables: Mapping[str, str]) -> Mode:
    text = variables.get("THECAL_CLINIC_MODE", Mode.PRODUCTION)
    try:
        return Mode(text)
    except ValueError:
        raise ConfigurationError(
            f"THECAL_CLINIC_MODE is '{text}'; expected production or development"
        ) from None


def _secret(variables: Mapping[str, str], mode: Mode) -> str:
    secret = variables.get("THECAL_CLINIC_SECRET_KEY", "")
    if mode is Mode.DEVELOPMENT:
        return secret or _PLACEHOLDER
    if len(secret) < LEAST_SECRET or len(set(secret)) < 5 or secret == _PLACEHOLDER:  # noqa: PLR2004
        raise ConfigurationError(
            "THECAL_CLINIC_SECRET_KEY is missing or too short: production needs at least"
            f" {LEAST_SECRET} random characters in the environment"
        )
    return secret


def _hosts(variables: Mapping[str, str], mode: Mode) -> tuple[str, ...]:
    named = tuple(one.strip() for one in variables.get("THECAL_CLINIC_HOSTS", "").split(","))
    hosts = tuple(one for one in named if one)
    if mode is Mode.DEVELOPMENT:
        return hosts or ("localhost", "127.0.0.1", "[::1]", "testserver")
    if not hosts or "*" in hosts:
        raise ConfigurationError(
            "THECAL_CLINIC_HOSTS is missing: production needs the names under which it is served,"
            " with commas between, and no '*'"
        )
    return hosts


def _zone(variables: Mapping[str, str]) -> str:
    zone = variables.get("THECAL_CLINIC_ZONE", "UTC")
    if zone not in available_timezones():
        raise ConfigurationError(f"THECAL_CLINIC_ZONE is '{zone}'; expected e.g. Europe/London")
    return zone


def _switch(variables: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = variables.get(name, "yes" if default else "no")
    if text not in {"yes", "no"}:
        raise ConfigurationError(f"{name} is '{text}'; expected yes or no")
    return text == "yes"


def _bench(names: str, mode: Mode) -> tuple[Path, ...]:
    """Where a person may break pumps for teaching; never where patients are treated."""
    if names and mode is not Mode.DEVELOPMENT:
        raise ConfigurationError(
            "THECAL_CLINIC_BENCH is set: pumps are disturbed for teaching in development mode alone"
        )
    return tuple(Path(one) for one in names.split(os.pathsep) if one)


def _file(name: str) -> Path | None:
    return Path(name) if name else None


def _default_home(variables: Mapping[str, str]) -> Path:
    data = variables.get("XDG_DATA_HOME")
    folder = Path(data) if data else Path(variables.get("HOME", ".")) / ".local" / "share"
    return folder / "thecal" / "clinic"


def _database(url: str, home: Path) -> dict[str, Any]:
    if not url:
        return sqlite(home / "clinic.sqlite3")
    parts = _split("DATABASE_URL", url)
    if parts.scheme == "sqlite":
        return sqlite(Path(unquote(parts.path)))
    if parts.scheme in {"postgres", "postgresql"}:
        return _postgresql(parts)
    raise ConfigurationError(
        "DATABASE_URL is neither sqlite:///FILE nor postgresql://USER:PASSWORD@HOST:PORT/NAME"
    )


def sqlite(file: Path) -> dict[str, Any]:
    """SQLite in one file.

    Writers take their turn from the start of a transaction (IMMEDIATE), readers never wait (WAL),
    and what is committed is on the disk (FULL).
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            " PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;",
        },
        "CONN_MAX_AGE": 600,
    }


def _postgresql(parts: SplitResult) -> dict[str, Any]:
    query = dict(parse_qsl(parts.query))
    try:
        port = parts.port
    except ValueError as error:
        raise ConfigurationError(f"DATABASE_URL: {error}") from None
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(port or ""),
        "OPTIONS": query,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


def _mail(url: str) -> dict[str, Any]:
    if not url:
        return {}
    parts = _split("THECAL_CLINIC_MAIL_URL", url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ConfigurationError("THECAL_CLINIC_MAIL_URL is not smtp[s]://USER:PASSWORD@HOST:PORT")
    is_tls = parts.scheme == "smtps"
    return {
        "host": parts.hostname,
        "port": parts.port or (465 if is_tls else 587),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "is_tls": is_tls,
    }


def _split(name: str, url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        raise ConfigurationError(f"{name}: {error}") from None
