"""What a pump lets in: a message is one whole request in its canonical form, or it is malformed."""

from __future__ import annotations

from typing import cast, get_args

from thecal.pump.decoding import NotLanguageError, decode
from thecal.pump.language import ReadLog, Request

SHORTEST_ID, LONGEST_ID = 8, 64
"""Characters of a command id (docs/link.md §6): drawn at random, so that no two meet."""
MOST_ENTRIES = 64
"""Log entries in one page (docs/link.md §6): they always fit into one message."""

_REQUESTS = get_args(Request)


def read_request(message: bytes) -> Request:
    """The request that a message is.

    Raises:
        NotLanguageError: not the language, not a request, an id of another length than 8 to 64
            characters, or a page of the log that is none.
    """
    value = decode(message)
    if not isinstance(value, _REQUESTS):
        raise NotLanguageError(f"{type(value).__name__} is no request")
    request = cast("Request", value)
    command_id = getattr(request, "command_id", None)
    if command_id is not None and not SHORTEST_ID <= len(command_id) <= LONGEST_ID:
        raise NotLanguageError(f"command_id: expected {SHORTEST_ID} to {LONGEST_ID} characters")
    if isinstance(request, ReadLog):
        _check_page(request)
    return request


def _check_page(request: ReadLog) -> None:
    if not 1 <= request.count <= MOST_ENTRIES:
        raise NotLanguageError(f"count: expected 1 to {MOST_ENTRIES}")
    if request.from_seq < 0:
        raise NotLanguageError("from_seq: expected 0 or more")
