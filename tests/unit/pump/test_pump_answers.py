"""A command id acts once, for ever, in bounded memory."""

from pump_cases import DAY_AND_NIGHT as PROGRAM
from pump_cases import FULL, HOUR, UL, accepted, refused, running, started, status

from thecal.pump import (
    Accepted,
    Bolus,
    GiveBolus,
    RefusalCode,
    RequestPatientDose,
    Silence,
    Stop,
    Twin,
    Update,
)
from thecal.pump.controller.answers import KEPT

BOLUS = Bolus(10 * UL, 600)


def silences(twin: Twin, count: int) -> None:
    for number in range(count):
        refused(twin, Silence(f"silence-{number}", "reset"), RefusalCode.NO_SUCH_ALARM)


def test_a_repeat_gets_the_first_answer_while_that_is_kept() -> None:
    twin = running()
    first = accepted(twin, GiveBolus("bolus", BOLUS))
    silences(twin, KEPT - 1)
    twin.advance(twin.now_s + HOUR)
    before = status(twin).log_length
    assert twin.send(GiveBolus("bolus", BOLUS)) == first
    assert status(twin).log_length == before


def test_an_id_whose_answer_is_gone_is_refused_and_acts_no_more() -> None:
    twin = running()
    accepted(twin, GiveBolus("bolus", BOLUS))
    silences(twin, KEPT)
    twin.advance(twin.now_s + HOUR)
    delivered_pl = twin.controller.state.delivered_pl
    refused(twin, GiveBolus("bolus", BOLUS), RefusalCode.ID_SPENT)
    twin.advance(twin.now_s + 1)
    assert twin.controller.state.dose is None
    assert twin.controller.state.delivered_pl - delivered_pl < 5_000_000


def test_a_spent_id_stays_spent_when_the_pump_is_restored() -> None:
    twin = running()
    accepted(twin, GiveBolus("bolus", BOLUS))
    silences(twin, KEPT)
    again = Twin.from_bytes(twin.profile, twin.to_bytes())
    refused(again, GiveBolus("bolus", BOLUS), RefusalCode.ID_SPENT)


def test_a_refused_id_is_answered_once_too() -> None:
    twin = running()
    accepted(twin, Stop("stop"))
    first = refused(twin, GiveBolus("bolus", BOLUS), RefusalCode.STOPPED)
    accepted(twin, Update("again", status(twin).revision, PROGRAM, FULL))
    assert twin.send(GiveBolus("bolus", BOLUS)) == first


def test_the_patient_cannot_crowd_out_the_clinicians_answer() -> None:
    twin = running()
    first = accepted(twin, Update("update", status(twin).revision, PROGRAM, FULL))
    for number in range(2 * KEPT):
        twin.send(RequestPatientDose(f"dose-{number}"))
    assert twin.send(Update("update", 1, PROGRAM, FULL)) == first


def test_the_memory_of_answers_does_not_grow() -> None:
    twin = running()
    for number in range(3 * KEPT):
        twin.send(RequestPatientDose(f"dose-{number}"))
        twin.send(Silence(f"silence-{number}", "reset"))
    assert len(twin.controller.state.answers) == 2 * KEPT


def test_the_same_id_for_another_kind_of_command_is_refused() -> None:
    twin = started(PROGRAM)
    assert isinstance(twin.send(RequestPatientDose("one-id")), Accepted)
    refused(twin, Stop("one-id"), RefusalCode.ID_REUSED)
    assert status(twin).rate_pl_per_day > 0
