"""The record as a file: a header, a line for each row, a checksum; the same rows, the same bytes.

Compressed lines of JSON. The last line counts the rows and has the SHA-256 of all lines before it,
so a file that was cut, altered or damaged is never loaded.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from thecal.clinic.audit.canonical import text
from thecal.clinic.storage.rows import UnreadableError

FORMAT, SCHEMA = "thecal-record", 1
_UNREADABLE = (OSError, EOFError, zlib.error, ValueError)


def write(file: Path, header: Mapping[str, Any], rows: Iterator[Mapping[str, Any]]) -> str:
    """Write the file whole or not at all, readable by its owner alone; returns its checksum.

    Raises:
        OSError: it cannot be written there.
    """
    unfinished = file.with_name(f".{file.name}.unfinished")
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as raw:
            with gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed:
                checksum = _lines(packed, header, rows)
            raw.flush()
            os.fsync(raw.fileno())
        unfinished.replace(file)
    finally:
        with suppress(OSError):
            unfinished.unlink()
    return checksum


def _lines(
    packed: gzip.GzipFile, header: Mapping[str, Any], rows: Iterator[Mapping[str, Any]]
) -> str:
    running, count = hashlib.sha256(), 0

    def put(line: Mapping[str, Any]) -> None:
        data = (text(line) + "\n").encode("utf-8")
        running.update(data)
        packed.write(data)

    put({"format": FORMAT, "schema": SCHEMA, **header})
    for row in rows:
        put(row)
        count += 1
    checksum = running.hexdigest()
    packed.write((text({"rows": count, "sha256": checksum}) + "\n").encode("utf-8"))
    return checksum


def check(file: Path) -> dict[str, Any]:
    """Read the whole file against its checksum, and return its header.

    Raises:
        UnreadableError: it is no record, or not as it was written.
    """
    running, count, header = hashlib.sha256(), -1, None
    last: bytes | None = None
    try:
        with gzip.open(file, "rb") as packed:
            for line in packed:
                if last is not None:
                    running.update(last)
                    count += 1
                    header = header or _header(last)
                last = line
        closing = json.loads(last or b"null")
    except _UNREADABLE as error:
        raise UnreadableError(f"{file} is no record of a clinic: {_short(error)}") from error
    if header is None or not isinstance(closing, dict) or "sha256" not in closing:
        raise UnreadableError(f"{file} is cut off: its checksum is missing")
    if closing != {"rows": count, "sha256": running.hexdigest()}:
        raise UnreadableError(f"{file} is damaged: its checksum does not fit")
    return header


def rows(file: Path) -> Iterator[dict[str, Any]]:
    """The lines between header and checksum, of a file that was checked."""
    with gzip.open(file, "rt", encoding="utf-8") as packed:
        next(packed)
        for line in packed:
            row = json.loads(line)
            if "model" in row:
                yield row


def _header(line: bytes) -> dict[str, Any]:
    header = json.loads(line)
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise ValueError("it does not begin as one")
    if header.get("schema") != SCHEMA:
        raise ValueError(f"schema {header.get('schema')}; this version reads {SCHEMA}")
    return header


def _short(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
