"""A journal loses nothing that was written, and never holds what was not."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.bench.journal import Journal, JournalDamagedError

PAYLOADS = [b"snapshot", b"one", b"", b"three" * 30]


def written(path: Path, payloads: list[bytes] = PAYLOADS) -> list[int]:
    """Write a journal; where each record ends."""
    journal = Journal.create(path, payloads[0])
    ends = [journal.size]
    for payload in payloads[1:]:
        journal.append(payload)
        ends.append(journal.size)
    journal.close()
    return ends


def read(path: Path) -> list[bytes]:
    journal, payloads = Journal.open(path)
    journal.close()
    return payloads


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    written(tmp_path / "journal")
    assert read(tmp_path / "journal") == PAYLOADS


def test_cut_at_every_byte_it_holds_exactly_the_whole_records(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    ends = written(path)
    data = path.read_bytes()
    for size in range(len(data) + 1):
        path.write_bytes(data[:size])
        whole = sum(end <= size for end in ends)
        if whole == 0:
            with pytest.raises(JournalDamagedError, match="no whole snapshot"):
                read(path)
            continue
        assert read(path) == PAYLOADS[:whole]
        assert path.stat().st_size == ends[whole - 1]


def test_after_a_torn_record_it_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    ends = written(path)
    data = path.read_bytes()
    for size in range(ends[-2], ends[-1]):
        path.write_bytes(data[:size])
        journal, payloads = Journal.open(path)
        journal.append(b"next")
        journal.close()
        assert read(path) == [*payloads, b"next"]


def test_zeros_that_a_file_system_leaves_behind_a_power_cut_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    written(path)
    data = path.read_bytes()
    for zeros in (1, 7, 8, 50, 5000):
        path.write_bytes(data + bytes(zeros))
        assert read(path) == PAYLOADS
        assert path.read_bytes() == data


@pytest.mark.parametrize("flip", [0x01, 0x80, 0xFF])
def test_flipped_at_every_byte_it_is_refused(tmp_path: Path, flip: int) -> None:
    path = tmp_path / "journal"
    written(path)
    data = path.read_bytes()
    for at in range(len(data)):
        path.write_bytes(data[:at] + bytes([data[at] ^ flip]) + data[at + 1 :])
        with pytest.raises(JournalDamagedError):
            read(path)


def test_records_that_are_swapped_left_out_or_doubled_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    ends = written(path)
    data = path.read_bytes()
    cuts = [0, *ends]
    records = [data[a:b] for a, b in pairwise(cuts)]
    for order in ([0, 2, 1, 3], [0, 2, 3], [0, 1, 1, 2, 3], [1, 2, 3], [0, 0, 1]):
        path.write_bytes(b"".join(records[index] for index in order))
        with pytest.raises(JournalDamagedError):
            read(path)


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "journal"
    path.write_bytes(data)
    with pytest.raises(JournalDamagedError):
        read(path)


def test_a_snapshot_takes_the_place_of_everything_at_once(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = Journal.create(path, b"first")
    journal.append(b"one")
    journal.compact(b"second")
    journal.append(b"two")
    journal.close()
    assert read(path) == [b"second", b"two"]
    assert [one.name for one in tmp_path.iterdir()] == ["journal"]


def test_a_snapshot_that_was_not_finished_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    written(path)
    (tmp_path / "journal.new").write_bytes(b"half of a snap")
    assert read(path) == PAYLOADS
    assert not (tmp_path / "journal.new").exists()


def test_a_journal_can_be_read_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = Journal.create(path, b"secret")
    assert path.stat().st_mode & 0o777 == 0o600
    journal.compact(b"secret")
    assert path.stat().st_mode & 0o777 == 0o600
    journal.close()


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from thecal.bench.journal import Journal
path = Path(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
journal, _ = Journal.open(path)
most = path.stat().st_size + 50
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
try:
    journal.append(b"x" * 100)
except OSError:
    print("refused")
journal.append(b"")
"""


def test_a_record_that_the_disk_does_not_take_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    written(path)
    run = [sys.executable, "-c", FULL_DISK, str(path)]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    assert done.stdout == "refused\n"
    assert read(path) == [*PAYLOADS, b""]
