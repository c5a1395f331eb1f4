"""One session at a bench pump: who is there, what they may ask, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass

from thecal.bench.happenings import Asked, KeyRemovalAsked, Noted, TimePassed, TurnedAway
from thecal.bench.pump import BenchPump
from thecal.link.roles import Role
from thecal.pump import (
    Accepted,
    Answer,
    EndSession,
    Keys,
    ListKeys,
    Malformed,
    NotLanguageError,
    PairedKey,
    RefusalCode,
    Refused,
    RemoveKey,
    Request,
    encode,
    read_request,
)
from thecal.pump.controller.log import Fact
from thecal.pump.permissions import may_ask


@dataclass(slots=True)
class Visit:
    """A session that stands.

    Attributes:
        changed: whether something was changed in it.
        ended: whether it ended as it should; else it is lost.
    """

    pump: BenchPump
    role: Role
    key: bytes
    name: str
    changed: bool = False
    ended: bool = False

    @property
    def by(self) -> str:
        """How the log names who asks: the role, and the start of the key."""
        return f"{self.role} {self.key.hex()[:16]}"

    def open(self) -> None:
        """Enter in the log who came."""
        facts: dict[str, Fact] = {
            "role": str(self.role),
            "key": self.key.hex(),
            "name": self.name,
        }
        self.pump.happen(Noted("session-opened", facts))

    def lose(self, why: str) -> None:
        """Enter in the log that the session broke off; the alarms sound on."""
        self.pump.happen(Noted("session-lost", {"by": self.by, "code": why}))

    def answer(self, message: bytes) -> bytes:
        """What the pump answers; it is on disk when this returns."""
        try:
            request = read_request(message)
        except NotLanguageError as error:
            return encode(Malformed(str(error)))
        return encode(self._answer(request))

    def _answer(self, request: Request) -> Answer:
        answer: Answer
        if not may_ask(self.role, request):
            answer = self.pump.happen(TurnedAway(request, self.by))
        elif isinstance(request, EndSession):
            answer = self._end()
        elif isinstance(request, ListKeys):
            answer = self._keys()
        elif isinstance(request, RemoveKey):
            answer = self.pump.happen(KeyRemovalAsked(request, self.key, self.by))
        else:
            answer = self.pump.happen(Asked(request, self.by))
        self.changed = self.changed or isinstance(answer, Accepted)
        return answer

    def _end(self) -> Accepted | Refused:
        controller = self.pump.twin.controller
        if self.role is Role.CLINICIAN and controller.stands_unordered(changed=self.changed):
            facts: dict[str, Fact] = {"by": self.by, "refused": str(RefusalCode.NOT_DELIVERING)}
            self.pump.happen(Noted("end-session", facts))
            return Refused("", RefusalCode.NOT_DELIVERING)
        self.pump.happen(Noted("end-session", {"by": self.by}))
        self.ended = True
        return Accepted("", controller.state.revision)

    def _keys(self) -> Keys:
        self.pump.happen(TimePassed())
        entries = self.pump.memory.register.entries
        return Keys(tuple(PairedKey(e.key.hex(), e.role, e.name, e.paired_utc_s) for e in entries))
