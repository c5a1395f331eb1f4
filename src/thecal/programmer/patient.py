"""The patient's own controller: ask for a dose, and say what came of it and when to ask again.

One press is one request with one id. If its answer is lost, the next press finds out what became
of it before anything else, so that no press gives two doses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from time import sleep, time

from thecal.programmer.notebook.page import Page, Request
from thecal.programmer.session.port import LinkLostError, NotAnAnswerError, SpokenPort
from thecal.programmer.session.session import random_id
from thecal.pump.language import (
    Accepted,
    PatientStatus,
    ReadPatientStatus,
    RefusalCode,
    Refused,
    RequestPatientDose,
)

CONTACTS = 3
"""How often a press makes contact before it leaves its outcome unknown."""
_PAUSE_S = 1.0


class DoseOutcome(StrEnum):
    """What came of a press."""

    GRANTED = "granted"
    GRANTED_BEFORE = "granted-before"
    """An earlier press, whose answer was lost, had been granted then; nothing is given now."""
    REFUSED = "refused"
    UNKNOWN = "unknown"
    NOT_DONE = "not-done"
    """The pump was not reached: it knows nothing of this press."""


REASONS: dict[RefusalCode, str] = {
    RefusalCode.LOCKOUT: "it is too soon after the last dose",
    RefusalCode.DAILY_COUNT: "all doses of 24 hours were given",
    RefusalCode.BOLUS_RUNNING: "a dose is running",
    RefusalCode.NO_PATIENT_DOSE: "no doses of your own are programmed",
    RefusalCode.NO_PROGRAM: "the pump has no program: call the clinic",
    RefusalCode.STOPPED: "the pump is stopped: call the clinic",
    RefusalCode.ALARM: "the pump sounds an alarm: call the clinic",
    RefusalCode.RESERVOIR: "the reservoir is too low: call the clinic",
    RefusalCode.CEILING_HOUR: "the limit of an hour is reached",
    RefusalCode.CEILING_DAY: "the limit of a day is reached",
    RefusalCode.END_OF_SERVICE: "the pump is at the end of its life: call the clinic",
}
"""Why a dose is refused, for the patient."""


@dataclass(frozen=True, slots=True)
class DoseAnswer:
    """The answer to a press.

    Attributes:
        code: why it was refused; None if it was not.
        wait_s: seconds until a dose could be granted; None where no waiting helps or none is
            known.
        status: what the pump lets the patient know; None if it was not read.
    """

    outcome: DoseOutcome
    code: RefusalCode | None = None
    wait_s: int | None = None
    status: PatientStatus | None = None

    @property
    def reason(self) -> str:
        """The refusal in words, empty if there is none."""
        return "" if self.code is None else REASONS.get(self.code, str(self.code))


def press(
    port: SpokenPort,
    page: Page,
    *,
    utc_s: Callable[[], float] = time,
    pause: Callable[[float], None] = sleep,
) -> DoseAnswer:
    """Ask for a dose.

    Raises:
        LinkLostError: the pump was not reached, and no earlier press is open.
    """
    before = _status(port)
    earlier = page.entries.request
    request = earlier or Request(random_id(), int(utc_s()))
    page.change(request=request)
    try:
        reply = _answer(port, request, pause)
    except LinkLostError as lost:
        if lost.sent or earlier is not None:
            return DoseAnswer(DoseOutcome.UNKNOWN, status=before)
        page.change(request=None)
        return DoseAnswer(DoseOutcome.NOT_DONE, status=before)
    page.change(request=None)
    return _told(reply, before, _status_if_reached(port), is_new=earlier is None)


def _answer(
    port: SpokenPort, request: Request, pause: Callable[[float], None]
) -> Accepted | Refused:
    """The pump's answer; while it is lost, the same id goes out again on a new contact."""
    command, sent = RequestPatientDose(request.command_id), False
    for contact in range(CONTACTS):
        if contact:
            pause(_PAUSE_S)
        try:
            return port.send(command)
        except LinkLostError as error:
            lost, sent = error, sent or error.sent
    raise LinkLostError(str(lost), sent=sent, code=lost.code)


def _status(port: SpokenPort) -> PatientStatus:
    reply = port.ask(ReadPatientStatus())
    if not isinstance(reply, PatientStatus):
        raise NotAnAnswerError(f"asked for a status, the pump answered {type(reply).__name__}")
    return reply


def _status_if_reached(port: SpokenPort) -> PatientStatus | None:
    try:
        return _status(port)
    except LinkLostError:
        return None


def _told(
    reply: Accepted | Refused, before: PatientStatus, after: PatientStatus | None, *, is_new: bool
) -> DoseAnswer:
    wait_s = after.wait_s if after is not None else None
    if isinstance(reply, Refused):
        left_s = reply.wait_s if is_new else wait_s
        return DoseAnswer(DoseOutcome.REFUSED, reply.code, left_s, after)
    gave = is_new or after is None or after.doses_left != before.doses_left
    outcome = DoseOutcome.GRANTED if gave else DoseOutcome.GRANTED_BEFORE
    return DoseAnswer(outcome, None, wait_s, after)
