"""Whether a pump's log goes on from where this programmer last saw it (docs/link.md §6)."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.programmer.session.port import NotAnAnswerError, SpokenPort
from thecal.pump.controller.log import Entry, LogBrokenError, follow
from thecal.pump.language import LogEntry, LogPage, ReadLog, Status
from thecal.pump.reception import MOST_ENTRIES


def log_problem(port: SpokenPort, length: int, digest: str, status: Status) -> str:
    """What is wrong with the log since it was ``length`` long with ``digest``; empty if nothing.

    Every entry since then is read, and its chain computed again.

    Raises:
        LinkLostError: it could not be read.
    """
    if status.log_length < length:
        return f"it had {length} entries and has {status.log_length}"
    seq = length
    while True:
        page = port.ask(ReadLog(seq, MOST_ENTRIES))
        if not isinstance(page, LogPage):
            raise NotAnAnswerError(f"asked for the log, the pump answered {type(page).__name__}")
        try:
            digest = follow(digest, seq, map(_entry, page.entries))
        except LogBrokenError as broken:
            return f"entry {broken.seq} does not follow from those before it"
        seq += len(page.entries)
        if seq >= page.log_length or not page.entries:
            break
    if (seq, digest) != (page.log_length, page.log_digest):
        return f"after entry {seq} it is not what the pump says that it is"
    return ""


def log_entries(port: SpokenPort, start: int) -> Iterator[Entry]:
    """Every entry of a pump's log from a number on, as the pump tells them.

    Raises:
        LinkLostError: it could not be read.
    """
    while True:
        page = port.ask(ReadLog(start, MOST_ENTRIES))
        if not isinstance(page, LogPage):
            raise NotAnAnswerError(f"asked for the log, the pump answered {type(page).__name__}")
        yield from map(_entry, page.entries)
        start += len(page.entries)
        if start >= page.log_length or not page.entries:
            return


def _entry(told: LogEntry) -> Entry:
    facts = {fact.name: fact.value for fact in told.facts}
    return Entry(told.seq, told.t_s, told.what, facts, told.digest)
