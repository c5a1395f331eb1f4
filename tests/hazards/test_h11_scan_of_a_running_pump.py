"""H11, over the link: the stall of a scan may show at the second interrogation only."""

from __future__ import annotations

from pathlib import Path

from pump_cases import DAY_AND_NIGHT, FULL
from running_pumps import ask, new_id, paired, start, status, wait_until

from thecal.link.roles import Role
from thecal.pump import ReadLog, Update


def test_after_a_scan_two_interrogations_find_the_stall_and_the_same_program(
    tmp_path: Path,
) -> None:
    pump = start(tmp_path, "--model", "synchromed-ii-20", "--speed", "3600")
    pump.do("fill", "20 mL")
    with paired(pump, Role.CLINICIAN).open(pump.address) as channel:
        ask(channel, Update(new_id(), 0, DAY_AND_NIGHT, FULL))
        before = status(channel)
        pump.do("fault", "mri+30min,hidden-log")
        wait_until(lambda: pump.view()["true"]["turning"], "the rotor does not turn again")
        lengths = [status(channel).log_length for _ in range(3)]
        after = status(channel)
        page = ask(channel, ReadLog(lengths[0], 64))
    assert lengths[0] == before.log_length
    assert lengths[1] == lengths[2] == lengths[0] + 2
    assert [entry.what for entry in page.entries] == ["alarm", "alarm-cleared"]
    assert after.program_digest == before.program_digest == DAY_AND_NIGHT.digest
    pump.end()
