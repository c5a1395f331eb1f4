"""A plan at a pump: what the pump at hand has to say, the review, and what is told afterwards."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO

import pytest
from orders import BACLOFEN, Order, simple
from pump_cases import HOUR
from pypdf import PdfReader
from visits import FIRST, MORE, codes, programmed, twin_of, visit

from thecal.programmer.report.session import session_report_bytes
from thecal.programmer.session.certainty import certainty
from thecal.programmer.session.contract import visit_contract
from thecal.programmer.session.outcome import Outcome
from thecal.programmer.session.pending import LooseSheet
from thecal.programmer.session.port import LinkLostError, TwinPort
from thecal.programmer.session.session import Edit, Session
from thecal.programmer.session.visit import Visit
from thecal.pump import PL_PER_ML, Accepted, Refused, Reset, Stop
from thecal.therapy.findings import Severity


def test_a_plan_that_fits_the_pump_goes_through() -> None:
    made = visit(MORE, programmed(FIRST))
    assert made.findings == ()
    assert made.send().outcome is Outcome.VERIFIED
    made.end()
    assert made.ended_well


def test_a_plan_for_another_model_is_refused_whatever_is_signed() -> None:
    made = visit(MORE.but(signed=("session.model",)), twin_of(MORE, "synchromed-ii-40"))
    assert codes(made, Severity.STOP) == {"session.model"}
    assert made.result is not None
    assert made.result.outcome is Outcome.REFUSED
    assert made.rows == ()


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (MORE.but(before=(("morphine", "20 mg/mL"),)), "session.solution"),
        (MORE.but(before=(("hydromorphone", "10 mg/mL"),)), "session.solution"),
        (FIRST.but(therapy=simple("1.1 mg/day")), "session.solution"),
        (MORE.but(before_dose="1.1 mg/day"), "session.dose"),
        (FIRST, "session.again"),
    ],
)
def test_what_the_pump_says_otherwise_must_be_signed(order: Order, code: str) -> None:
    twin = programmed(FIRST)
    asking = order.fully_signed()
    made = visit(asking, twin)
    assert code in codes(made, Severity.CONFIRM)
    assert made.result is not None
    assert made.result.outcome is Outcome.REFUSED
    assert twin.controller.state.revision == 1, "nothing was sent"
    signed = asking.but(signed=(*asking.signed, *codes(made, Severity.CONFIRM)))
    assert visit(signed, twin).goes_on


def test_a_ten_fold_change_against_the_pump_shouts_and_must_be_signed() -> None:
    order = MORE.but(therapy=simple("10 mg/day"), before_dose="8 mg/day").fully_signed()
    made = visit(order, programmed(FIRST))
    assert codes(made, Severity.CONFIRM) == {"session.ten-fold", "session.dose"}
    shouting = {row.field for row in made.rows if row.ten_fold}
    assert "morphine, mean day" in shouting


def test_a_pump_that_knows_nothing_says_so_and_stops_nothing() -> None:
    made = visit(BACLOFEN, twin_of(BACLOFEN))
    assert codes(made, Severity.NOTE) == {"session.solution", "session.dose"}
    assert made.goes_on


@pytest.mark.parametrize(("hours", "severity"), [(1, Severity.NOTE), (49, Severity.CONFIRM)])
def test_a_pump_that_stood_still_says_how_long(hours: int, severity: Severity) -> None:
    twin = programmed(FIRST)
    twin.inject(Reset(twin.now_s))
    twin.advance(twin.now_s + hours * HOUR)
    assert "session.standing" in codes(visit(MORE, twin), severity)


def test_the_same_program_again_restates_the_fill_only_where_nothing_runs_once() -> None:
    twin = programmed(FIRST)
    assert visit(MORE, twin).send().outcome is Outcome.VERIFIED
    made = visit(MORE, twin)
    assert codes(made, Severity.NOTE) == {"session.again"}
    assert made.goes_on


@pytest.mark.parametrize("later_s", [0, HOUR])
def test_a_command_of_an_earlier_session_is_found_out_before_anything_else(later_s: int) -> None:
    twin, sheet, clock = programmed(FIRST), LooseSheet(), [0]
    earlier = Session(Loses(twin), sheet, utc_s=lambda: clock[0])
    earlier.interrogate()
    case = MORE.but(therapy=simple("1.1 mg/day")).plan().case
    earlier.edit(Edit(case.program, case.fill, case.ceiling))
    earlier.review()
    assert earlier.confirm().outcome is Outcome.UNKNOWN
    clock[0] = later_s
    session = Session(TwinPort(twin), sheet, utc_s=lambda: clock[0])
    made = Visit(MORE.but(before_dose="1.1 mg/day").plan(), session, pause=lambda _: None)
    made.begin()
    assert made.reconciled is not None
    done = made.reconciled.outcome is Outcome.VERIFIED
    assert done == (later_s == 0)
    assert sheet.pending() is None
    assert made.goes_on == done, "before it, the pump ran the dose before that"
    assert ("session.dose" in codes(made, Severity.CONFIRM)) != done
    assert any("earlier session" in one for one in certainty(made).certain)


class Loses(TwinPort):
    """A twin whose commands are lost on the way, and so is every answer."""

    def send(self, command: object) -> Accepted | Refused:
        raise LinkLostError(f"{type(command).__name__} was lost", sent=True)


# Priming and the top-up


def test_priming_comes_out_of_the_fill_until_a_top_up_is_stated() -> None:
    twin = twin_of(FIRST)
    made = visit(FIRST, twin)
    made.send()
    told = certainty(made)
    assert any("--topped-up" in one for one in told.to_do)
    early = visit(FIRST, twin, top_up=True)
    assert codes(early, Severity.STOP) == {"session.top-up"}, "the priming still runs"
    twin.advance(2 * HOUR)
    held = twin.controller.remaining_pl()
    assert held is not None
    assert held < 19.7 * PL_PER_ML
    priming = made.plan.case.program
    assert priming is not None
    assert priming.priming is not None
    twin.fill(priming.priming.volume_pl)
    late = visit(FIRST, twin, top_up=True)
    assert late.send().outcome is Outcome.VERIFIED
    assert twin.controller.remaining_pl() == 20 * PL_PER_ML
    assert twin.controller.state.program == priming
    assert certainty(late).to_do == ()


def test_a_top_up_belongs_to_the_plan_that_primed() -> None:
    made = visit(MORE, programmed(FIRST), top_up=True)
    assert codes(made, Severity.STOP) == {"session.top-up"}


# The review and what is told


def test_the_review_has_everything_and_marks_what_changes() -> None:
    made = visit(BACLOFEN, twin_of(BACLOFEN))
    groups = {row.group for row in made.rows}
    assert groups == {
        "in 24 h", "program", "priming", "bridge", "patient dose", "reservoir", "ceiling", "pump",
    }  # fmt: skip
    by_name = {f"{row.group}: {row.field}": row for row in made.rows}
    assert by_name["in 24 h: baclofen, mean day"].texts == ("no program", "300 µg")
    assert by_name["bridge: rate"].changed
    assert not by_name["pump: serial"].changed


def test_a_mismatch_names_each_field() -> None:
    twin = twin_of(FIRST)
    made = visit(FIRST, twin)
    twin_port = made.session._port
    send = twin_port.send

    def then_reset(command: object):  # type: ignore[no-untyped-def]
        reply = send(command)
        twin.inject(Reset(twin.now_s))
        return reply

    twin_port.send = then_reset  # type: ignore[method-assign]
    assert made.send().outcome is Outcome.MISMATCH
    assert {row.group for row in made.compared} >= {"program", "in 24 h", "priming"}
    assert any("program the pump anew" in one for one in certainty(made).to_do)
    made.end()
    assert made.stands
    assert any("stands still" in one for one in certainty(made).to_do)


def test_a_stale_visit_shows_what_changed_meanwhile() -> None:
    twin = programmed(FIRST)
    made = visit(MORE, twin)
    twin.send(Stop("somebody-else"))
    assert made.send().outcome is Outcome.STALE
    made.end()
    assert made.ended_well


def test_contract_is_plain_and_has_the_outcome() -> None:
    made = visit(MORE, programmed(FIRST))
    made.send()
    made.end()
    told = json.loads(json.dumps(visit_contract(made, "127.0.0.1:1")))
    assert told["outcome"] == "verified"
    assert told["after"]["program_digest"] == MORE.contract()["program"]["digest"]
    assert told["before"]["program_digest"] != told["after"]["program_digest"]
    assert (told["to_do"], told["differences"]) == ([], [])
    assert any("really in the reservoir" in one for one in told["unknown"])
    assert told["pump"] == {"address": "127.0.0.1:1", "model": "synchromed-ii-20", "serial": "TW-1"}


@pytest.mark.parametrize("sent", [True, False])
def test_report_has_before_after_and_certainty(sent: bool) -> None:
    made = visit(MORE, programmed(FIRST))
    if sent:
        made.send()
    else:
        made.refuse("the person did not confirm it")
    made.end()
    first, again = session_report_bytes(made), session_report_bytes(made)
    assert first == again
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(first)).pages)
    for part in ("Certain", "Not known", "Before and after", "1.2 mg", "1 mg", "TW-1",
                 "NOT A MEDICAL DEVICE", "VERIFIED" if sent else "REFUSED"):  # fmt: skip
        assert part in text, part


def test_another_pump_of_the_model_has_its_own_limits() -> None:
    """A plan for the 40 mL pump keeps its fill; on a 20 mL pump the pump itself refuses it."""
    twin = twin_of(FIRST)
    session = Session(TwinPort(twin))
    session.interrogate()
    fill = replace(FIRST.plan().case.fill, volume_pl=40 * PL_PER_ML)  # type: ignore[type-var]
    session.edit(Edit(FIRST.plan().case.program, fill))
    session.review()
    result = session.confirm()
    assert result.outcome is Outcome.REFUSED
    assert result.refusal is not None
    assert (result.refusal.asked, result.refusal.limit) == (40 * PL_PER_ML, 20 * PL_PER_ML)
