"""H22, over the link: the acknowledgement is lost, and what the patient received says one bolus."""

from __future__ import annotations

from pathlib import Path

import pytest
from pump_cases import FULL, simple
from running_pumps import UL, ask, new_id, paired, start, status, wait_until

from thecal.link.errors import LinkError
from thecal.link.roles import Role
from thecal.pump import Accepted, Bolus, EndSession, GiveBolus, Update, encode

VOLUME_PL = 50 * UL


@pytest.mark.parametrize("kill", [False, True])
def test_a_bolus_whose_acknowledgement_was_lost_is_given_once(tmp_path: Path, kill: bool) -> None:
    pump = start(tmp_path, "--model", "synchromed-ii-20")
    pump.do("fill", "20 mL")
    party = paired(pump, Role.CLINICIAN)
    bolus = GiveBolus(new_id(), Bolus(VOLUME_PL, 240))
    with party.open(pump.address) as channel:
        ask(channel, Update(new_id(), 0, simple(48 * UL), FULL))
        status(channel)
        pump.do("drop", str(len(encode(bolus)) + 28))
        with pytest.raises(LinkError) as caught:
            ask(channel, bolus)
    assert caught.value.sent, "its outcome is unknown"
    (pump.kill if kill else pump.end)()
    pump = start(tmp_path, "--speed", "300")
    with party.open(pump.address) as channel:
        assert isinstance(ask(channel, bolus), Accepted)
        wait_until(lambda: status(channel).running == "base", "the bolus does not end")
        assert isinstance(ask(channel, bolus), Accepted)
        wait_until(lambda: pump.view()["believed"]["t_s"] > 1_000, "no time passes")
        assert isinstance(ask(channel, EndSession()), Accepted)
    seen = pump.view()
    base_pl = 48 * UL * seen["believed"]["t_s"] // 86_400
    assert VOLUME_PL * 99 // 100 < seen["true"]["to_tip_pl"] - base_pl <= VOLUME_PL + 10
    pump.end()
