"""Handshakes and seals: the Noise Protocol Framework behind the few calls that a link needs (§4).

The only module that knows ``noiseprotocol``.
"""

from __future__ import annotations

from enum import StrEnum

from noise.connection import Keypair, NoiseConnection

from thecal.link.errors import LinkError, LinkErrorCode
from thecal.link.roles import Purpose

MAX_SEALED_FRAMES = 2**20
"""Frames in one direction before a session must take new keys (§5)."""

_PROLOGUE = b"thecal link\0"


class Pattern(StrEnum):
    """The handshakes of the link, by their Noise names."""

    PAIR = "Noise_XXpsk3_25519_ChaChaPoly_SHA256"
    SESSION = "Noise_IK_25519_ChaChaPoly_SHA256"
    EMERGENCY = "Noise_XX_25519_ChaChaPoly_SHA256"


PATTERN_OF = {
    Purpose.PAIR: Pattern.PAIR,
    Purpose.SESSION: Pattern.SESSION,
    Purpose.EMERGENCY: Pattern.EMERGENCY,
}


def prologue(party_hello_frame: bytes, pump_hello_frame: bytes) -> bytes:
    """What both ends must have heard alike: the two hello frames entire."""
    return _PROLOGUE + party_hello_frame + pump_hello_frame


class Handshake:
    """One handshake, at one end."""

    def __init__(
        self,
        pattern: Pattern,
        *,
        initiator: bool,
        prologue: bytes,
        private: bytes,
        remote_public: bytes | None = None,
        pre_shared: bytes | None = None,
        ephemeral: bytes | None = None,
    ) -> None:
        """Begin.

        Args:
            pattern: which.
            initiator: True for the party, False for the pump.
            prologue: see :func:`prologue`.
            private: this end's static private key, 32 bytes.
            remote_public: the other end's static key, where the pattern needs it before.
            pre_shared: 32 bytes, for pairing.
            ephemeral: a private key for published test vectors; None draws one at random.
        """
        noise = NoiseConnection.from_name(pattern.encode())
        (noise.set_as_initiator if initiator else noise.set_as_responder)()
        noise.set_prologue(prologue)
        noise.set_keypair_from_private_bytes(Keypair.STATIC, private)
        if remote_public is not None:
            noise.set_keypair_from_public_bytes(Keypair.REMOTE_STATIC, remote_public)
        if ephemeral is not None:
            noise.set_keypair_from_private_bytes(Keypair.EPHEMERAL, ephemeral)
        if pre_shared is not None:
            noise.set_psks(pre_shared)
        noise.start_handshake()
        self._noise = noise
        self._state = noise.noise_protocol.handshake_state

    @property
    def finished(self) -> bool:
        """Whether the last frame was written or read."""
        return bool(self._noise.handshake_finished)

    @property
    def remote_public(self) -> bytes:
        """The other end's static public key, once it was heard."""
        return bytes(self._state.rs.public_bytes)

    @property
    def hash(self) -> bytes:
        """The transcript's hash, once finished."""
        return bytes(self._noise.get_handshake_hash())

    def write(self, payload: bytes = b"") -> bytes:
        """The next frame's body.

        Raises:
            LinkError: ``handshake-failed`` if the other end's key is none.
        """
        try:
            return bytes(self._noise.write_message(payload))
        except Exception as error:  # the library lets its parts' own errors through
            raise LinkError(LinkErrorCode.HANDSHAKE_FAILED) from error

    def read(self, body: bytes) -> bytes:
        """The payload of the other end's frame.

        Raises:
            LinkError: ``handshake-failed`` if it does not open.
        """
        try:
            return bytes(self._noise.read_message(body))
        except Exception as error:  # as above
            raise LinkError(LinkErrorCode.HANDSHAKE_FAILED) from error

    def seals(self) -> Seals:
        """The keys of the session that this finished handshake opens."""
        return Seals(self._noise)


class Seals:
    """Seals and opens frames, each direction with its own key and counter (§5)."""

    def __init__(self, noise: NoiseConnection) -> None:
        self._noise = noise
        self.sealed = 0
        self.opened = 0

    def seal(self, plaintext: bytes) -> bytes:
        """The body of the next sealed frame.

        Raises:
            LinkError: ``worn-out``.
        """
        if self.sealed >= MAX_SEALED_FRAMES:
            raise LinkError(LinkErrorCode.WORN_OUT)
        self.sealed += 1
        return bytes(self._noise.encrypt(plaintext))

    def open(self, body: bytes) -> bytes:
        """The plaintext of the other end's next frame.

        Raises:
            LinkError: ``seal-broken``, ``worn-out``.
        """
        if self.opened >= MAX_SEALED_FRAMES:
            raise LinkError(LinkErrorCode.WORN_OUT)
        self.opened += 1
        try:
            return bytes(self._noise.decrypt(body))
        except Exception as error:  # as above: a frame shorter than its tag, too
            raise LinkError(LinkErrorCode.SEAL_BROKEN) from error
