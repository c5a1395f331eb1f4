from contextlib import suppress

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pump_cases import FULL, Course, ceilings, commands, courses, fills, play, programs, running

from thecal.pump import (
    Ceiling,
    Fill,
    Interrogate,
    NotLanguageError,
    Program,
    Update,
    decode,
    encode,
)
from thecal.pump.decoding import read


@given(programs, st.none() | fills, st.none() | ceilings)
def test_decode_gives_back_what_was_encoded(
    program: Program, fill: Fill | None, ceiling: Ceiling | None
) -> None:
    update = Update("u", 3, program, fill, ceiling)
    assert decode(encode(update)) == update


@settings(max_examples=20, deadline=None)
@given(courses(commands))
def test_every_reply_has_a_form_that_reads_back(course: Course) -> None:
    twin = play(running(), course)
    status = twin.send(Interrogate())
    assert decode(encode(status)) == status
    for kind in twin.controller.state.answers.to_plain():
        for _id, _digest, reply in kind:
            assert decode(encode(read(reply))) == read(reply)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        cbor2.dumps(7),
        cbor2.dumps({"kind": "Nothing"}),
        cbor2.dumps({"kind": "StrEnum"}),
        cbor2.dumps({"kind": ["Fill"]}),
        encode(FULL) + b"\x00",
        cbor2.dumps({"kind": "Fill", "volume_pl": 1, "labels": [], "alarm_volume_pl": 0}),
    ],
)
def test_what_is_not_the_language_is_refused(data: bytes) -> None:
    with pytest.raises(NotLanguageError):
        decode(data)


@pytest.mark.parametrize(
    "change",
    [
        {"volume_pl": 1.0},
        {"volume_pl": True},
        {"volume_pl": "1"},
        {"volume_pl": None},
        {"labels": "text"},
        {"labels": [1]},
        {"more": 1},
    ],
)
def test_a_field_of_another_type_is_refused(change: dict[str, object]) -> None:
    plain = {"kind": "Fill", "volume_pl": 1, "alarm_volume_pl": 0, "labels": [], **change}
    with pytest.raises(NotLanguageError):
        decode(cbor2.dumps(plain, canonical=True))


@settings(max_examples=200)
@given(st.binary(max_size=60))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    with pytest.raises(NotLanguageError):
        decode(data)


@given(st.integers(0, 60), st.integers(1, 255))
def test_a_flipped_byte_is_refused_or_is_another_value(at: int, flip: int) -> None:
    whole = encode(Update("u", 3, None, FULL))
    data = bytearray(whole)
    data[at % len(data)] ^= flip
    with suppress(NotLanguageError):
        assert decode(bytes(data)) != decode(whole)


def test_a_wrong_bolus_inside_a_command_is_refused() -> None:
    plain = {"kind": "GiveBolus", "command_id": "a", "bolus": {"kind": "Fill"}}
    with pytest.raises(NotLanguageError):
        decode(cbor2.dumps(plain, canonical=True))


def test_shared_references_do_not_grow_into_gigabytes() -> None:
    """18 kB that a general reader unfolds into nine million steps."""
    step = cbor2.dumps({"kind": "Step", "start_min": 0, "rate_pl_per_day": 1}, canonical=True)
    day = _map(kind="DaySchedule") + cbor2.dumps("steps") + _shared_list(step, at=1)
    schedules = cbor2.dumps("schedules") + _shared_list(b"\xa2" + day, at=0)
    fields = _map(kind="Program", mode="flex", week=[], priming=None, bridge=None)
    bomb = b"\xa7" + fields + cbor2.dumps("patient_dose") + b"\xf6" + schedules
    with pytest.raises(NotLanguageError, match="a tag"):
        decode(bomb)


def _map(**fields: object) -> bytes:
    return b"".join(cbor2.dumps(name) + cbor2.dumps(value) for name, value in fields.items())


def _shared_list(first: bytes, *, at: int, count: int = 3_000) -> bytes:
    reference = b"\xd8\x1d" + cbor2.dumps(at)
    return b"\x99" + count.to_bytes(2, "big") + b"\xd8\x1c" + first + reference * (count - 1)
