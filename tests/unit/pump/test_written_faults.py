"""Faults as a person writes them."""

import pytest
from pump_cases import DAY, HOUR

from thecal.pump import (
    AccuracyBias,
    Fault,
    Leak,
    MagnetEnter,
    MagnetLeave,
    MriScan,
    Occlusion,
    Reset,
    Stall,
    StallOver,
)
from thecal.pump.world.written import FaultError, read_fault


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("stall@20d+3h", (Stall(20 * DAY, 3 * HOUR),)),
        ("bias=-14.5%@0d", (AccuracyBias(0, -145_000),)),
        ("leak=40 %@10 d", (Leak(10 * DAY, 400_000),)),
        ("magnet@1h+20min", (MagnetEnter(HOUR), MagnetLeave(HOUR + 1200))),
        ("occlusion@1d", (Occlusion(DAY),)),
        ("occlusion-over@1d", (Occlusion(DAY, cleared=True),)),
        ("stall-over@1d", (StallOver(DAY),)),
        ("magnet-over@1d", (MagnetLeave(DAY),)),
        ("mri@1d+30min,late=4h,hidden-log", (MriScan(DAY, 1800, 4 * HOUR, True),)),
    ],
)
def test_a_fault_is_read(text: str, faults: tuple[Fault, ...]) -> None:
    assert read_fault(text) == faults


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("reset", (Reset(77),)),
        ("reset@1h", (Reset(77 + HOUR),)),
        ("stall+3h", (Stall(77, 3 * HOUR),)),
        ("leak=40%", (Leak(77, 400_000),)),
    ],
)
def test_where_there_is_a_now_times_count_from_it(text: str, faults: tuple[Fault, ...]) -> None:
    assert read_fault(text, now_s=77) == faults


@pytest.mark.parametrize(
    "text",
    [
        "",
        "reset",
        "stall",
        "fire@1d",
        "leak@1d",
        "stall=4%@1d",
        "leak=150%@1d",
        "stall@1",
        "mri@1d",
    ],
)
def test_what_is_no_fault_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(FaultError, match=r"^[^\n]*$"):
        read_fault(text)
