"""H23, over the link: the pump at hand decides, and what it refuses it does not round."""

from __future__ import annotations

from pathlib import Path

import pytest
from pump_cases import simple
from running_pumps import ML, UL, ask, new_id, paired, start, status

from thecal.link.roles import Role
from thecal.pump import Accepted, Fill, Refused, Update

FULL = Fill(16 * ML, 2 * ML)
RATES = {
    "synchromed-ii-20": (48 * UL, 24 * ML),
    "prometra-ii-20": (0, 28_800 * UL),
    "medstream-20": (100 * UL, 4 * ML),
}


@pytest.mark.parametrize("model", RATES)
def test_every_pump_takes_its_own_range_to_the_last_picolitre_and_no_more(
    tmp_path: Path, model: str
) -> None:
    lowest, highest = RATES[model]
    pump = start(tmp_path, "--model", model)
    pump.do("fill", "16 mL")
    with paired(pump, Role.CLINICIAN).open(pump.address) as channel:
        for rate in (lowest, highest):
            found = status(channel).revision
            assert isinstance(ask(channel, Update(new_id(), found, simple(rate), FULL)), Accepted)
            assert status(channel).program == simple(rate)
        found, held = status(channel).revision, status(channel).program
        for rate in (lowest - 1, highest + 1, 10 * highest):
            answer = ask(channel, Update(new_id(), found, simple(rate), FULL))
            assert isinstance(answer, Refused), rate
            assert answer.asked == rate
        assert status(channel).program == held
    pump.end()
