"""The record that every test's own is copied from: migrated, with a person in every role."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import databases
import fasteners
import staff
from databases import Engine
from django.core.management import call_command

EMPTY, TEMPLATE = "empty", "template"


def prepared(engine: Engine, house: Path) -> Engine:
    """The engine, with its template; made once in a run, whichever test asks first."""
    with fasteners.InterProcessLock(house / f"{engine.name}.lock"):
        if not engine.exists(TEMPLATE):
            databases.use(databases.described(engine.create(EMPTY)))
            call_command("migrate", verbosity=0)
            databases.leave()
            filled(engine, EMPTY, TEMPLATE, staff.engage)
    return engine


def filled(engine: Engine, source: str, name: str, fill: Callable[[], None]) -> None:
    """A copy with more in it; nobody else may be making the same one."""
    databases.use(databases.described(engine.copy(source, name)))
    fill()
    databases.leave()
