"""A serial line: raw, 8N1, 115,200 baud, no flow control; the same at both ends."""

from __future__ import annotations

import os
import termios

from thecal.link.transports.address import SerialAddress
from thecal.link.transports.line import Line

_IFLAG, _OFLAG, _CFLAG, _LFLAG, _ISPEED, _OSPEED, _CC = range(7)


class SerialTransport(Line):
    """The party's end of a serial line."""

    def __init__(self, address: SerialAddress) -> None:
        descriptor = open_serial(address)
        super().__init__(descriptor, descriptor)
        self.discard()


def open_serial(address: SerialAddress) -> int:
    """Open and set up a serial device; its descriptor, not blocking.

    Raises:
        OSError: it is not there, or no serial device.
    """
    descriptor = os.open(address.device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        set_up(descriptor)
    except termios.error as error:
        os.close(descriptor)
        raise OSError(error.args[0], f"not a serial device ({error.args[-1]})") from error
    return descriptor


def set_up(descriptor: int) -> None:
    """Make a terminal line raw, 8N1, at 115,200 baud."""
    attributes = termios.tcgetattr(descriptor)
    attributes[_IFLAG] = attributes[_OFLAG] = attributes[_LFLAG] = 0
    attributes[_CFLAG] = termios.CS8 | termios.CREAD | termios.CLOCAL
    attributes[_ISPEED] = attributes[_OSPEED] = termios.B115200
    attributes[_CC][termios.VMIN] = 1
    attributes[_CC][termios.VTIME] = 0
    termios.tcsetattr(descriptor, termios.TCSANOW, attributes)
