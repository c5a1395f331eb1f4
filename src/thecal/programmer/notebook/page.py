"""One page of the notebook: a pump in one role, and the command that is under way with it."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from thecal.programmer.notebook.files import OWNER_ONLY, make_folder, read_bounded, write_whole
from thecal.programmer.session.pending import Pending
from thecal.pump.decoding import NotLanguageError, decode
from thecal.pump.holding import Holding
from thecal.pump.language import Ceiling, Fill, Program, Update, encode

_FORMAT = 1
_KEY_BYTES = 32


class NotebookError(ValueError):
    """A file of the notebook that cannot be used; the message names it."""


class BusyError(RuntimeError):
    """Another session with this pump uses the notebook now."""


@dataclass(frozen=True, slots=True)
class LogSeen:
    """How long a pump's log was when it was last seen, and its digest."""

    length: int
    digest: str


@dataclass(frozen=True, slots=True)
class Request:
    """A dose that the patient asked for and whose answer did not come."""

    command_id: str
    asked_utc_s: int


@dataclass(frozen=True, slots=True)
class Entries:
    """What a page says.

    Attributes:
        pump_key: the pump's static key, as it was paired.
        address: where the pump was last reached.
    """

    serial: str
    role: str
    pump_key: bytes
    address: str
    log: LogSeen | None = None
    pending: Pending | None = None
    request: Request | None = None


class Page:
    """One page on disk; every change is on disk when it is made. It is a session's memory."""

    def __init__(self, path: Path, entries: Entries) -> None:
        self.path, self.entries = path, entries

    @classmethod
    def read(cls, path: Path) -> Page:
        """Read a page strictly.

        Raises:
            NotebookError: unreadable, or not a page.
        """
        try:
            return cls(path, _entries(json.loads(read_bounded(path))))
        except OSError as error:
            raise NotebookError(f"{path}: {error.strerror}") from error
        except (ValueError, TypeError, KeyError, RecursionError, AttributeError) as error:
            raise NotebookError(f"{path}: not a page of the notebook ({error})") from error

    def change(self, **changes: Any) -> None:
        """Change entries and write the page.

        Raises:
            NotebookError: it cannot be written.
        """
        entries = replace(self.entries, **changes)
        text = json.dumps(_plain(entries), indent=2) + "\n"
        try:
            make_folder(self.path.parent)
            write_whole(self.path, text.encode())
        except OSError as error:
            raise NotebookError(f"{self.path}: {error.strerror}") from error
        self.entries = entries

    # A session's memory

    def pending(self) -> Pending | None:
        """The command under way, None if there is none."""
        return self.entries.pending

    def keep(self, pending: Pending) -> None:
        """Write a command down before it is sent."""
        self.change(pending=pending)

    def forget(self) -> None:
        """Its outcome is known."""
        if self.entries.pending is not None:
            self.change(pending=None)

    @contextmanager
    def held(self) -> Iterator[Page]:
        """This page alone for one session, as it is on disk now.

        Raises:
            BusyError: another session has it.
        """
        make_folder(self.path.parent)
        descriptor = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, OWNER_ONLY)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise BusyError(
                    f"another session with pump {self.entries.serial} is open in {self.path.parent}"
                ) from error
            if self.path.exists():
                self.entries = Page.read(self.path).entries
            yield self
        finally:
            os.close(descriptor)


def _plain(entries: Entries) -> dict[str, Any]:
    log, request = entries.log, entries.request
    return {
        "format": _FORMAT,
        "serial": entries.serial,
        "role": entries.role,
        "pump_key": entries.pump_key.hex(),
        "address": entries.address,
        "log": None if log is None else {"length": log.length, "digest": log.digest},
        "pending": None if entries.pending is None else _plain_pending(entries.pending),
        "request": None
        if request is None
        else {"command_id": request.command_id, "asked_utc_s": request.asked_utc_s},
    }


def _plain_pending(pending: Pending) -> dict[str, Any]:
    before = pending.before
    return {
        "update": encode(pending.update).hex(),
        "confirmed_utc_s": pending.confirmed_utc_s,
        "before": {
            "model": before.model,
            "serial": before.serial,
            "revision": before.revision,
            "program": _hex(before.program),
            "fill": _hex(before.fill),
            "ceiling": _hex(before.ceiling),
        },
    }


def _hex(value: Program | Fill | Ceiling | None) -> str | None:
    return None if value is None else encode(value).hex()


def _entries(plain: dict[str, Any]) -> Entries:
    if plain.pop("format") != _FORMAT:
        raise ValueError("of another format")
    pump_key = bytes.fromhex(plain.pop("pump_key"))
    if len(pump_key) != _KEY_BYTES:
        raise ValueError("a pump's key has 32 bytes")
    log, pending, request = plain.pop("log"), plain.pop("pending"), plain.pop("request")
    texts = {name: _of(plain.pop(name), str) for name in ("serial", "role", "address")}
    if plain:
        raise ValueError(f"unknown entry {min(plain)}")
    return Entries(
        pump_key=pump_key,
        log=None if log is None else LogSeen(_of(log["length"], int), _of(log["digest"], str)),
        pending=None if pending is None else _pending(pending),
        request=None
        if request is None
        else Request(_of(request["command_id"], str), _of(request["asked_utc_s"], int)),
        **texts,
    )


def _of(value: Any, kind: type[Any]) -> Any:
    if type(value) is not kind:
        raise TypeError(f"expected {kind.__name__}, found {value!r}")
    return value


def _pending(plain: dict[str, Any]) -> Pending:
    before = plain["before"]
    return Pending(
        _language(plain["update"], Update),
        Holding(
            _of(before["model"], str),
            _of(before["serial"], str),
            _of(before["revision"], int),
            _language(before["program"], Program),
            _language(before["fill"], Fill),
            _language(before["ceiling"], Ceiling),
        ),
        _of(plain["confirmed_utc_s"], int),
    )


def _language(text: str | None, kind: type[Any]) -> Any:
    if text is None and kind is not Update:
        return None
    try:
        value = decode(bytes.fromhex(_of(text, str)))
    except NotLanguageError as error:
        raise ValueError(str(error)) from error
    return _of(value, kind)
