"""Published vectors of the three handshakes of the link, byte for byte at both ends."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from thecal.link.handshake import Handshake, Pattern, Seals

VECTORS = json.loads((Path(__file__).parent / "vectors" / "noise.json").read_text())["vectors"]


def test_each_handshake_of_the_link_has_a_vector() -> None:
    assert {vector["protocol_name"] for vector in VECTORS} == {str(pattern) for pattern in Pattern}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["protocol_name"])
def test_a_published_vector_passes(vector: dict[str, Any]) -> None:
    ends = [_end(vector, initiator=True), _end(vector, initiator=False)]
    messages = iter(vector["messages"])
    turn = 0
    while not ends[0].finished or not ends[1].finished:
        message = next(messages)
        body = ends[turn].write(bytes.fromhex(message["payload"]))
        assert body.hex() == message["ciphertext"]
        assert ends[1 - turn].read(body).hex() == message["payload"]
        turn = 1 - turn
    assert {end.hash.hex() for end in ends} == {vector["handshake_hash"]}
    _check_seals([end.seals() for end in ends], messages, turn)


def _check_seals(seals: list[Seals], messages: Iterator[dict[str, str]], turn: int) -> None:
    count = 0
    for count, message in enumerate(messages, 1):  # noqa: B007
        body = seals[turn].seal(bytes.fromhex(message["payload"]))
        assert body.hex() == message["ciphertext"]
        assert seals[1 - turn].open(body).hex() == message["payload"]
        turn = 1 - turn
    assert count >= 3


def _end(vector: dict[str, Any], *, initiator: bool) -> Handshake:
    side = "init" if initiator else "resp"
    remote = vector.get("resp_static_public") if initiator else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library warns of ephemeral keys that are given
        return Handshake(
            Pattern(vector["protocol_name"]),
            initiator=initiator,
            prologue=bytes.fromhex(vector["prologue"]),
            private=bytes.fromhex(vector[f"{side}_static"]),
            ephemeral=bytes.fromhex(vector[f"{side}_ephemeral"]),
            remote_public=bytes.fromhex(remote) if remote else None,
            pre_shared=bytes.fromhex(vector["psk"]) if "psk" in vector else None,
        )
