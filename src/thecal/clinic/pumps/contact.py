"""A contact with a bench pump over the link, outside any transaction, and what came of it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings

from thecal.clinic.people.models import Clinic
from thecal.clinic.prescriptions.checking import exact
from thecal.clinic.pumps.models import Came
from thecal.link.errors import LinkError
from thecal.link.roles import Role
from thecal.link.transports.address import parse_address
from thecal.link.transports.transport import UnreachableError
from thecal.programmer.contact import NotPairedError, PumpAt
from thecal.programmer.notebook import BusyError, Notebook, NotebookError, Page
from thecal.programmer.notebook.files import OWNER_ONLY, make_folder
from thecal.programmer.notebook.page import LogSeen
from thecal.programmer.session.contract import visit_contract
from thecal.programmer.session.link_port import LinkPort
from thecal.programmer.session.log_watch import log_entries, log_problem
from thecal.programmer.session.outcome import Outcome as Word
from thecal.programmer.session.outcome import Result
from thecal.programmer.session.port import LinkLostError, Reading
from thecal.programmer.session.session import Session
from thecal.programmer.session.states import State
from thecal.programmer.session.visit import Visit
from thecal.pump.controller.alarms import RAISED, AlarmName
from thecal.pump.holding import Holding
from thecal.pump.language import Status, Update
from thecal.therapy.findings import Finding
from thecal.therapy.plan import Plan
from thecal.therapy.rules.pump_at_hand import judge_log

NO_CONTACT = (
    NotPairedError,
    NotebookError,
    BusyError,
    UnreachableError,
    LinkError,
    LinkLostError,
)
"""What keeps a contact from coming about."""
OnState = Callable[[State], None]
"""Told of each state that a contact reaches."""
Speaks = Callable[[Page, LinkPort, OnState], "Told"]
"""What is said to a pump, and what came of it."""


@dataclass
class Told:
    """What came of a contact.

    Attributes:
        earlier: what became of a command of an earlier session; None if none was open.
        confirmed_utc_s: when that one was confirmed, in Unix seconds.
        status: what the pump told last; None if it was not read.
        stall_logged: whether a stall sounds, or came into the log since the reading before; None
            if the log was not read.
    """

    outcome: Came
    because: str = ""
    report: dict[str, Any] = field(default_factory=dict)
    earlier: Came | None = None
    confirmed_utc_s: int | None = None
    status: Status | None = None
    stall_logged: bool | None = None

    def after(self, earlier: Result | None) -> Told:
        """This, with what became of an earlier command."""
        if earlier is not None:
            self.earlier = Came(str(earlier.outcome))
            self.confirmed_utc_s = earlier.sent.confirmed_utc_s if earlier.sent else None
        return self


def notebook(clinic: Clinic) -> Notebook:
    """The notebook of a clinic's programmer: its keys, private to the server's owner."""
    return Notebook(Path(settings.THECAL_PROGRAMMER) / str(clinic.pk))


@contextmanager
def alone(clinic: Clinic, serial: str) -> Iterator[None]:
    """A pump for one session of this clinic, from before it is begun until all is written down.

    Raises:
        BusyError: another session has it.
        OSError: the folder of the programmer's notebook cannot be written.
    """
    folder = Path(settings.THECAL_PROGRAMMER) / str(clinic.pk) / "sessions"
    make_folder(folder)
    name = sha256(serial.encode()).hexdigest()
    descriptor = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, OWNER_ONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(f"a session with pump {serial} is under way") from error
        yield
    finally:
        os.close(descriptor)


@contextmanager
def reached(clinic: Clinic, address: str, serial: str) -> Iterator[tuple[Page, LinkPort]]:
    """A pump's page, held for this session, and the port to it.

    Raises:
        NotPairedError, NotebookError, BusyError, UnreachableError, LinkError: no contact.
    """
    pump = PumpAt(notebook(clinic), parse_address(address), Role.CLINICIAN)
    page = pump.page(serial)
    with page.held():
        port = pump.port(page)
        try:
            yield page, port
        finally:
            port.close()


def send(
    page: Page, port: LinkPort, on_state: OnState, plan: Plan, objection: Callable[[Visit], str]
) -> Told:
    """Reconcile, read, judge, send, read back and compare.

    Args:
        page: the pump's page in the notebook.
        port: the way to it.
        on_state: told of each state.
        plan: what is to be sent.
        objection: why a visit that was reviewed is not sent all the same; empty if it is.
    """
    session = Session(port, page, on_state=on_state)
    on_state(session.state)
    visit = Visit(plan, session, watch=_watch(page, port, plan))
    try:
        visit.begin()
    except LinkLostError as lost:
        return Told(Came.NOT_DONE, f"the pump was not read, and nothing was sent: {lost}")
    if visit.goes_on and (why := objection(visit)):
        visit.refuse(why)
    if visit.goes_on:
        visit.send()
    visit.end()
    return told_of(visit)


def told_of(visit: Visit) -> Told:
    """What came of a visit that is over."""
    result, reading = visit.result, visit.session.reading
    outcome = Came(str(result.outcome)) if result else Came.NOT_DONE
    report = exact(visit_contract(visit, None))
    why = result.why if result else ""
    if result and result.refusal:
        why = f"{why} {result.refusal.code}".strip()
    if visit.open_findings and outcome is Came.REFUSED:
        said = "; ".join(f"{one.code}: {one.message}" for one in visit.open_findings)
        why = f"{why}: {said}"
    status = reading.status if reading else None
    return Told(outcome, why, report, status=status).after(visit.reconciled)


def read(page: Page, port: LinkPort, on_state: OnState, entries_before: int = 0) -> Told:
    """Interrogate; a command of an earlier session is found out first.

    Args:
        page: the pump's page.
        port: the way to it.
        on_state: told of each state.
        entries_before: how long the pump's log was when it was read before.
    """
    session = Session(port, page, on_state=on_state)
    on_state(session.state)
    try:
        earlier = session.reconcile() if session.state is State.UNKNOWN else None
        reading = session.reading if earlier else session.interrogate()
        status = reading.status if reading else None
        stalled = _stalled(port, status, entries_before) if status else None
    except LinkLostError as lost:
        return Told(Came.NOT_DONE, f"the pump was not read: {lost}")
    port.end_if_open()
    if reading is None or (earlier and earlier.outcome is Word.UNKNOWN):
        return Told(Came.NOT_DONE, "the pump was not read").after(earlier)
    return Told(Came.READ, status=status, stall_logged=stalled).after(earlier)


def _stalled(port: LinkPort, status: Status, since: int) -> bool:
    """Whether a stall of the motor sounds, or came into the log since it was so long."""
    if any(one.name == AlarmName.MOTOR_STALL for one in status.alarms):
        return True
    news = log_entries(port, since if since <= status.log_length else 0)
    return any(one.what == RAISED and one.facts["alarm"] == AlarmName.MOTOR_STALL for one in news)


def find_out(
    page: Page, port: LinkPort, on_state: OnState, plan: Plan, revision: int | None
) -> Told:
    """What became of a plan that was sent, or may have been.

    Args:
        page: the pump's page.
        port: the way to it.
        on_state: told of each state.
        plan: what was sent.
        revision: the pump's, when it was last read before; None if it never was.
    """
    told = read(page, port, on_state)
    if told.earlier is not None or told.status is None:
        return told
    holding, case = Holding.of(told.status), plan.case
    wanted = holding.after(Update("", holding.revision, case.program, case.fill, case.ceiling))
    if holding.same_settings(wanted):
        told.earlier = Came.VERIFIED
    elif holding.revision == revision:
        told.earlier = Came.NOT_DONE
    else:
        told.earlier = Came.MISMATCH
    return told


def _watch(page: Page, port: LinkPort, plan: Plan) -> Callable[[Reading], tuple[Finding, ...]]:
    """Hold the pump's log against the one last seen, and keep what was seen now."""

    def watch(reading: Reading) -> tuple[Finding, ...]:
        status, seen = reading.status, page.entries.log
        if status is None:
            return ()
        problem = log_problem(port, seen.length, seen.digest, status) if seen else ""
        found = (judge_log(problem),) if problem else ()
        if all(plan.is_signed(one) for one in found):
            page.change(log=LogSeen(status.log_length, status.log_digest))
        return found

    return watch
