"""Argon2 at the least cost, for the founding's many signatures with passwords known to all."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """The same algorithm; who signs in is hashed anew by the clinic's own settings."""

    time_cost, memory_cost, parallelism = 1, 64, 1
