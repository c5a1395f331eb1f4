"""H22: an acknowledgement is lost, and the bolus is sent twice."""

from orders import Order

from thecal.pump import PumpProfile, Twin, Update
from thecal.pump.language import Accepted, Bolus, GiveBolus, Refused

RAN = Order(before=(("morphine", "10 mg/mL"),))


def test_same_command_sent_again_gets_the_first_answer_and_acts_once() -> None:
    case = RAN.plan().case
    twin = Twin(PumpProfile.from_catalogue(case.pump), serial="H22")
    twin.fill(20_000_000_000)
    assert isinstance(twin.send(Update("first", 0, case.program, case.fill)), Accepted)
    bolus = GiveBolus("bolus-1", Bolus(10_000_000, 600))
    first = twin.send(bolus)
    assert isinstance(first, Accepted)
    twin.advance(3_600)
    assert twin.send(bolus) == first
    twin.advance(7_200)
    base_pl = 50_000_000 * 7_200 // 86_400
    assert abs(twin.controller.delivered_pl() - base_pl - 10_000_000) <= 1


def test_same_id_for_another_command_is_refused() -> None:
    case = RAN.plan().case
    twin = Twin(PumpProfile.from_catalogue(case.pump), serial="H22")
    twin.fill(20_000_000_000)
    twin.send(Update("first", 0, case.program, case.fill))
    twin.send(GiveBolus("bolus-1", Bolus(10_000_000, 600)))
    twin.advance(3_600)
    assert isinstance(twin.send(GiveBolus("bolus-1", Bolus(20_000_000, 600))), Refused)
