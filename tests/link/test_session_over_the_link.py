"""A session's port: progress on long messages, and a person who thinks for longer than a link."""

from __future__ import annotations

from pathlib import Path

import pytest
from broken_wires import NEW, OLD, Bed, Wire
from pump_cases import FULL

from thecal.link.party_end import Contact
from thecal.link.roles import Role
from thecal.link.transports.channel import Channel
from thecal.programmer.notebook import Notebook
from thecal.programmer.session.link_port import LinkPort
from thecal.programmer.session.outcome import Outcome
from thecal.programmer.session.session import Edit, Session
from thecal.pump import DaySchedule, Mode, Program, Step

LONG = Program(
    Mode.FLEX,
    tuple(
        DaySchedule(tuple(Step(hour * 60, 150_000_000 + day + hour) for hour in range(13)))
        for day in range(7)
    ),
    tuple(range(7)),
)


@pytest.fixture
def bed(tmp_path: Path) -> Bed:
    return Bed(tmp_path)


def test_a_long_program_shows_how_far_it_is_both_ways(bed: Bed, tmp_path: Path) -> None:
    notebook = Notebook(tmp_path / "home")
    entries = bed.pair(notebook, Role.CLINICIAN).entries
    contact = Contact.session(
        Role.CLINICIAN, notebook.key(Role.CLINICIAN), entries.serial, entries.pump_key
    )
    shown: list[tuple[str, int, int]] = []
    port = LinkPort(
        lambda: Channel(Wire(bed), contact),
        on_progress=lambda way, done, parts: shown.append((way, done, parts)),
        now_s=lambda: bed.real_s,
    )
    session = Session(port)
    session.interrogate()
    assert shown == [], "a message of one part is done at once"
    session.edit(Edit(LONG, FULL))
    session.review()
    assert session.confirm().outcome is Outcome.VERIFIED
    sent = [(done, parts) for way, done, parts in shown if way == "sent"]
    parts = sent[0][1]
    assert parts > 1
    assert sent == [(done, parts) for done in range(1, parts + 1)]
    assert {way for way, _, _ in shown} == {"sent", "received"}


def test_a_review_may_take_longer_than_the_link_waits(bed: Bed, tmp_path: Path) -> None:
    notebook = Notebook(tmp_path / "home")
    page = bed.pair(notebook, Role.CLINICIAN)
    session, port = bed.session(notebook, page)
    session.interrogate()
    session.edit(OLD)
    session.review()
    bed.pass_time(1_800)
    assert session.confirm().outcome is Outcome.VERIFIED
    assert session.end()
    port.close()
    opened = [e.what for e in bed.pump.twin.controller.log.entries if "session" in e.what]
    assert opened == ["session-opened", "session-lost", "session-opened", "end-session"]


def test_another_programmer_in_the_time_of_a_review_makes_it_stale(
    bed: Bed, tmp_path: Path
) -> None:
    mine, theirs = (Notebook(tmp_path / name) for name in ("mine", "theirs"))
    session, _ = bed.session(mine, bed.pair(mine, Role.CLINICIAN))
    other, _ = bed.session(theirs, bed.pair(theirs, Role.CLINICIAN))
    for one, edit in ((session, OLD), (other, NEW)):
        one.interrogate()
        one.edit(edit)
        one.review()
    assert other.confirm().outcome is Outcome.VERIFIED
    bed.pass_time(1_800)
    assert session.confirm().outcome is Outcome.STALE
    assert bed.holds().program == NEW.program
