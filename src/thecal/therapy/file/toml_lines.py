"""Find the line on which a value stands in a TOML text, so that an error can name it.

``tomllib`` gives values without places. The text has already parsed, so this scanner only has
to follow strings, brackets and keys, not to judge them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

Path = tuple[str | int, ...]

_PIECE = re.compile(
    r'"""(?s:(?:\\.|[^\\])*?)"""|\'\'\'(?s:.*?)\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\''
    r"|\#[^\n]*|\n|[\[\]{},=]|[^\s\[\]{},=\"'#]+"
)


def line_of(text: str, path: Path) -> int:
    """The line (from 1) of the value at ``path``, or of its nearest enclosing value."""
    try:
        lines = _lines(text)
    except IndexError:  # a text that tomllib reads and this scanner does not: name its start
        return 1
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1


def _lines(text: str) -> dict[Path, int]:
    found: dict[Path, int] = {}
    pieces = list(_pieces(text))
    table: Path = ()
    arrays: Counter[Path] = Counter()
    position = 0
    while position < len(pieces):
        piece, line = pieces[position]
        if piece == "[":
            table, position = _header(pieces, position, arrays)
            found.setdefault(table, line)
        elif piece == "\n":
            position += 1
        else:
            position = _assignment(pieces, position, table, found)
    return found


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    line = 1
    for match in _PIECE.finditer(text):
        piece = match[0]
        if not piece.startswith("#"):
            yield piece, line
        line += piece.count("\n")


def _header(
    pieces: list[tuple[str, int]], position: int, arrays: Counter[Path]
) -> tuple[Path, int]:
    """Read ``[a.b]`` or ``[[a.b]]``; an array's tables are counted from 0."""
    double = pieces[position + 1][0] == "["
    position += 2 if double else 1
    parts: list[str | int] = []
    while pieces[position][0] != "]":
        parts.extend(_keys(pieces[position][0]))
        position += 1
    full: list[str | int] = []
    for index, part in enumerate(parts):
        full.append(part)
        if double and index == len(parts) - 1:
            arrays[tuple(full)] += 1
        if arrays[tuple(full)]:
            full.append(arrays[tuple(full)] - 1)
    return tuple(full), position + (2 if double else 1)


def _keys(piece: str) -> list[str]:
    if piece[0] in "\"'":
        return [piece[1:-1]]
    return [part for part in piece.split(".") if part]


def _assignment(
    pieces: list[tuple[str, int]], position: int, table: Path, found: dict[Path, int]
) -> int:
    """Read ``key = value`` and note where the key stands."""
    path, line = list(table), pieces[position][1]
    while position < len(pieces) and pieces[position][0] != "=":
        path.extend(_keys(pieces[position][0]) if pieces[position][0] != "\n" else [])
        position += 1
    found[tuple(path)] = line
    return _value(pieces, position + 1, tuple(path), found)


def _value(pieces: list[tuple[str, int]], position: int, path: Path, found: dict[Path, int]) -> int:
    if position >= len(pieces):
        return position
    piece = pieces[position][0]
    if piece == "[":
        return _array(pieces, position + 1, path, found)
    if piece == "{":
        return _inline_table(pieces, position + 1, path, found)
    return position + 1


def _array(pieces: list[tuple[str, int]], position: int, path: Path, found: dict[Path, int]) -> int:
    index = 0
    while pieces[position][0] != "]":
        if pieces[position][0] in {",", "\n"}:
            position += 1
            continue
        found[(*path, index)] = pieces[position][1]
        position = _value(pieces, position, (*path, index), found)
        index += 1
    return position + 1


def _inline_table(
    pieces: list[tuple[str, int]], position: int, path: Path, found: dict[Path, int]
) -> int:
    while pieces[position][0] != "}":
        if pieces[position][0] in {",", "\n"}:
            position += 1
        else:
            position = _assignment(pieces, position, path, found)
    return position + 1
