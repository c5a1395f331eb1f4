"""A session with a twin: what it sends, what it refuses to do, and what it says came of it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from pump_cases import FULL, HOUR, ML, new_twin, simple, status

from thecal.programmer.session.outcome import Outcome
from thecal.programmer.session.pending import CONFIRMATION_LASTS_S, LooseSheet
from thecal.programmer.session.port import LinkLostError, Reading, TwinPort
from thecal.programmer.session.session import Edit, NothingReadError, PumpStandsError, Session
from thecal.programmer.session.states import NotNowError, State
from thecal.pump import (
    Accepted,
    Fill,
    Program,
    RefusalCode,
    Refused,
    Request,
    Reset,
    Running,
    Stop,
    Twin,
    Update,
)
from thecal.pump.language import Answer

SLOW, FAST = (Edit(simple(rate), FULL) for rate in (150_000_000, 165_000_000))
NOW_S = 1_700_000_000


class BreakingPort(TwinPort):
    """A twin behind a link that breaks before or after the pump gets the n-th request."""

    def __init__(self, twin: Twin, at: int, *, before: bool) -> None:
        super().__init__(twin)
        self._numbers, self._at, self._before = count(), at, before

    def ask(self, request: Request) -> Answer:
        breaks = next(self._numbers) == self._at
        if breaks and self._before:
            raise LinkLostError("the link broke", sent=True)
        answer = super().ask(request)
        if breaks:
            raise LinkLostError("the link broke", sent=True)
        return answer


class ActsBetween(TwinPort):
    """A twin to which something happens once a command was accepted."""

    def __init__(self, twin: Twin, act: Callable[[Twin], object]) -> None:
        super().__init__(twin)
        self._pump, self._act = twin, act

    def send(self, command: Update) -> Accepted | Refused:
        reply = super().send(command)
        self._act(self._pump)
        return reply


class UnreachablePort(TwinPort):
    """A twin that is read, and then cannot be reached."""

    def send(self, command: object) -> Accepted | Refused:
        raise LinkLostError(f"nobody there for {command}", sent=False)


def opened(twin: Twin, edit: Edit | None = None, **options: object) -> Session:
    session = Session(TwinPort(twin), **options)  # type: ignore[arg-type]
    session.interrogate()
    if edit is not None:
        session.edit(edit)
        session.review()
    return session


def program_of(twin: Twin) -> Program | None:
    return status(twin).program


def test_what_is_confirmed_is_sent_read_back_and_compared() -> None:
    twin = new_twin(fill=None)
    session = opened(twin, SLOW)
    result = session.confirm()
    assert (result.outcome, session.state) == (Outcome.VERIFIED, State.VERIFIED)
    assert session.holding == session.reading.holding == Reading.of(status(twin)).holding  # type: ignore[union-attr]
    assert program_of(twin) == SLOW.program
    assert session.end()
    assert session.state is State.ENDED


def test_a_review_shows_the_pump_as_it_is_and_as_it_would_be() -> None:
    twin = new_twin()
    session = opened(twin)
    session.edit(FAST)
    change = session.review()
    assert change.old.program is None
    assert (change.new.program, change.new.fill) == (FAST.program, FULL)
    assert program_of(twin) is None


def test_a_second_edit_replaces_the_first() -> None:
    twin = new_twin(fill=None)
    session = opened(twin, SLOW)
    session.edit(FAST)
    session.review()
    assert session.confirm().outcome is Outcome.VERIFIED
    assert program_of(twin) == FAST.program


def test_an_edit_that_is_abandoned_changes_nothing() -> None:
    twin = new_twin()
    session = opened(twin, SLOW)
    session.abandon()
    assert session.end()
    assert program_of(twin) is None


def test_a_stale_edit_is_refused_and_the_pump_must_be_read_again() -> None:
    twin = new_twin(fill=None)
    mine, theirs = opened(twin, SLOW), opened(twin, FAST)
    assert theirs.confirm().outcome is Outcome.VERIFIED
    result = mine.confirm()
    assert (result.outcome, mine.state) == (Outcome.STALE, State.NEW)
    assert program_of(twin) == FAST.program
    with pytest.raises(NotNowError):
        mine.edit(SLOW)
    mine.interrogate()
    mine.edit(SLOW)
    mine.review()
    assert mine.confirm().outcome is Outcome.VERIFIED


def test_what_the_pump_refuses_changes_nothing_and_its_reason_is_kept() -> None:
    twin = new_twin()
    session = opened(twin, Edit(fill=Fill(41 * ML, 2 * ML)))
    result = session.confirm()
    assert (result.outcome, session.state) == (Outcome.REFUSED, State.INTERROGATED)
    assert result.refusal is not None
    assert result.refusal.code is RefusalCode.OVER_CAPACITY
    assert session.pending is None


def test_a_pump_that_holds_something_else_afterwards_is_a_mismatch() -> None:
    twin = new_twin(fill=None)
    port = ActsBetween(twin, lambda pump: pump.inject(Reset(pump.now_s)))
    session = Session(port)
    session.interrogate()
    session.edit(SLOW)
    session.review()
    assert session.confirm().outcome is Outcome.MISMATCH
    assert session.state is State.MISMATCH
    assert session.holding.program is None


def test_nothing_sent_is_certainly_not_done() -> None:
    twin, sheet = new_twin(), LooseSheet()
    session = Session(UnreachablePort(twin), sheet)
    session.interrogate()
    session.edit(SLOW)
    session.review()
    assert session.confirm().outcome is Outcome.NOT_DONE
    assert (session.state, sheet.pending()) == (State.NOT_DONE, None)


def test_nothing_was_read_so_nothing_is_known() -> None:
    with pytest.raises(NothingReadError):
        _ = Session(TwinPort(new_twin())).holding
    session = Session(BreakingPort(new_twin(), 0, before=True))
    with pytest.raises(LinkLostError):
        session.interrogate()
    assert session.state is State.ENDED


# The outcome is unknown


def unknown(at: int, *, before: bool, sheet: LooseSheet) -> Twin:
    """A twin after a session that broke off at a request: 1 is the update, 2 the reading back."""
    twin = new_twin(fill=None)
    session = Session(BreakingPort(twin, at, before=before), sheet, utc_s=lambda: NOW_S)
    session.interrogate()
    session.edit(SLOW)
    session.review()
    assert session.confirm().outcome is Outcome.UNKNOWN
    assert session.state is State.UNKNOWN
    with pytest.raises(NotNowError):
        session.end()
    with pytest.raises(NotNowError):
        session.edit(FAST)
    return twin


@pytest.mark.parametrize("later_s", [0, CONFIRMATION_LASTS_S, CONFIRMATION_LASTS_S + 1, -1])
@pytest.mark.parametrize(
    ("at", "before", "acted"), [(1, True, False), (1, False, True), (2, True, True)]
)
def test_an_unknown_outcome_is_right_after_reconciling(
    at: int, before: bool, acted: bool, later_s: int
) -> None:
    sheet = LooseSheet()
    twin = unknown(at, before=before, sheet=sheet)
    session = Session(TwinPort(twin), sheet, utc_s=lambda: NOW_S + later_s)
    assert session.state is State.UNKNOWN
    result = session.reconcile()
    stands = 0 <= later_s <= CONFIRMATION_LASTS_S
    assert result.outcome is (Outcome.VERIFIED if acted or stands else Outcome.NOT_DONE)
    assert (program_of(twin) == SLOW.program) == (result.outcome is Outcome.VERIFIED)
    assert sheet.pending() is None


def test_a_command_that_was_made_void_never_acts_any_more() -> None:
    sheet = LooseSheet()
    twin = unknown(1, before=True, sheet=sheet)
    pending = sheet.pending()
    assert pending is not None
    session = Session(TwinPort(twin), sheet, utc_s=lambda: NOW_S + HOUR)
    assert session.reconcile().outcome is Outcome.NOT_DONE
    late = twin.send(pending.update)
    assert isinstance(late, Refused)
    assert program_of(twin) is None


def test_making_a_command_void_leaves_the_pump_as_it_is() -> None:
    sheet = LooseSheet()
    twin = unknown(1, before=True, sheet=sheet)
    before = status(twin)
    Session(TwinPort(twin), sheet, utc_s=lambda: NOW_S + HOUR).reconcile()
    after = status(twin)
    assert (after.revision, after.program, after.fill) == (before.revision, None, before.fill)


def test_a_change_by_somebody_else_meanwhile_is_a_mismatch_not_a_success() -> None:
    sheet = LooseSheet()
    twin = unknown(1, before=False, sheet=sheet)
    opened(twin, FAST).confirm()
    session = Session(TwinPort(twin), sheet, utc_s=lambda: NOW_S)
    result = session.reconcile()
    assert (result.outcome, session.state) == (Outcome.MISMATCH, State.MISMATCH)
    assert "changed since" in result.why
    assert program_of(twin) == FAST.program


def test_a_link_that_breaks_again_leaves_it_unknown() -> None:
    sheet = LooseSheet()
    twin = unknown(1, before=True, sheet=sheet)
    for at, before in ((0, True), (0, False), (1, True)):
        again = Session(BreakingPort(twin, at, before=before), sheet, utc_s=lambda: NOW_S)
        assert again.reconcile().outcome is Outcome.UNKNOWN
        assert sheet.pending() is not None
    assert Session(TwinPort(twin), sheet, utc_s=lambda: NOW_S).reconcile().outcome is (
        Outcome.VERIFIED
    )


def test_there_is_nothing_to_reconcile_in_a_new_session() -> None:
    with pytest.raises(NotNowError):
        Session(TwinPort(new_twin())).reconcile()


# The end


def test_a_session_cannot_end_while_the_pump_stands_still_without_an_order() -> None:
    twin = new_twin(fill=None)
    session = opened(twin, SLOW)
    session.confirm()
    twin.inject(Reset(twin.now_s))
    with pytest.raises(PumpStandsError):
        session.end()
    assert session.state is State.VERIFIED
    session.edit(FAST)
    session.review()
    assert session.confirm().outcome is Outcome.STALE, "a reset is a change too"
    session.interrogate()
    twin.send(Stop("by-order"))
    assert session.end(), "now it stands by an order"


def test_filling_a_new_pump_and_leaving_it_without_a_program_is_not_an_end() -> None:
    twin = new_twin(fill=None)
    session = opened(twin, Edit(fill=FULL))
    assert session.confirm().outcome is Outcome.VERIFIED
    with pytest.raises(PumpStandsError):
        session.end()
    assert opened(new_twin()).end(), "a new pump that was left alone may be left"


def test_the_old_program_runs_until_the_new_one_commits() -> None:
    twin = new_twin(fill=None)
    opened(twin, SLOW).confirm()
    twin.advance(HOUR)
    session = opened(twin, FAST)
    twin.advance(2 * HOUR)
    assert status(twin).running is Running.BASE
    assert status(twin).rate_pl_per_day == 150_000_000
    session.confirm()
    assert status(twin).running is Running.BASE
    assert status(twin).rate_pl_per_day == 165_000_000
