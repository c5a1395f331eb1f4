"""Addresses as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from thecal.link.transports.address import (
    Address,
    AddressError,
    PipeAddress,
    SerialAddress,
    TcpAddress,
    parse_address,
)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:7001", TcpAddress("127.0.0.1", 7001)),
        ("[::1]:7001", TcpAddress("::1", 7001)),
        ("pump.example:1", TcpAddress("pump.example", 1)),
        ("serial:/dev/ttyUSB0", SerialAddress(Path("/dev/ttyUSB0"))),
        ("pipe:/tmp/pump", PipeAddress(Path("/tmp/pump"))),  # noqa: S108
    ],
)
def test_an_address_reads_and_prints(text: str, address: Address) -> None:
    assert parse_address(text) == address
    assert str(address) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "host",
        ":7001",
        "host:",
        "host:0",
        "host:65536",
        "host:-1",
        "host:٣",
        "::1:7001",
        "serial:",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(AddressError):
        parse_address(text)


def test_a_pipe_is_two_files() -> None:
    address = PipeAddress(Path("/run/pump"))
    assert str(address.to_pump) == "/run/pump.in"
    assert str(address.from_pump) == "/run/pump.out"
