"""H08, as a process lives it: a reset stops the pump for good, and no restart starts it again."""

from __future__ import annotations

from pathlib import Path

from pump_cases import DAY_AND_NIGHT, FULL
from running_pumps import ask, new_id, paired, start, status

from thecal.link.roles import Role
from thecal.pump import Accepted, Update


def test_a_pump_that_was_reset_stays_stopped_and_sounding_through_every_restart(
    tmp_path: Path,
) -> None:
    pump = start(tmp_path, "--model", "synchromed-ii-20")
    pump.do("fill", "20 mL")
    party = paired(pump, Role.CLINICIAN)
    with party.open(pump.address) as channel:
        ask(channel, Update(new_id(), 0, DAY_AND_NIGHT, FULL))
    pump.do("fault", "reset")
    assert any("ALARM reset, critical, two tones" in line for line in pump.heard())
    for killed in (True, False):
        pump.kill() if killed else pump.end()
        pump = start(tmp_path)
        believed = pump.view()["believed"]
        assert (believed["running"], believed["program"]) == ("stopped", None)
        assert [alarm["name"] for alarm in believed["alarms"]] == ["reset"]
    with party.open(pump.address) as channel:
        found = status(channel)
        assert isinstance(ask(channel, Update(new_id(), found.revision, DAY_AND_NIGHT)), Accepted)
        assert status(channel).alarms == ()
    pump.end()
