"""What a pump believes beside what is true: only the bench may see both."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from thecal.bench.pump import BenchPump
from thecal.pump import plain


def view(pump: BenchPump) -> dict[str, Any]:
    """Plain values: who the pump is, what it believes, what is true, who is paired.

    Nobody is asked: nothing is logged, and what shows late still does not.
    """
    twin = pump.twin
    return {
        "folder": str(pump.folder),
        "serial": pump.memory.serial,
        "model": twin.profile.model,
        "believed": plain(twin.controller.status()),
        "true": {**asdict(twin.truth()), "magnet": twin.world.magnet},
        "paired": pump.memory.register.to_plain(),
    }
