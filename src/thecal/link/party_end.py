"""The party's end of a contact: it greets first, knows which pump it wants, and asks (§3, §4)."""

from __future__ import annotations

from dataclasses import dataclass

from thecal.link.cards import PairingCard, pre_shared_key
from thecal.link.end import ANSWER_S, End
from thecal.link.errors import LinkError, LinkErrorCode
from thecal.link.events import Answer, Closed, Opened, Paired
from thecal.link.frames import Frame, FrameKind
from thecal.link.handshake import PATTERN_OF, Handshake, prologue
from thecal.link.hello import VERSIONS, PartyHello, PumpHello
from thecal.link.keys import KEY_BYTES, StaticKey
from thecal.link.pump_end import PAIRED_MESSAGE
from thecal.link.roles import PAIRED_ROLES, Purpose, Role, is_serial, read_name
from thecal.link.states import PARTY_TABLE, Step

_NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Contact:
    """What a party brings to a contact, by its purpose.

    Attributes:
        key: the party's own static key.
        wanted_serial: the pump that must answer; None for whichever is there (emergency only).
        pinned_key: the pump's static key, where it is known.
        card: the pairing card, for pairing only.
        name: what the party calls itself, for pairing only.
        versions: the link versions that it speaks.
    """

    purpose: Purpose
    role: Role
    key: StaticKey
    wanted_serial: str | None = None
    pinned_key: bytes | None = None
    card: PairingCard | None = None
    name: str = ""
    versions: tuple[int, ...] = VERSIONS

    def __post_init__(self) -> None:
        if self.wanted_serial is not None and not is_serial(self.wanted_serial):
            raise ValueError("not a pump's serial")
        if self.pinned_key is not None and len(self.pinned_key) != KEY_BYTES:
            raise ValueError("a static key has 32 bytes")
        if self.purpose is not Purpose.EMERGENCY and self.role not in PAIRED_ROLES:
            raise ValueError("the emergency role is for an emergency")

    @classmethod
    def pairing(
        cls, card: PairingCard, key: StaticKey, name: str, *, pinned_key: bytes | None = None
    ) -> Contact:
        """Pair ``key`` under ``name`` with the pump of the card, in the card's role.

        Raises:
            ValueError: a name that is not 1 to 64 bytes of printable UTF-8.
        """
        read_name(name.encode())
        return cls(Purpose.PAIR, card.role, key, card.serial, pinned_key, card, name)

    @classmethod
    def session(cls, role: Role, key: StaticKey, serial: str, pump_key: bytes) -> Contact:
        """Speak to a pump that ``key`` is paired with in this role."""
        return cls(Purpose.SESSION, role, key, serial, pump_key)

    @classmethod
    def emergency(
        cls, key: StaticKey, serial: str | None = None, *, pinned_key: bytes | None = None
    ) -> Contact:
        """Stop or interrogate a pump that one stands at."""
        return cls(Purpose.EMERGENCY, Role.EMERGENCY, key, serial, pinned_key)


class PartyEnd(End):
    """One contact, at the party. It speaks at once: take its output and send it."""

    def __init__(self, contact: Contact, now_s: float) -> None:
        super().__init__(PARTY_TABLE, now_s)
        self._contact = contact
        self._serial = ""
        self._pump_key = b""
        hello = PartyHello(contact.versions, contact.purpose, contact.role)
        self._hello_frame = self._emit(Frame(FrameKind.HELLO, hello.pack()))
        self._step(Step.OPENED)

    def send(self, request: bytes, now_s: float) -> None:
        """Ask.

        Raises:
            LinkError: it may not ask now, or the request is too long; the link stays as it is.
        """
        self._refuse_send()
        self._send_message(request)
        self._step(Step.SEND)
        self._until_s = now_s + ANSWER_S

    def _heard(self) -> None:
        """The pump speaks; nothing depends on it."""

    def _on_hello(self, frame: Frame) -> None:
        hello = PumpHello.read(frame.body)
        self._check_hello(hello)
        self._serial = hello.serial
        contact = self._contact
        self._handshake = Handshake(
            PATTERN_OF[contact.purpose],
            initiator=True,
            prologue=prologue(self._hello_frame, frame.pack()),
            private=contact.key.private,
            remote_public=contact.pinned_key if contact.purpose is Purpose.SESSION else None,
            pre_shared=self._pre_shared(),
        )
        self._emit(Frame(FrameKind.HANDSHAKE, self._handshake.write()))

    def _check_hello(self, hello: PumpHello) -> None:
        if hello.version not in self._contact.versions:
            raise LinkError(LinkErrorCode.VERSION, offered=hello.version)
        wanted = self._contact.wanted_serial
        if wanted is not None and hello.serial != wanted:
            raise LinkError(LinkErrorCode.WRONG_PUMP, wanted=wanted, found=hello.serial)

    def _pre_shared(self) -> bytes | None:
        card = self._contact.card
        return None if card is None else pre_shared_key(card.serial, card.role, card.secret)

    def _on_handshake(self, body: bytes) -> None:
        handshake = self._live_handshake()
        if handshake.read(body):
            raise LinkError(LinkErrorCode.HANDSHAKE_FAILED)
        self._pump_key = handshake.remote_public
        if self._contact.pinned_key not in (None, self._pump_key):
            raise LinkError(LinkErrorCode.WRONG_PUMP, found=self._serial)
        if not handshake.finished:
            payload = self._contact.name.encode() if self._contact.card is not None else b""
            self._emit(Frame(FrameKind.HANDSHAKE, handshake.write(payload)))
        self._shaken(handshake)

    def _shaken(self, handshake: Handshake) -> None:
        self._seals = handshake.seals()
        self._handshake = None
        if self._contact.purpose is Purpose.PAIR:
            self._step(Step.PAIRING)
            return
        self._step(Step.SHAKEN)
        self._until_s = _NEVER
        self._events.append(Opened(self._pump_key, self._contact.role, self._serial))

    def _on_alive(self) -> None:
        """The pump lives; nothing depends on it."""

    def _on_message(self, message: bytes) -> None:
        if self._contact.purpose is not Purpose.PAIR:
            self._step(Step.MESSAGE)
            self._until_s = _NEVER
            self._events.append(Answer(message))
            return
        if message != PAIRED_MESSAGE:
            raise LinkError(LinkErrorCode.UNEXPECTED_FRAME)
        self._events.append(Paired(self._pump_key, self._contact.role, self._serial))
        self._closed(Closed(None), Step.PAIRED)
