"""A pump in a folder is the same pump after anything that can happen to the process."""

import os
from itertools import pairwise
from pathlib import Path

import pytest
from bench_pumps import SERIAL, ask, course, new_pump, started_pump, state_of
from hypothesis import given, settings
from hypothesis import strategies as st
from pump_cases import DAY_AND_NIGHT, FIXED, FULL, HOUR, MONDAY, ROTOR, UL, VALVES

from thecal.bench import pump as bench_pump
from thecal.bench.folder import CARDS, FolderError, InUseError
from thecal.bench.happenings import (
    Asked,
    Aspirated,
    Filled,
    Happening,
    KeyPaired,
    KeyRemovalAsked,
    Noted,
    Struck,
    TimePassed,
    TurnedAway,
    ValveOpened,
    from_row,
    to_row,
)
from thecal.bench.journal import Journal, JournalDamagedError
from thecal.bench.memory import Memory
from thecal.bench.pump import BenchPump
from thecal.link.cards import PairingCard
from thecal.link.roles import PAIRED_ROLES, Role
from thecal.pump import (
    Accepted,
    Bolus,
    GiveBolus,
    Interrogate,
    MagnetEnter,
    OverfillError,
    RefusalCode,
    Refused,
    RemoveKey,
    Reset,
    Silence,
    Stop,
    Twin,
)

KEY, OTHER = bytes(range(32)), bytes(32)
EVERY_KIND: list[Happening] = [
    TimePassed(),
    Filled(1_000),
    Asked(Interrogate(), ""),
    Asked(GiveBolus("bolus-01", Bolus(1, 60)), "clinician 00"),
    TurnedAway(Stop("stop-001"), "patient 00"),
    Noted("session-opened", {"role": "reader", "count": 1, "well": True, "none": None}),
    KeyPaired(KEY, Role.READER, "ward", 77),
    KeyRemovalAsked(RemoveKey("remove-1", KEY.hex()), OTHER, "clinician 00"),
    Struck(MagnetEnter(500)),
    Aspirated(),
    ValveOpened(),
]


def test_every_happening_has_a_form_that_reads_back() -> None:
    for happening in EVERY_KIND:
        assert from_row(to_row(happening)) == happening


def test_a_pump_is_the_same_when_it_is_opened_again(tmp_path: Path) -> None:
    pump = new_pump(tmp_path)
    for number, happening in enumerate(EVERY_KIND):
        pump.advance(10 * number)
        pump.happen(happening)
    pump.advance(1_000)
    pump.close()
    before = state_of(pump)
    again = BenchPump.open(tmp_path)
    assert state_of(again) == before
    assert again.now_s == 1_000
    again.close()


def test_killed_at_every_byte_it_is_as_before_or_as_after_each_happening(tmp_path: Path) -> None:
    pump = started_pump(tmp_path)
    path = tmp_path / "journal"
    states, sizes = [state_of(pump)], [path.stat().st_size]
    for at_s, happening in course():
        pump.advance(at_s)
        pump.happen(happening)
        states.append(state_of(pump))
        sizes.append(path.stat().st_size)
    pump.close()
    data = path.read_bytes()
    for number, (size, next_size) in enumerate(pairwise(sizes)):
        for cut in range(size, next_size, 7):
            path.write_bytes(data[:cut])
            again = BenchPump.open(tmp_path)
            assert state_of(again) == states[number]
            again._lock.release()
    path.write_bytes(data[: sizes[-1]])
    assert state_of(BenchPump.open(tmp_path)) == states[-1]


def test_a_repeat_after_a_kill_is_answered_and_does_not_act(tmp_path: Path) -> None:
    pump = started_pump(tmp_path)
    bolus = GiveBolus("bolus-01", Bolus(10 * UL, 600))
    first = ask(pump, bolus)
    again = reopened_after_kill(pump)
    before = again.twin.controller.log.digest
    assert ask(again, bolus) == first
    assert again.twin.controller.log.digest == before


def reopened_after_kill(pump: BenchPump) -> BenchPump:
    """What a new process finds: nothing was closed, the system let the lock go."""
    pump._lock.release()
    return BenchPump.open(pump.folder)


def test_what_was_told_stays_true_after_a_kill(tmp_path: Path) -> None:
    pump = started_pump(tmp_path)
    pump.advance(5 * HOUR)
    told = ask(pump, Interrogate())
    again = reopened_after_kill(pump)
    assert ask(again, Interrogate()) == told


def test_time_that_nobody_was_told_of_may_be_lost_but_never_runs_back_behind_what_was(
    tmp_path: Path,
) -> None:
    pump = started_pump(tmp_path)
    pump.advance(5 * HOUR)
    pump.save_time()
    pump.advance(6 * HOUR)
    assert reopened_after_kill(pump).now_s == 5 * HOUR


def test_a_long_journal_is_folded_and_nothing_of_it_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_pump, "COMPACT_AFTER_BYTES", 2_000)
    pump = started_pump(tmp_path)
    counts = []
    for number in range(60):
        pump.advance(number)
        ask(pump, Silence(f"silence-{number:04}", "reset"))
        counts.append(len(payloads_of(tmp_path)))
    assert any(after == 1 < before for before, after in pairwise(counts))
    pump.close()
    assert state_of(BenchPump.open(tmp_path)) == state_of(pump)


def payloads_of(folder: Path) -> list[bytes]:
    journal, payloads = Journal.open(folder / "journal")
    journal.close()
    return payloads


def test_two_processes_cannot_have_one_pump(tmp_path: Path) -> None:
    pump = new_pump(tmp_path)
    with pytest.raises(InUseError):
        BenchPump.open(tmp_path)
    pump.close()
    BenchPump.open(tmp_path).close()


def test_a_folder_holds_one_pump_for_ever(tmp_path: Path) -> None:
    new_pump(tmp_path).close()
    with pytest.raises(FolderError, match="there is a pump already"):
        new_pump(tmp_path)
    with pytest.raises(FolderError, match="there is no pump"):
        BenchPump.open(tmp_path / "empty")


def test_a_folder_that_others_can_read_is_refused(tmp_path: Path) -> None:
    new_pump(tmp_path).close()
    (tmp_path / "journal").chmod(0o640)
    with pytest.raises(FolderError, match="0600"):
        BenchPump.open(tmp_path)


def test_a_creation_that_was_cut_short_can_be_done_again(tmp_path: Path) -> None:
    new_pump(tmp_path).close()
    (tmp_path / "journal").unlink()
    pump = new_pump(tmp_path)
    card = (tmp_path / CARDS / "clinician.txt").read_text()
    assert PairingCard.parse(card) == pump.memory.card(Role.CLINICIAN)


def test_cards_are_printed_for_every_role_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    new_pump(tmp_path)
    for role in PAIRED_ROLES:
        path = tmp_path / CARDS / f"{role}.txt"
        card = PairingCard.parse(path.read_text())
        assert (card.serial, card.role) == (SERIAL, role)
        assert path.stat().st_mode & 0o777 == 0o600


def test_two_pumps_share_no_secret(tmp_path: Path) -> None:
    one, two = new_pump(tmp_path / "1").memory, new_pump(tmp_path / "2").memory
    assert one.key.public != two.key.public
    assert not set(one.secrets.values()) & set(two.secrets.values())
    assert len(set(one.secrets.values())) == len(PAIRED_ROLES)


def test_what_cannot_happen_leaves_no_trace(tmp_path: Path) -> None:
    pump = started_pump(tmp_path)
    before, size = state_of(pump), (tmp_path / "journal").stat().st_size
    for happening in (Filled(20_000_000_000), Filled(-1), Struck(Reset(-1))):
        with pytest.raises((OverfillError, ValueError)):
            pump.happen(happening)
    assert state_of(pump) == before
    assert (tmp_path / "journal").stat().st_size == size


def test_a_journal_that_plays_out_differently_is_refused(tmp_path: Path) -> None:
    started_pump(tmp_path).close()
    payloads = payloads_of(tmp_path)
    other = Memory.from_bytes(payloads[0])
    other.twin.inject(Reset(0))
    journal = Journal.create(tmp_path / "journal", other.to_bytes())
    for payload in payloads[1:]:
        journal.append(payload)
    with pytest.raises(JournalDamagedError, match="plays out differently"):
        BenchPump.open(tmp_path)


def test_a_pump_whose_disk_is_full_says_nothing_more(tmp_path: Path) -> None:
    pump = started_pump(tmp_path)
    os.close(pump._journal._descriptor)
    with pytest.raises(bench_pump.PumpFailedError):
        ask(pump, Stop("stop-001"))
    with pytest.raises(bench_pump.PumpFailedError):
        ask(pump, Interrogate())


def test_limits_stay_those_that_the_pump_was_made_with(tmp_path: Path) -> None:
    pump = new_pump(tmp_path)
    pump.close()
    assert BenchPump.open(tmp_path).twin.profile == ROTOR


@pytest.mark.parametrize("serial", ["", "a b", "x" * 33, "ü"])
def test_a_serial_that_is_none_is_refused(tmp_path: Path, serial: str) -> None:
    with pytest.raises(FolderError, match="serial"):
        BenchPump.create(tmp_path / "new", ROTOR, serial=serial, epoch_utc_s=0)
    assert not (tmp_path / "new").exists()


def test_a_factory_rate_belongs_to_a_fixed_rate_pump(tmp_path: Path) -> None:
    pump = BenchPump.create(
        tmp_path / "1", FIXED, serial="F", epoch_utc_s=0, factory_rate_pl_per_day=UL
    )
    pump.close()
    assert BenchPump.open(tmp_path / "1").twin.controller.state.factory_rate_pl_per_day == UL
    with pytest.raises(ValueError, match="factory rate"):
        BenchPump.create(tmp_path / "2", FIXED, serial="F", epoch_utc_s=0)
    with pytest.raises(ValueError, match="factory rate"):
        BenchPump.create(
            tmp_path / "3", VALVES, serial="F", epoch_utc_s=0, factory_rate_pl_per_day=UL
        )


def test_a_key_is_removed_once_and_nobody_removes_their_own(tmp_path: Path) -> None:
    pump = new_pump(tmp_path)
    for key, role in ((KEY, Role.READER), (OTHER, Role.CLINICIAN)):
        pump.happen(KeyPaired(key, role, "somebody", MONDAY))
    own = RemoveKey("remove-1", OTHER.hex())
    assert remove(pump, own) == Refused("remove-1", RefusalCode.OWN_KEY)
    other = RemoveKey("remove-2", KEY.hex())
    assert isinstance(remove(pump, other), Accepted)
    assert isinstance(remove(pump, other), Accepted)
    for number, text in enumerate((KEY.hex(), "", "no key", "ff" * 40_000)):
        asked = RemoveKey(f"remove-0{number}", text)
        assert remove(pump, asked) == Refused(asked.command_id, RefusalCode.NO_SUCH_KEY)
    assert [entry.key for entry in pump.memory.register.entries] == [OTHER]
    assert isinstance(remove(reopened_after_kill(pump), other), Accepted)


def remove(pump: BenchPump, request: RemoveKey) -> object:
    return pump.happen(KeyRemovalAsked(request, OTHER, "clinician 00"))


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9 * HOUR), st.sampled_from(EVERY_KIND)), max_size=12))
def test_whatever_happens_a_killed_pump_comes_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, happens: list[tuple[int, Happening]]
) -> None:
    pump = started_pump(tmp_path_factory.mktemp("pump"))
    for wait_s, happening in happens:
        pump.advance(pump.now_s + wait_s)
        try:
            pump.happen(happening)
        except ValueError:
            continue
    pump.save_time()
    before = state_of(pump)
    again = reopened_after_kill(pump)
    assert state_of(again) == before
    assert Twin.from_bytes(ROTOR, again.twin.to_bytes()).now_s == again.now_s
    assert DAY_AND_NIGHT.digest == again.twin.controller.state.program.digest  # type: ignore[union-attr]
    assert again.twin.controller.state.fill == FULL
