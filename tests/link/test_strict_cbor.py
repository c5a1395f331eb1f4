"""CBOR from strangers: plain canonical values pass, the rest is refused unbuilt."""

from __future__ import annotations

import tracemalloc
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thecal.link.strict_cbor import NotPlainError, read, write

_plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64 - 1)
    | st.text(max_size=20)
    | st.binary(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=12,
)


def _read(data: bytes) -> Any:
    return read(data, max_bytes=65_024, max_depth=40)


@given(_plain)
def test_every_plain_value_comes_back(value: object) -> None:
    assert _read(write(value)) == value


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x81" * 41 + b"\x00",
        b"\x9b\x00\x00\x00\x7f\xff\xff\xff\xff",
        b"\x5b\x00\x00\x00\x7f\xff\xff\xff\xff",
        b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x9a\x0f\xff\xff\xff",
        b"\xc2\x41\xff",
        b"\xd8\x1c\x81\xd8\x1d\x00",
        b"\xd8\x24\x61a",
        b"\xd8\x23\x61(",
        b"\xc4\x82\x1a\x05\xf5\xe1\x00\x01",
        b"\xf9\x7e\x00",
        b"\xf7",
        b"\xf8\x14",
        b"\x9f\xff",
        b"\x5f\x41a\xff",
        b"\x18\x17",
        b"\x19\x00\xff",
        b"\x00\x00",
        b"\xa2\x00\x00\x00\x00",
        b"\xa2\x01\x00\x00\x00",
        b"\x61\xff",
    ],
    ids=lambda data: data[:8].hex(),
)
def test_tags_floats_and_loose_forms_are_refused(data: bytes) -> None:
    with pytest.raises(NotPlainError):
        _read(data)


def test_a_text_over_the_bound_is_refused_unread() -> None:
    with pytest.raises(NotPlainError, match="more than 5 bytes"):
        read(write("12345"), max_bytes=5, max_depth=0)


def test_depth_counts_containers() -> None:
    assert read(b"\x81\x80", max_bytes=9, max_depth=2) == [[]]
    with pytest.raises(NotPlainError):
        read(b"\x81\x80", max_bytes=9, max_depth=1)


@settings(max_examples=500)
@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_read_whole_or_refused(data: bytes) -> None:
    with suppress(NotPlainError):
        assert write(_read(data)) == data


def test_no_claim_of_length_takes_memory() -> None:
    tracemalloc.start()
    for head in (b"\x9b", b"\x5b", b"\x7b", b"\xbb"):
        for power in range(1, 64):
            with suppress(NotPlainError):
                _read(head + (2**power).to_bytes(8, "big") + b"\x00" * 100)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000
