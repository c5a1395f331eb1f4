"""Why an action is not done: a refusal carries facts, and every edge says them in its own way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thecal.clinic.record.gates import Closed


class RefusalError(Exception):
    """An action that is not done; nothing of it is kept but the audit event that says so."""

    code = "refused"

    def facts(self) -> dict[str, object]:
        """What the audit trail and the API say of it."""
        return {"code": self.code, "message": str(self)}


class NotAllowedError(RefusalError):
    """The person has no role that may do this for this patient."""

    code = "not-allowed"

    def __init__(self, action: str, *, is_stranger: bool) -> None:
        super().__init__(f"you may not do this: {action}")
        self.is_stranger = is_stranger
        """Whether they have no role in this clinic at all, and should not learn that it exists."""


class OutOfScopeError(RefusalError):
    """The person may, but not by the token that they use."""

    code = "out-of-scope"

    def __init__(self, action: str, scopes: Sequence[str]) -> None:
        super().__init__(f"this token does not reach {action}")
        self.scopes = tuple(scopes)

    def facts(self) -> dict[str, object]:
        """With the scopes of which a token needs one."""
        return {**super().facts(), "needs_one_of": list(self.scopes)}


class InvalidError(RefusalError):
    """What was asked cannot be read; ``problems`` says where and why."""

    code = "invalid"

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{where}: {why}" for where, why in problems.items()))
        self.problems = dict(problems)

    def facts(self) -> dict[str, object]:
        """With the problems; what was typed is left out, since it may be a password."""
        return {**super().facts(), "problems": self.problems}


class GateClosedError(RefusalError):
    """The pathway does not let this happen now."""

    code = "gate-closed"

    def __init__(self, closed: Sequence[Closed]) -> None:
        super().__init__("; ".join(reason for gate in closed for reason in gate.reasons))
        self.closed = tuple(closed)

    def facts(self) -> dict[str, object]:
        """With each gate, its reasons, its source and what would open it."""
        return {**super().facts(), "gates": [gate.facts() for gate in self.closed]}


class SignatureError(RefusalError):
    """A signature is missing, wrong, or of somebody who cannot give it."""

    code = "signature"


class StaleError(RefusalError):
    """The record has changed since the page was opened."""

    code = "stale"

    def __init__(self) -> None:
        super().__init__("the record has changed since this page was opened; look again")


class UnseenError(RefusalError):
    """Nobody said which version of the record they have seen, and the action must know."""

    code = "unseen"

    def __init__(self) -> None:
        super().__init__("say which version of the record you have seen")


class ConflictError(RefusalError):
    """Somebody else did something that excludes this."""

    code = "conflict"


class DoneBeforeError(RefusalError):
    """The same request came before, and was done then."""

    code = "done-before"

    def __init__(self, seq: int) -> None:
        super().__init__(f"this was done before, as event {seq}")
        self.seq = seq

    def facts(self) -> dict[str, object]:
        """With the event's number."""
        return {**super().facts(), "event": self.seq}


class KeyReusedError(RefusalError):
    """A request's own key came before, with another request: this one is no repetition."""

    code = "key-reused"

    def __init__(self, seq: int) -> None:
        super().__init__(
            f"something else was sent with this key before, and done as event {seq}; "
            "this is not done: if it is meant, send it anew"
        )
        self.seq = seq

    def facts(self) -> dict[str, object]:
        """With the event's number."""
        return {**super().facts(), "event": self.seq}
