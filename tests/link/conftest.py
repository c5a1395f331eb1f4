"""Fixtures of the link's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bench_side import LoopThread, Side


@pytest.fixture
def loop_thread() -> Iterator[LoopThread]:
    thread = LoopThread()
    yield thread
    thread.stop()


@pytest.fixture
def side(loop_thread: LoopThread) -> Iterator[Side]:
    pump = Side(loop_thread)
    listener = pump.listen()
    yield pump
    loop_thread.close(listener)
