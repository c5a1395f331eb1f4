"""Many at once: threads with a database connection each, whose failures are not lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

T = TypeVar("T")


def crowd(size: int, work: Callable[[int], T]) -> list[T]:
    """Let ``size`` workers do it at the same time, each told its number."""

    def one(number: int) -> T:
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(size) as pool:
        return list(pool.map(one, range(size)))
