"""H14: a session that was not completed left pumps stopped. Here a pump is killed in mid-update.

The process is killed by the system at a byte of a write to its journal, each write of a whole
session in turn; then it is started again, and the programmer comes back.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pump_cases import DAY_AND_NIGHT, FULL, simple
from running_pumps import ML, Party, Process, ask, log_of, new_id, paired, start, status

from thecal.link.errors import LinkError
from thecal.link.roles import Role
from thecal.pump import Accepted, EndSession, RefusalCode, Stop, Update

OLD, NEW = DAY_AND_NIGHT, simple(ML)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Party]:
    """A pump that runs OLD, at rest, and a clinician who is paired with it."""
    pump = start(tmp_path_factory.mktemp("h14") / "pump", "--model", "synchromed-ii-20")
    pump.do("fill", "20 mL")
    party = paired(pump, Role.CLINICIAN)
    with party.open(pump.address) as channel:
        assert isinstance(ask(channel, Update(new_id(), 0, OLD, FULL)), Accepted)
        assert isinstance(ask(channel, EndSession()), Accepted)
    pump.end()
    return pump.folder, party


def session(party: Party, pump: Process, update: Update) -> Iterator[Any]:
    """A whole session, answer by answer."""
    with party.open(pump.address) as channel:
        yield status(channel)
        yield ask(channel, update)
        yield status(channel)
        yield ask(channel, EndSession())


def writes_of_a_session(prepared: tuple[Path, Party], folder: Path) -> list[int]:
    """The length of each write to the journal while a session runs undisturbed."""
    source, party = prepared
    shutil.copytree(source, folder)
    record = folder / "writes"
    pump = start(folder, deaths={"at": None, "record": str(record)})
    answers = list(session(party, pump, Update(new_id(), 1, NEW)))
    assert isinstance(answers[-1], Accepted)
    pump.kill()
    return [int(line) for line in record.read_text().splitlines()]


def places(length: int) -> list[int]:
    """Where in a write to kill: at its edges, inside, before and after it reaches the disk."""
    return [*range(0, length, max(1, length // 3)), length - 1, length, length + 1]


def test_killed_at_every_write_of_a_session_it_runs_exactly_the_old_or_the_new_program(
    prepared: tuple[Path, Party], tmp_path: Path
) -> None:
    party, runs = prepared[1], {"old": 0, "new": 0}
    lengths = writes_of_a_session(prepared, tmp_path / "whole")
    assert len(lengths) == 5, "session opened, two interrogations, update, end"
    for number, length in enumerate(lengths):
        for place in places(length):
            folder = tmp_path / f"{number}-{place}"
            shutil.copytree(prepared[0], folder)
            runs[killed_at(party, folder, number, place)] += 1
            shutil.rmtree(folder)
    assert runs["old"] > 0 < runs["new"]


def killed_at(party: Party, folder: Path, number: int, place: int) -> str:
    """Kill a session there; which program the pump runs afterwards."""
    update, answers = Update(new_id(), 1, NEW), list[Any]()
    pump = start(folder, deaths={"at": [number, place], "record": None})
    with suppress(LinkError):
        for answer in session(party, pump, update):
            answers.append(answer)
    pump.wait()
    assert pump.code == -9
    again = start(folder)
    with party.open(again.address) as channel:
        found = status(channel)
        acknowledged = any(isinstance(answer, Accepted) for answer in answers)
        assert found.program in ((NEW,) if acknowledged else (OLD, NEW))
        assert found.rate_pl_per_day > 0
        assert isinstance(ask(channel, update), Accepted)
        after = status(channel)
        assert (after.program, after.revision) == (NEW, 2)
        assert isinstance(ask(channel, EndSession()), Accepted)
    again.end()
    acted = [facts for what, facts in log_of(folder) if what == "update"]
    assert [facts.get("refused") for facts in acted] == [None, None]
    return "new" if found.program == NEW else "old"


def test_a_session_cannot_end_with_the_pump_stopped_unless_that_was_ordered(
    prepared: tuple[Path, Party], tmp_path: Path
) -> None:
    shutil.copytree(prepared[0], tmp_path / "pump")
    pump, party = start(tmp_path / "pump"), prepared[1]
    with party.open(pump.address) as channel:
        pump.do("fault", "reset")
        assert ask(channel, EndSession()).code is RefusalCode.NOT_DELIVERING
        assert isinstance(ask(channel, Stop(new_id())), Accepted)
        assert isinstance(ask(channel, EndSession()), Accepted)
    pump.end()
