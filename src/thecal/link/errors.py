"""What can end a link, by name (§8)."""

from __future__ import annotations

from enum import StrEnum


class LinkErrorCode(StrEnum):
    """Why an end closed (§8)."""

    VERSION = "version"
    OVERSIZE = "oversize"
    UNEXPECTED_FRAME = "unexpected-frame"
    MALFORMED_HELLO = "malformed-hello"
    WRONG_PUMP = "wrong-pump"
    HANDSHAKE_FAILED = "handshake-failed"
    NOT_PAIRED = "not-paired"
    ROLE = "role"
    REGISTER_FULL = "register-full"
    PRESENCE = "presence"
    SEAL_BROKEN = "seal-broken"
    BAD_SEQUENCE = "bad-sequence"
    OUT_OF_TURN = "out-of-turn"
    TOO_SLOW = "too-slow"
    ASLEEP = "asleep"
    WORN_OUT = "worn-out"
    CUT = "cut"


_SENTENCES = {
    LinkErrorCode.VERSION: "no link version is spoken by both ends",
    LinkErrorCode.OVERSIZE: "more bytes than the limit allows",
    LinkErrorCode.UNEXPECTED_FRAME: "a frame that this moment does not expect",
    LinkErrorCode.MALFORMED_HELLO: "a greeting that is not one of this link",
    LinkErrorCode.WRONG_PUMP: "another pump than the one wanted",
    LinkErrorCode.HANDSHAKE_FAILED: "the handshake failed: wrong card, wrong key or altered bytes",
    LinkErrorCode.NOT_PAIRED: "the pump does not know this key; pair first",
    LinkErrorCode.ROLE: "the pump knows this key in another role",
    LinkErrorCode.REGISTER_FULL: "the pump's register of keys is full",
    LinkErrorCode.PRESENCE: "nobody is present at the pump",
    LinkErrorCode.SEAL_BROKEN: "a frame did not open: altered, replayed, lost or reordered",
    LinkErrorCode.BAD_SEQUENCE: "a part of a message out of order",
    LinkErrorCode.OUT_OF_TURN: "a request before the answer to the last",
    LinkErrorCode.TOO_SLOW: "a time limit passed",
    LinkErrorCode.ASLEEP: "the pump sleeps after too many contacts",
    LinkErrorCode.WORN_OUT: "too many frames with one key; open a new session",
    LinkErrorCode.CUT: "the connection ended",
}


class LinkError(Exception):
    """The link ended, or did not come to be.

    Attributes:
        code: why.
        facts: what is known beside it, by name (never a secret).
        sent: whether a whole request may have reached the pump before; then its outcome is unknown.
    """

    def __init__(self, code: LinkErrorCode, *, sent: bool = False, **facts: object) -> None:
        self.code = code
        self.facts = facts
        self.sent = sent
        told = "; ".join(f"{name}: {fact}" for name, fact in facts.items())
        super().__init__(f"{code}: {_SENTENCES[code]}" + (f" ({told})" if told else ""))
