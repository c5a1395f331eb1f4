"""The pump's end of a contact: it hears, decides by its own register, and says little (§3, §4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from thecal.link.cards import pre_shared_key
from thecal.link.end import IDLE_S, End
from thecal.link.errors import LinkError, LinkErrorCode
from thecal.link.events import Closed, FellAsleep, Opened, Paired, Request
from thecal.link.frames import Frame, FrameKind
from thecal.link.handshake import PATTERN_OF, Handshake, prologue
from thecal.link.hello import VERSIONS, PartyHello, PumpHello, highest_common
from thecal.link.keys import StaticKey
from thecal.link.meter import WakeMeter
from thecal.link.register import Entry, Register
from thecal.link.roles import Purpose, Role, read_name
from thecal.link.states import PUMP_TABLE, State, Step

PRESENCE_POLL_S = 1.0
"""How often presence is asked for while an emergency session stands."""

PAIRED_MESSAGE = b"paired"


@dataclass(frozen=True, slots=True)
class PumpSide:
    """What all contacts of one pump share.

    Attributes:
        secrets: the pairing secret of each paired role.
        present: whether somebody is felt at the pump now (§4.3).
        utc_s: the pump's UTC now, in Unix seconds, for the register.
        versions: the link versions that this pump speaks.
    """

    serial: str
    key: StaticKey
    secrets: Mapping[Role, bytes]
    register: Register
    meter: WakeMeter
    present: Callable[[], bool]
    utc_s: Callable[[], int]
    versions: tuple[int, ...] = VERSIONS


class PumpEnd(End):
    """One contact, at the pump. A contact begins with its first byte, which costs a token."""

    def __init__(self, pump: PumpSide, now_s: float) -> None:
        super().__init__(PUMP_TABLE, now_s)
        self._pump = pump
        self._hello: PartyHello | None = None
        self._peer: Entry | None = None
        self._alive = False
        self._paid = False
        self._checked_s = now_s

    @property
    def deadline_s(self) -> float | None:
        """As every end's; an emergency session is looked at each second."""
        deadline_s = super().deadline_s
        if deadline_s is None or not self._in_emergency:
            return deadline_s
        return min(deadline_s, self._checked_s + PRESENCE_POLL_S)

    def send(self, answer: bytes, now_s: float) -> None:
        """Answer the last request.

        Raises:
            LinkError: there is none to answer, or the answer is too long; the link stays as it is.
        """
        self._refuse_send()
        self._send_message(answer)
        self._step(Step.SEND)
        self._until_s = now_s + IDLE_S

    @property
    def _purpose(self) -> Purpose | None:
        return self._hello.purpose if self._hello is not None else None

    @property
    def _in_emergency(self) -> bool:
        return self._purpose is Purpose.EMERGENCY

    def _check_time(self) -> None:
        super()._check_time()
        self._checked_s = self._now_s
        if self._in_emergency and not self._pump.present():
            raise LinkError(LinkErrorCode.PRESENCE)

    def _heard(self) -> None:
        if self._state is not State.ASLEEP:
            return
        self._paid = not self._pump.present()
        if self._paid and not self._pump.meter.take(self._now_s):
            if self._pump.meter.falls_asleep():
                self._events.append(FellAsleep())
            self._closed(Closed(LinkErrorCode.ASLEEP), Step.NOT_WOKEN)
            return
        self._step(Step.WOKEN)

    def _on_hello(self, frame: Frame) -> None:
        hello = PartyHello.read(frame.body)
        version = highest_common(hello.versions, self._pump.versions)
        self._hello = hello
        self._check_time()
        reply = Frame(FrameKind.HELLO, PumpHello(self._pump.serial, version).pack())
        self._handshake = Handshake(
            PATTERN_OF[hello.purpose],
            initiator=False,
            prologue=prologue(frame.pack(), reply.pack()),
            private=self._pump.key.private,
            pre_shared=self._pre_shared(hello),
        )
        self._emit(reply)

    def _pre_shared(self, hello: PartyHello) -> bytes | None:
        if hello.purpose is not Purpose.PAIR:
            return None
        if hello.role not in self._pump.secrets:
            raise LinkError(LinkErrorCode.ROLE, asked=hello.role)
        return pre_shared_key(self._pump.serial, hello.role, self._pump.secrets[hello.role])

    def _on_handshake(self, body: bytes) -> None:
        handshake = self._live_handshake()
        payload = handshake.read(body)
        if payload and not (self._purpose is Purpose.PAIR and handshake.finished):
            raise LinkError(LinkErrorCode.HANDSHAKE_FAILED)
        if self._hello is not None and self._purpose is Purpose.SESSION:
            self._peer = self._known(handshake.remote_public, self._hello.role)
        if not handshake.finished:
            self._emit(Frame(FrameKind.HANDSHAKE, handshake.write()))
        if handshake.finished:
            self._shaken(handshake, payload)

    def _known(self, key: bytes, role: Role) -> Entry:
        entry = self._pump.register.find(key)
        if entry is None:
            raise LinkError(LinkErrorCode.NOT_PAIRED)
        if entry.role is not role:
            raise LinkError(LinkErrorCode.ROLE, asked=role, paired_as=entry.role)
        return entry

    def _shaken(self, handshake: Handshake, payload: bytes) -> None:
        self._seals = handshake.seals()
        self._handshake = None
        self._until_s = self._now_s + IDLE_S
        if self._hello is not None and self._purpose is Purpose.PAIR:
            self._pair(handshake.remote_public, self._hello.role, payload)
            return
        self._step(Step.SHAKEN)
        if self._in_emergency:
            self._alive = True
            self._events.append(Opened(handshake.remote_public, Role.EMERGENCY, ""))

    def _pair(self, key: bytes, role: Role, payload: bytes) -> None:
        try:
            name = read_name(payload)
        except ValueError as error:
            raise LinkError(LinkErrorCode.HANDSHAKE_FAILED) from error
        entry = self._pump.register.add(Entry(key, role, name, self._pump.utc_s()))
        self._refund()
        self._send_message(PAIRED_MESSAGE)
        self._events.append(Paired(entry.key, entry.role, entry.name))
        self._closed(Closed(None), Step.PAIRED)

    def _on_alive(self) -> None:
        if self._peer is not None:
            self._known(self._peer.key, self._peer.role)
        if self._alive or self._peer is None:
            return
        self._alive = True
        self._refund()
        self._events.append(Opened(self._peer.key, self._peer.role, self._peer.name))

    def _refund(self) -> None:
        if self._paid:
            self._pump.meter.refund()
            self._paid = False

    def _on_message(self, message: bytes) -> None:
        self._step(Step.MESSAGE)
        self._until_s = float("inf")
        self._events.append(Request(message))
