"""Argon2 with the least cost, so that a suite that signs in often is quick."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """The same algorithm, made cheap."""

    time_cost, memory_cost, parallelism = 1, 64, 1
