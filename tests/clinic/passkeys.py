"""A passkey in software: what a browser and an authenticator would answer to WebAuthn."""

from __future__ import annotations

import hashlib
import json
import os
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor

_PRESENT_AND_VERIFIED, _HAS_CREDENTIAL = 0x05, 0x40


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


class Passkey:
    """A key pair for one origin; ``like`` another it has its name and user, but not its key."""

    def __init__(self, origin: str, like: Passkey | None = None) -> None:
        self._origin, self._count = origin, 100 if like else 0
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._id: bytes = like._id if like else os.urandom(32)
        self._user: str = like._user if like else ""

    def create(self, options: dict[str, Any]) -> str:
        """The answer to creation options, as JSON."""
        self._user = options["user"]["id"]
        numbers = self._key.public_key().public_numbers()
        x, y = (one.to_bytes(32, "big") for one in (numbers.x, numbers.y))
        public = cbor.encode({1: 2, 3: -7, -1: 1, -2: x, -3: y})  # COSE: EC2, ES256, P-256
        attested = bytes(16) + len(self._id).to_bytes(2, "big") + self._id + public
        data = self._data(options["rp"]["id"], _HAS_CREDENTIAL) + attested
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            {
                "clientDataJSON": _text(self._client("webauthn.create", options)),
                "attestationObject": _text(attestation),
            },
            {"credProps": {"rk": True}},
        )

    def get(self, options: dict[str, Any]) -> str:
        """The answer to request options, as JSON."""
        client = self._client("webauthn.get", options)
        data = self._data(options["rpId"], 0)
        signed = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": _text(client),
                "authenticatorData": _text(data),
                "signature": _text(signed),
                "userHandle": self._user,
            },
            {},
        )

    def _data(self, party: str, flags: int) -> bytes:
        self._count += 1
        digest = hashlib.sha256(party.encode()).digest()
        both = bytes([_PRESENT_AND_VERIFIED | flags])
        return digest + both + self._count.to_bytes(4, "big")

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        return json.dumps(
            {"type": kind, "challenge": options["challenge"], "origin": self._origin}
        ).encode()

    def _answer(self, response: dict[str, str], extensions: dict[str, Any]) -> str:
        return json.dumps(
            {
                "id": _text(self._id),
                "rawId": _text(self._id),
                "type": "public-key",
                "response": response,
                "clientExtensionResults": extensions,
                "authenticatorAttachment": "platform",
            }
        )
