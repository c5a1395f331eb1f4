"""The clinic's tests: each that asks for ``record`` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "thecal.clinic.project.development"

import django
import fasteners
import pytest
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.test.utils import override_settings, setup_test_environment, teardown_test_environment

django.setup()

import databases  # noqa: E402
import template  # noqa: E402
from databases import Engine  # noqa: E402
from template import EMPTY, TEMPLATE  # noqa: E402

_numbers = count()


@pytest.fixture(scope="session", autouse=True)
def _as_in_tests() -> Iterator[None]:
    setup_test_environment()
    with override_settings(PASSWORD_HASHERS=["quick_hasher.QuickArgon2"]):
        yield
    teardown_test_environment()


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all workers of this run share."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, house: Path, testrun_uid: str) -> Engine:
    """An engine whose template is migrated, with its people."""
    made: Engine
    if request.param == "sqlite":
        made = databases.SQLite(house)
    else:  # its server runs as somebody else, who may not enter pytest's folders
        made = databases.PostgreSQL(
            Path(tempfile.gettempdir()) / f"thecal-{testrun_uid[:12]}", house
        )
    return template.prepared(made, house)


@pytest.fixture(scope="session")
def _shared(engine: Engine, house: Path, worker_id: str) -> str:
    with fasteners.InterProcessLock(house / f"{engine.name}.lock"):
        return engine.copy(TEMPLATE, f"shared_{worker_id}")


def _nothing_is_left_over() -> None:
    """What a test before may have left in this process."""
    cache.clear()
    mail.outbox.clear()


@pytest.fixture
def record(_shared: str) -> Iterator[None]:
    """A clinic's record, of which nothing is left after the test."""
    _nothing_is_left_over()
    databases.use(databases.described(_shared))
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    databases.leave()


@pytest.fixture
def own_record(engine: Engine, house: Path, worker_id: str) -> Iterator[str]:
    """The URL of a record of the test's own, for what needs several connections."""
    _nothing_is_left_over()
    name = f"own_{worker_id}_{next(_numbers)}"
    with fasteners.InterProcessLock(house / f"{engine.name}.lock"):
        url = engine.copy(TEMPLATE, name)
    databases.use(databases.described(url))
    yield url
    databases.leave()
    engine.drop(name)


@pytest.fixture
def another(engine: Engine, house: Path, worker_id: str) -> Iterator[Callable[[], None]]:
    """A function that puts an empty record in place of the one at hand."""
    made: list[str] = []

    def put() -> None:
        name = f"another_{worker_id}_{next(_numbers)}"
        with fasteners.InterProcessLock(house / f"{engine.name}.lock"):
            url = engine.copy(EMPTY, name)
        made.append(name)
        databases.use(databases.described(url))

    yield put
    databases.leave()
    for name in made:
        engine.drop(name)
