"""Two FIFOs, as a party uses them, and how the pump makes them."""

from __future__ import annotations

import os
import stat

from thecal.link.transports.address import PipeAddress
from thecal.link.transports.line import Line

_OWNER_ONLY = 0o600


class PipeTransport(Line):
    """The party's ends of a pump's FIFOs."""

    def __init__(self, address: PipeAddress) -> None:
        """Open both.

        Raises:
            OSError: there are none, or no pump holds their other ends.
        """
        reading = os.open(address.from_pump, os.O_RDONLY | os.O_NONBLOCK)
        try:
            writing = os.open(address.to_pump, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            os.close(reading)
            raise
        super().__init__(reading, writing)
        self.discard()


def open_pump_side(address: PipeAddress) -> tuple[int, int]:
    """Make the FIFOs if they are not there; the pump's descriptors to read and to write.

    Both are opened to read and write, so that a party may come and go.

    Raises:
        OSError: they cannot be made, or something else has their names.
    """
    for path in (address.to_pump, address.from_pump):
        if not path.exists():
            os.mkfifo(path, _OWNER_ONLY)
        elif not stat.S_ISFIFO(path.stat().st_mode):
            raise FileExistsError(f"{path} is no FIFO")
    flags = os.O_RDWR | os.O_NONBLOCK
    return os.open(address.to_pump, flags), os.open(address.from_pump, flags)
