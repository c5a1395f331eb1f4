"""What can be done with pumps: enter, pair, send, interrogate, reconcile, transcribe.

A session over the link is begun in a transaction of its own, in which its gates are asked. Only
once that is kept does the clinic speak to the pump, and what came of it is written in another. A
session without an outcome is therefore one whose outcome is not known, whatever broke off.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from thecal.clinic.people.models import User
from thecal.clinic.people.roles import Role
from thecal.clinic.prescriptions.checking import plan_of, second_person_rules
from thecal.clinic.prescriptions.models import Prescription
from thecal.clinic.prescriptions.services import found, needs_second, second_of
from thecal.clinic.pumps import contact, progress, readings, refilled
from thecal.clinic.pumps.contact import NO_CONTACT, Told
from thecal.clinic.pumps.gates import device_of, sendable
from thecal.clinic.pumps.models import (
    Came,
    Device,
    Outcome,
    Pairing,
    Purpose,
    Session,
    Status,
    Way,
)
from thecal.clinic.pumps.orders import (
    Entering,
    Moving,
    PairingWith,
    Reading,
    Reconciling,
    Sending,
    Settling,
    Transcribing,
)
from thecal.clinic.pumps.placed import another_pump, in_place
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.refusals import ConflictError, InvalidError
from thecal.clinic.record.services import writes
from thecal.link.cards import CardError, PairingCard
from thecal.link.roles import Role as LinkRole
from thecal.link.transports.address import parse_address
from thecal.programmer.contact import pair_pump
from thecal.programmer.notebook import BusyError
from thecal.programmer.session.session import Session as Programming
from thecal.programmer.session.visit import Visit
from thecal.programmer.transcription.file import (
    Transcription,
    TranscriptionError,
    read_transcription_text,
)
from thecal.programmer.transcription.port import ManualPort
from thecal.pump.language import plain

record_reading = readings.record_reading
PROGRAMS = {Role.PHYSICIAN, Role.NURSE}
_CLINIC_S_NAME = "clinic"
_waiting: dict[UUID, Told] = {}
"""What came of sessions of this process, until it is written down; nobody else can say it."""


# Which pump a patient has


@writes("pumps.enter", "Enter a patient's pump", PROGRAMS)
def enter(doing: Doing, order: Entering) -> Device:
    """Write down which pump a patient has, as the programmer knows it.

    Raises:
        ConflictError: another patient has it, or it is not the one that is in place.
    """
    _is_nobody_else_s(doing, order.serial)
    _is_in_place(doing, order)
    return doing.write(Device, **order.model_dump())


@writes("pumps.amend", "Correct a patient's pump", PROGRAMS)
def amend(doing: Doing, order: Moving) -> Device:
    """A pump that is reached elsewhere now, or was entered wrongly.

    Raises:
        ConflictError: it is not this patient's or not the one in place, or another patient's has
            the serial number.
    """
    _is_nobody_else_s(doing, order.serial)
    _is_in_place(doing, order)
    old = Device.objects.filter(pk=order.device, patient=doing.patient).first()
    if old is None:
        raise ConflictError("this patient has no such pump")
    return doing.correct(old, order.why, **order.model_dump(exclude={"device", "why"}))


def _is_nobody_else_s(doing: Doing, serial: str) -> None:
    others = Device.objects.current().filter(serial=serial).exclude(patient=doing.patient)
    if others.exists():
        raise ConflictError("another patient has the pump of this serial number")


def _is_in_place(doing: Doing, order: Entering | Moving) -> None:
    if why := another_pump(doing.patient, order.model, order.serial):
        raise ConflictError(why)


@writes("pumps.pair", "Pair with a pump", PROGRAMS)
def pair(doing: Doing, order: PairingWith) -> Pairing:
    """Pair this clinic's programmer with a patient's pump by its card.

    Raises:
        InvalidError: the card cannot be read, or is another pump's.
        ConflictError: the pump was not reached, or refused.
    """
    device = _reachable(doing, order.device)
    card = _card(order.card.get_secret_value(), device)
    book = contact.notebook(doing.clinic)
    try:
        page = pair_pump(book, parse_address(device.address), card, _CLINIC_S_NAME)
    except NO_CONTACT as error:
        raise ConflictError(f"not paired: {error}") from error
    return doing.write(Pairing, device=device, pump_key=page.entries.pump_key.hex())


def _card(text: str, device: Device) -> PairingCard:
    try:
        card = PairingCard.parse(text)
    except CardError as error:
        raise InvalidError({"card": str(error)}) from None
    if card.serial != device.serial:
        raise InvalidError({"card": "it is the card of another pump"})
    if card.role is not LinkRole.CLINICIAN:
        raise InvalidError({"card": f"it is a {card.role} card; the clinic needs the clinician's"})
    return card


def _reachable(doing: Doing, key: UUID) -> Device:
    device = in_place(doing.patient, key)
    if not device.address:
        raise ConflictError("this pump has no address: transcribe from its vendor's programmer")
    return device


# Sessions over the link


@writes("pumps.send", "Send the prescription to the pump", PROGRAMS, gates=(sendable(),))
def send(doing: Doing, order: Sending) -> Session:
    """Begin a session; the pump is spoken to once that is kept.

    Raises:
        ConflictError: the prescription or the pump is not the one that stands, or the program is
            not the one that was checked.
    """
    device, entry = _reachable(doing, order.device), found(doing, order.prescription)
    plan = plan_of(entry, timezone.localdate(doing.now))
    if plan.case.program is None or plan.case.program.digest != entry.digest:
        raise ConflictError("the checks make another program of it now: prescribe anew")
    second = second_of(entry, doing.who, needs_second(entry))
    session = doing.write(
        Session,
        device=device,
        way=Way.LINK.value,
        purpose=Purpose.SEND.value,
        prescription=entry,
        digest=entry.digest,
        second=second,
    )
    is_filled = refilled.fill_not_sent(doing.patient) is not None

    def objection(visit: Visit) -> str:
        """What only the pump at hand shows."""
        status = visit.before.status if visit.before else None
        return _objection(order.ten_fold_is_right, second is not None, visit) or refilled.objection(
            entry, plan, refilled.told_by(status), is_filled
        )

    return _then(
        doing,
        session,
        lambda page, port, on_state: contact.send(page, port, on_state, plan, objection),
    )


def _objection(ten_fold_is_right: bool, has_second: bool, visit: Visit) -> str:
    """A ten-fold change, or a finding of the pump at hand that asks for a second person."""
    if visit.ten_fold and not ten_fold_is_right:
        names = ", ".join(f"{row.group}: {row.field}" for row in visit.ten_fold)
        return f"a ten-fold change that nobody said is right: {names}"
    asking = second_person_rules(visit.findings)
    if asking and not has_second:
        return f"no second person has confirmed it, and these ask for one: {', '.join(asking)}"
    return ""


@writes("pumps.interrogate", "Interrogate the pump", PROGRAMS | {Role.PHARMACIST})
def interrogate(doing: Doing, order: Reading) -> Session:
    """Begin a session that only reads.

    Raises:
        ConflictError: this patient has no such pump, or it is not on the link.
    """
    device = _reachable(doing, order.device)
    session = doing.write(Session, device=device, way=Way.LINK.value, purpose=Purpose.READ.value)
    last = _last_status(device)
    seen = last.told["log_length"] if last else 0
    return _then(doing, session, partial(contact.read, entries_before=seen))


def _last_status(device: Device, before: datetime | None = None) -> Status | None:
    rows = Status.objects.filter(device__serial=device.serial)
    rows = rows if before is None else rows.filter(recorded_at__lt=before)
    return rows.order_by("-recorded_at").first()


@writes("pumps.reconcile", "Find out an unknown outcome", PROGRAMS)
def reconcile(doing: Doing, order: Reconciling) -> Session:
    """Begin a session that finds out what became of an earlier one.

    Raises:
        ConflictError: its outcome is known, or it is not this patient's.
    """
    unknown = Session.objects.filter(
        pk=order.session, patient=doing.patient, purpose=Purpose.SEND, way=Way.LINK
    ).first()
    if unknown is None or unknown.prescription is None:
        raise ConflictError("this patient has no such session over the link")
    if unknown.certainty != Came.UNKNOWN:
        raise ConflictError("its outcome is known")
    device = _reachable(doing, _standing_device(unknown).pk)
    plan = plan_of(unknown.prescription, timezone.localdate(unknown.happened_at))
    last = _last_status(device, unknown.recorded_at)
    session = doing.write(
        Session,
        device=device,
        way=Way.LINK.value,
        purpose=Purpose.RECONCILE.value,
        about=unknown,
    )
    revision = last.revision if last else None
    return _then(
        doing,
        session,
        lambda page, port, on_state: contact.find_out(page, port, on_state, plan, revision),
    )


def _standing_device(session: Session) -> Device:
    """The session's pump as it stands now: its address may have been corrected."""
    rows = Device.objects.current().filter(patient=session.patient, serial=session.device.serial)
    return rows.first() or session.device


def _then(doing: Doing, session: Session, speak: contact.Speaks) -> Session:
    """Once the session is kept, speak to the pump, and write down what came of it.

    Raises:
        ConflictError: another session with this pump is under way, so that this one never begins.
    """
    try:
        doing.held.enter_context(contact.alone(doing.clinic, session.device.serial))
    except BusyError as error:
        raise ConflictError(f"{error}: wait for what comes of it") from error
    except OSError as error:
        raise ConflictError(f"this clinic's programmer has no place: {error.strerror}") from error

    def go_on() -> None:
        try:
            with contact.reached(doing.clinic, session.device.address, session.device.serial) as (
                page,
                port,
            ):
                _waiting[session.pk] = speak(page, port, partial(progress.reached, session.pk))
        except NO_CONTACT as error:
            _waiting[session.pk] = Told(Came.NOT_DONE, f"no contact with the pump: {error}")
        _write_down(doing.who, session)

    transaction.on_commit(partial(progress.run, session.pk, go_on))
    return session


def _write_down(who: User, session: Session) -> None:
    try:
        settle(who, session.patient, Settling(session=session.pk))
    finally:
        _waiting.pop(session.pk, None)


@writes("pumps.settle", "Write down what came of a session", PROGRAMS | {Role.PHARMACIST})
def settle(doing: Doing, order: Settling) -> Outcome:
    """Write down what the session's own contact found; nobody can say it in its place.

    Raises:
        ConflictError: no contact of this process waits to be written down.
    """
    told = _waiting.get(order.session)
    session = Session.objects.filter(pk=order.session, patient=doing.patient).first()
    if told is None or session is None:
        raise ConflictError("no contact with a pump waits to be written down")
    if told.status is not None:
        _keep_status(doing, session, told)
    if told.earlier is not None and (unknown := _earlier(session, told)) is not None:
        doing.write(
            Outcome,
            session=unknown,
            outcome=told.earlier.value,
            because="found out on a later contact",
            by=session,
        )
        _follow(doing, unknown, told.earlier)
    came = doing.write(
        Outcome,
        session=session,
        outcome=told.outcome.value,
        because=told.because,
        told=told.report,
    )
    _follow(doing, session, told.outcome)
    return came


def _follow(doing: Doing, session: Session, came: Came) -> None:
    """What follows from a program that is known to be in the pump."""
    if came is Came.VERIFIED and session.purpose == Purpose.SEND:
        refilled.redate(doing, session)


def _keep_status(doing: Doing, session: Session, told: Told) -> Status:
    assert told.status is not None  # noqa: S101  (the caller asked)
    return doing.write(
        Status,
        device=session.device,
        session=session,
        revision=told.status.revision,
        digest=told.status.program_digest or "",
        running=str(told.status.running),
        stall_logged=told.stall_logged,
        remaining_pl=told.status.remaining_pl,
        delivered_pl=told.status.delivered_since_fill_pl,
        told=plain(told.status),
    )


def _earlier(session: Session, told: Told) -> Session | None:
    """Whose command it was: the one that was asked about, or the last begun before it was given."""
    if told.confirmed_utc_s is None:
        return session.about
    rows = Session.objects.filter(
        device__serial=session.device.serial, purpose=Purpose.SEND, way=Way.LINK
    ).exclude(pk=session.pk)
    begun = [one for one in rows if int(one.recorded_at.timestamp()) <= told.confirmed_utc_s]
    last = max(begun, key=lambda one: one.recorded_at, default=None)
    return last if last is not None and last.certainty == Came.UNKNOWN else None


# Beside a vendor's programmer


@writes(
    "pumps.transcribe",
    "Transcribe a session from the vendor's programmer",
    PROGRAMS,
    gates=(sendable(nobody_passes=False),),
)
def transcribe(doing: Doing, order: Transcribing) -> Session:
    """Hold what a person read off the vendor's programmer against the prescription.

    Raises:
        ConflictError: it is another pump's.
        InvalidError: a transcription cannot be read.
    """
    device, entry = device_of(doing, order), found(doing, order.prescription)
    before, after = _shown("before", order.before), _shown("after", order.after)
    for read in (before, after):
        if (read.pump.model, read.pump.serial) != (device.model, device.serial):
            raise ConflictError(f"the programmer showed pump {read.pump.serial}, not {device}")
    is_filled = refilled.fill_not_sent(doing.patient) is not None
    told = _compared(entry, before, after, timezone.localdate(doing.now), is_filled)
    session = doing.write(
        Session,
        device=device,
        way=Way.TRANSCRIBED.value,
        purpose=Purpose.SEND.value,
        prescription=entry,
        digest=entry.digest,
        second=second_of(entry, doing.who, needs_second(entry)),
    )
    doing.write(
        Outcome,
        session=session,
        outcome=told.outcome.value,
        because=told.because,
        told=told.report,
    )
    _follow(doing, session, told.outcome)
    return session


def _shown(name: str, text: str) -> Transcription:
    try:
        return read_transcription_text(text, name)
    except TranscriptionError as error:
        raise InvalidError({name: str(error)}) from None


def _compared(
    entry: Prescription, before: Transcription, after: Transcription, day: date, is_filled: bool
) -> Told:
    """What came of it; a pump that counts drug which nobody put in holds something else."""
    plan = plan_of(entry, day)
    visit = Visit(plan, Programming(ManualPort(before, after)), sends_ceiling=False, keyed_in=True)
    visit.begin()
    if visit.goes_on:
        visit.send()
    visit.end()
    told = contact.told_of(visit)
    wrong = refilled.objection(entry, plan, refilled.shown_by(before), is_filled)
    if told.outcome is Came.VERIFIED and wrong:
        told.outcome, told.because = Came.MISMATCH, wrong
    return told
