"""H11: a stall in the scanner that is not recovered; H15: a Prometra that empties itself there."""

import pytest
from orders import Order

from thecal.devices import pump
from thecal.pump import Interrogate, MriScan, PumpProfile, Status, Twin, Update
from thecal.pump.language import (
    Accepted,
    PrepareForMri,
    Refused,
    Running,
    Stop,
)

RAN = Order(before=(("morphine", "10 mg/mL"),))
HOUR_S = 3_600


def programmed(order: Order, serial: str) -> Twin:
    case = order.plan().case
    twin = Twin(PumpProfile.from_catalogue(case.pump), serial=serial)
    twin.fill(20_000_000_000)
    assert isinstance(twin.send(Update("first", 0, case.program, case.fill)), Accepted)
    return twin


def status(twin: Twin) -> Status:
    reply = twin.send(Interrogate())
    assert isinstance(reply, Status)
    return reply


def test_rotor_stands_still_in_the_field_and_the_program_is_the_same_afterwards() -> None:
    """H11: nothing is delivered for the scan and a late recovery; the digest has not changed."""
    twin = programmed(RAN, "H11")
    before = status(twin)
    twin.inject(MriScan(HOUR_S, HOUR_S, late_recovery_s=5 * HOUR_S))
    twin.advance(HOUR_S)
    delivered = twin.truth().to_tip_pl
    twin.advance(7 * HOUR_S - 1)
    assert twin.truth().to_tip_pl == delivered
    twin.advance(8 * HOUR_S)
    assert twin.truth().to_tip_pl > delivered
    assert status(twin).program_digest == before.program_digest
    assert status(twin).running is Running.BASE


def test_stall_may_show_in_the_log_at_the_second_interrogation_only() -> None:
    """H11: whoever reads the pump once after a scan may see nothing."""
    twin = programmed(RAN, "H11")
    twin.inject(MriScan(HOUR_S, HOUR_S, hidden_log=True))
    twin.advance(3 * HOUR_S)

    def stalls() -> int:
        told = status(twin)
        entries = twin.controller.log.entries[: told.log_length]
        return sum(entry.facts.get("alarm") == "motor-stall" for entry in entries)

    assert stalls() == 0
    assert stalls() > 0


@pytest.mark.parametrize("stopped", [False, True], ids=["running", "stopped"])
def test_prometra_with_drug_in_it_is_not_mri_ready(stopped: bool) -> None:
    """H15: refused with the volume that is left; stopping it is not enough."""
    order = RAN.but(pump="prometra-ii-20", catheter="flowonix-13827", alarm="")
    twin = programmed(order, "H15")
    if stopped:
        assert isinstance(twin.send(Stop("stop")), Accepted)
    reply = twin.send(PrepareForMri("scan"))
    assert isinstance(reply, Refused)
    assert (reply.asked, reply.limit, reply.unit) == (20_000_000_000, 0, "pL")


def test_prometra_never_told_of_its_volume_is_not_mri_ready_either() -> None:
    """H15: never stated is not zero."""
    twin = Twin(PumpProfile.from_catalogue(pump("prometra-ii-20")), serial="H15")
    assert isinstance(twin.send(PrepareForMri("scan")), Refused)


def test_pump_whose_behaviour_nobody_published_is_not_mri_ready() -> None:
    """H15: unknown is no permission."""
    twin = Twin(PumpProfile.from_catalogue(pump("medstream-20")), serial="H15")
    assert isinstance(twin.send(PrepareForMri("scan")), Refused)
