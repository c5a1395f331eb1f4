"""A whole session broken at every byte of every frame: the pump holds the old settings or the new,
whole, and the programmer says which, or says that it does not know and then finds out.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from broken_wires import LATER_S, NEW, OLD, Bed, Break, Kind, PowerCutError

from thecal.link.roles import Role
from thecal.programmer.notebook import Notebook, Page, page
from thecal.programmer.notebook.files import write_whole
from thecal.programmer.session.outcome import Outcome
from thecal.programmer.session.port import LinkLostError
from thecal.programmer.session.session import Edit
from thecal.programmer.session.states import State
from thecal.pump import Running
from thecal.pump.holding import Holding

MEMORY = Path("/dev/shm")  # noqa: S108  (thousands of forced writes, where there is such a place)
Property = Callable[[str, object], None]
NOT_READ = "not read"
"""What is said where the link broke before anything was sent: nothing was done."""


@pytest.fixture
def folder() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
    yield place
    shutil.rmtree(place)


class Campaign:
    """Runs on one bed, each from what the pump holds to the other program."""

    def __init__(self, folder: Path) -> None:
        self.bed, self.notebook = Bed(folder), Notebook(folder / "home")
        self.page: Page = self.bed.pair(self.notebook, Role.CLINICIAN)
        self.said: Counter[str] = Counter()
        self.settled: Counter[str] = Counter()
        self.runs = 0
        assert self.talk(OLD) == Outcome.VERIFIED

    def frames(self) -> list[tuple[int, bool]]:
        """The sizes of a whole session's frames, and whether each goes to the pump."""
        self.bed.frames.clear()
        assert self.talk(self.wanted()) == Outcome.VERIFIED
        return list(self.bed.frames)

    def wanted(self) -> Edit:
        return OLD if self.bed.holds().program == NEW.program else NEW

    def talk(self, edit: Edit) -> str:
        """A session from the first contact to its end; what the programmer says at last."""
        session, port = self.bed.session(self.notebook, self.page)
        try:
            session.interrogate()
            session.edit(edit)
            session.review()
            said: str = session.confirm().outcome
            if session.state is not State.UNKNOWN:
                session.end()
        except LinkLostError:
            said = NOT_READ
        port.close()
        return said

    def run(self, broken: Break) -> None:
        """One session with one break, and what must be true of it."""
        bed, self.runs = self.bed, self.runs + 1
        bed.pass_time(60)
        old, edit = bed.holds(), self.wanted()
        new = Holding(old.model, old.serial, old.revision + 1, edit.program, edit.fill, None)
        bed.frames.clear()
        bed.broken = broken
        said = self.talk(edit)
        bed.broken = None
        self.said[said] += 1
        if said == Outcome.UNKNOWN:
            said = self.settle(broken, old, new)
        bed.bring_late()
        self.check(said, old, new, broken)

    def settle(self, broken: object, old: Holding, new: Holding) -> str:
        """The next contact, soon or late, before or after what was held up on the way."""
        held = self.bed.holds()
        assert held.same_settings(old) or held.same_settings(new), broken
        if self.runs % 4 >= 2:
            self.bed.bring_late()
        acted = self.bed.holds().same_settings(new)
        later_s = LATER_S * (self.runs % 2)
        session, port = self.bed.session(self.notebook, self.page, later_s)
        assert session.state is State.UNKNOWN, broken
        pending = session.pending
        assert pending is not None
        said = session.reconcile().outcome
        session.end()
        port.close()
        expected = Outcome.VERIFIED if acted or not later_s else Outcome.NOT_DONE
        assert said == expected, broken
        self.settled[said] += 1
        self.bed.bring_late()
        assert self.bed.acted(pending.update.command_id) == (said == Outcome.VERIFIED), broken
        return said

    def tell(self, what: str, capsys: pytest.CaptureFixture[str], record: Property) -> None:
        """The counts, on the screen and in the suite's report."""
        told, then = (
            ", ".join(f"{many} {said}" for said, many in sorted(counts.items()))
            for counts in (self.said, self.settled)
        )
        line = f"{self.runs} sessions, {what}: {told}; of the unknown then: {then or 'none'}"
        record("campaign", line)
        with capsys.disabled():
            print(f"\n{line}")

    def check(self, said: str, old: Holding, new: Holding, broken: object) -> None:
        truth = self.bed.holds()
        expected = {Outcome.VERIFIED: new, Outcome.NOT_DONE: old, NOT_READ: old}
        assert said in expected, f"{broken}: {said}"
        assert truth.same_settings(expected[said]), f"{broken}: said {said}"
        assert self.bed.status().running is Running.BASE, f"{broken}: the pump stands"
        assert Page.read(self.page.path).entries.pending is None, broken


def breaks(kind: Kind, frames: list[tuple[int, bool]]) -> Iterator[Break]:
    """A frame to a programmer who has given up is as good as cut: only those to a pump are late."""
    at_every_byte = kind in {Kind.CUT, Kind.FLIPPED, Kind.DELAYED}
    for number, (size, to_pump) in enumerate(frames):
        if to_pump or kind is not Kind.DELAYED:
            for byte in range(size if at_every_byte else 1):
                yield Break(kind, number, byte)


@pytest.mark.parametrize("kind", Kind)
def test_broken_at_every_byte_the_pump_holds_old_or_new_and_the_programmer_says_which(
    kind: Kind, folder: Path, capsys: pytest.CaptureFixture[str], record_property: Property
) -> None:
    campaign = Campaign(folder)
    frames = campaign.frames()
    for broken in breaks(kind, frames):
        campaign.run(broken)
    assert campaign.said.total() == campaign.runs > 0
    assert campaign.said[Outcome.UNKNOWN] == campaign.settled.total()
    size = sum(size for size, _ in frames)
    campaign.tell(f"{kind}, of {size} bytes in {len(frames)} frames", capsys, record_property)


class Writes:
    """The pump's journal, on a disk that loses power at one write, in mid-record or after it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, bed: Bed) -> None:
        self.sizes: list[int] = []
        self.at: tuple[int, float] | None = None
        self._bed, self._write = bed, os.write
        monkeypatch.setattr(os, "write", self._cut)

    def _cut(self, descriptor: int, data: bytes) -> int:
        if descriptor != self._bed.pump._journal._descriptor:
            return self._write(descriptor, data)
        number = len(self.sizes)
        self.sizes.append(len(data))
        if self.at is None or self.at[0] != number:
            return self._write(descriptor, data)
        self._write(descriptor, data[: round(len(data) * self.at[1])])
        raise PowerCutError


def test_power_cut_at_every_write_of_the_journal_leaves_old_or_new_and_the_programmer_knows(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    record_property: Property,
) -> None:
    campaign = Campaign(folder)
    writes = Writes(monkeypatch, campaign.bed)
    campaign.frames()
    count = len(writes.sizes)
    assert count >= 5
    for number in range(count):
        for share in (0.0, 0.01, 0.5, 0.99, 1.0):
            for _ in range(2):  # soon and late
                _lose_power(campaign, writes, (number, share))
    campaign.tell(f"power cut at each of {count} writes of the journal", capsys, record_property)


def _lose_power(campaign: Campaign, writes: Writes, at: tuple[int, float]) -> None:
    bed = campaign.bed
    campaign.runs += 1
    bed.pass_time(60)
    old, edit = bed.holds(), campaign.wanted()
    new = Holding(old.model, old.serial, old.revision + 1, edit.program, edit.fill, None)
    writes.sizes.clear()
    writes.at = at
    said = campaign.talk(edit)
    writes.at = None
    assert bed.dead, f"nothing was cut at {at}"
    bed.come_back()
    campaign.said[said] += 1
    if said == Outcome.UNKNOWN:
        said = campaign.settle(at, old, new)
    campaign.check(said, old, new, at)


class DiedError(Exception):
    """The programmer's process is killed."""


@pytest.mark.parametrize("written", [False, True], ids=["before it is on disk", "after"])
@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("later_s", [0, LATER_S], ids=["soon", "late"])
def test_programmer_killed_at_a_write_of_its_notebook_knows_on_the_next_contact(
    folder: Path, monkeypatch: pytest.MonkeyPatch, number: int, written: bool, later_s: int
) -> None:
    """The first write is the command before it is sent, the second that its outcome is known."""
    campaign = Campaign(folder)
    bed, seen = campaign.bed, [0]

    def dies(path: Path, data: bytes) -> None:
        seen[0] += 1
        if seen[0] - 1 == number:
            if written:
                write_whole(path, data)
            raise DiedError
        write_whole(path, data)

    edit = campaign.wanted()
    with monkeypatch.context() as patch:
        patch.setattr(page, "write_whole", dies)
        with pytest.raises(DiedError):
            campaign.talk(edit)
    sent, on_disk = number == 1, Page.read(campaign.page.path).entries.pending is not None
    assert on_disk == ((number, written) in {(0, True), (1, False)})
    assert (bed.holds().program == edit.program) == sent
    session, _ = bed.session(campaign.notebook, campaign.page, later_s)
    if not on_disk:
        session.interrogate()
        assert (session.holding.program == edit.program) == sent
        return
    said = session.reconcile().outcome
    assert said == (Outcome.VERIFIED if sent or not later_s else Outcome.NOT_DONE)
    assert (bed.holds().program == edit.program) == (said is Outcome.VERIFIED)
