"""Whatever bytes come, every reader and both ends refuse by name, keep little, and never break."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_limits import Standing

from fuzz.mutate import inputs
from fuzz.targets import TARGETS, Target
from thecal.link.events import Answer, Closed, Opened, Paired, Request
from thecal.link.frames import Frame, FrameKind
from thecal.link.states import State

FRAMES = st.builds(
    lambda kind, body: Frame(kind, body).pack(), st.sampled_from(FrameKind), st.binary(max_size=256)
)
CHUNKS = st.lists(st.binary(max_size=600) | FRAMES, max_size=6)
HARMLESS = (Opened, Request, Answer, Paired)


@pytest.mark.parametrize("name", TARGETS)
def test_each_reader_withstands_mutated_inputs(name: str) -> None:
    target: Target = TARGETS[name]
    for data in inputs(target.seeds(), seed=1, count=1_500):
        target.read(data)


@settings(max_examples=150)
@given(CHUNKS)
def test_a_standing_session_never_acts_on_forged_bytes(chunks: list[bytes]) -> None:
    standing = Standing()
    standing.party.send(b"request", 0.0)
    standing.party.take_output()
    for end in (standing.pump, standing.party):
        events = [event for chunk in chunks for event in end.receive(chunk, 0.0)]
        assert not [event for event in events if isinstance(event, HARMLESS)]
        assert sum(isinstance(event, Closed) for event in events) == (end.state is State.CLOSED)


@settings(max_examples=100)
@given(st.lists(st.tuples(st.floats(0, 500), st.binary(max_size=40)), max_size=8))
def test_time_and_bytes_in_any_mix_never_break_an_end(steps: list[tuple[float, bytes]]) -> None:
    standing = Standing()
    for now_s, data in steps:
        for end in (standing.pump, standing.party):
            end.receive(data, now_s)
            end.tick(now_s)
    for end in (standing.pump, standing.party):
        end.tick(10_000.0)
        assert end.state is State.CLOSED
