from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pump_cases import Course, commands, courses, play, running

from thecal.pump import Entry, Log, LogBrokenError


def grown(count: int) -> Log:
    log = Log()
    for number in range(count):
        log.append(number * 7, "happened", {"number": number, "text": f"t{number}", "none": None})
    return log


def rebuilt(entries: list[Entry]) -> Log:
    return Log.from_plain(Log(entries).to_plain())


@given(st.integers(1, 12), st.data())
def test_any_altered_field_is_found_where_it_lies(count: int, data: st.DataObject) -> None:
    entries = list(grown(count).entries)
    at = data.draw(st.integers(0, count - 1))
    change: dict[str, Any] = data.draw(
        st.sampled_from(
            [{"seq": 99}, {"t_s": 1}, {"what": "x"}, {"facts": {}}, {"digest": "0" * 64}]
        )
    )
    entries[at] = entries[at]._replace(**change)
    with pytest.raises(LogBrokenError) as broken:
        rebuilt(entries).verify()
    assert broken.value.seq == at


@given(st.integers(2, 12), st.data())
def test_a_removed_or_moved_entry_is_found(count: int, data: st.DataObject) -> None:
    log = grown(count)
    entries = list(log.entries)
    taken = entries.pop(data.draw(st.integers(0, count - 1)))
    with pytest.raises(LogBrokenError):
        rebuilt(entries).verify(length=count, digest=log.digest)
    at = data.draw(st.integers(0, count - 1).filter(lambda place: place != taken.seq))
    entries.insert(at, taken)
    with pytest.raises(LogBrokenError):
        rebuilt(entries).verify()


def test_a_log_cut_at_its_end_is_found_by_the_length_that_was_reported() -> None:
    log = grown(5)
    cut = rebuilt(list(log.entries)[:-1])
    cut.verify()
    with pytest.raises(LogBrokenError):
        cut.verify(length=len(log))
    with pytest.raises(LogBrokenError):
        cut.verify(digest=log.digest)


@given(courses(commands, size=8), courses(commands, size=8))
def test_a_pumps_log_only_grows(first: Course, second: Course) -> None:
    twin = play(running(), first)
    before = twin.controller.log.entries
    play(twin, second)
    assert twin.controller.log.entries[: len(before)] == before
    twin.controller.log.verify()
