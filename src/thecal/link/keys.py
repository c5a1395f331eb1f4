"""Static keys: the long-term X25519 key pair of a pump or a party, and its file (§1)."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

KEY_BYTES = 32
_OWNER_ONLY = 0o600
_MAX_FILE_BYTES = 1_024


class KeyFileError(ValueError):
    """A key file that cannot be used; the message says why and never shows the key."""


class StaticKey:
    """A key pair; its printed form shows the public half alone."""

    def __init__(self, private: bytes) -> None:
        """Take the 32 bytes of a private key.

        Raises:
            ValueError: another length.
        """
        self._key = X25519PrivateKey.from_private_bytes(private)
        self.public: bytes = self._key.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> StaticKey:
        """A new key pair from the system's random source."""
        return cls(X25519PrivateKey.generate().private_bytes_raw())

    @property
    def private(self) -> bytes:
        """The 32 bytes of the private key."""
        return self._key.private_bytes_raw()

    def __repr__(self) -> str:
        return f"StaticKey(public={self.public.hex()})"

    @classmethod
    def load(cls, path: Path) -> StaticKey:
        """Read a key from a PEM file that only its owner can read.

        Raises:
            KeyFileError: readable by others, or not such a file.
            OSError: not there, or not readable.
        """
        pem = _read_private(path)
        try:
            key = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError) as error:
            raise KeyFileError(f"{path}: not a key in PEM form") from error
        if not isinstance(key, X25519PrivateKey):
            raise KeyFileError(f"{path}: not an X25519 key")
        return cls(key.private_bytes_raw())

    def save(self, path: Path) -> None:
        """Write the key to a new file of mode 0600.

        Raises:
            FileExistsError: there is one already; a key is never overwritten.
        """
        pem = self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        write_private(path, pem)


def write_private(path: Path, data: bytes) -> None:
    """Write a new file that only its owner can read, and force it to disk.

    Raises:
        FileExistsError: there is one already.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _read_private(path: Path) -> bytes:
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_mode & 0o177:
            raise KeyFileError(
                f"{path}: must be a file with mode 0600, readable by its owner alone"
            )
        return file.read(_MAX_FILE_BYTES)
