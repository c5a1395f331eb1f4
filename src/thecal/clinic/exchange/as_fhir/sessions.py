"""What came of sessions with a pump: what it told, and the programs that are known to run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from thecal.clinic.exchange.as_fhir.devices import Placed, of_serial
from thecal.clinic.exchange.as_fhir.standing import standing
from thecal.clinic.patients.models import Patient
from thecal.clinic.prescriptions.checking import check
from thecal.clinic.pumps.models import Came, Outcome, Purpose, Session, Status
from thecal.fhir import Json, reprogramming
from thecal.fhir.devices import program_observation, status_observations
from thecal.fhir.elements import instant
from thecal.pump.decoding import read
from thecal.pump.language import Program
from thecal.pump.language import Status as PumpStatus


def sessions_of(
    patient: Patient, whose: str, found: list[Placed], as_of: datetime
) -> Iterator[Json]:
    """Each reading of a pump, and each program that was read back as it was sent.

    Args:
        patient: the patient's row.
        whose: ``Patient/id``.
        found: the patient's devices.
        as_of: the moment.
    """
    for row in standing(Status, patient, as_of).rows:
        if (device := of_serial(found, row.device.serial)) is not None:
            status = read(row.told)
            assert isinstance(status, PumpStatus)  # noqa: S101  (its column says so)
            yield from status_observations(
                status, f"{row.pk}-status", patient=whose, device=device.target
            )
    yield from _reprogrammings(patient, whose, found, as_of)


def _reprogrammings(
    patient: Patient, whose: str, found: list[Placed], as_of: datetime
) -> Iterator[Json]:
    verified = list(_verified(patient, as_of))
    for number, (session, at, program) in enumerate(verified):
        device = of_serial(found, session.device.serial)
        if device is None:
            continue
        procedure, infusion = reprogramming(
            program,
            f"{session.pk}-program",
            at=at,
            patient=whose,
            device=device.target,
            medication=f"Medication/{session.prescription_id}-mixture",
            request=f"MedicationRequest/{session.prescription_id}",
        )
        yield procedure
        yield _until(infusion, device.until, *(later for _, later, _ in verified[number + 1 :]))
        yield program_observation(
            program, f"{session.pk}-held", patient=whose, device=device.target, at=at
        )


def _until(infusion: Json, *ends: datetime | None) -> Json:
    """An infusion that another program, or the loss of the pump, has ended."""
    known = [one for one in ends if one is not None]
    if not known:
        return infusion
    period = {**infusion["effectivePeriod"], "end": instant(min(known))}
    return {**infusion, "status": "completed", "effectivePeriod": period}


def _verified(patient: Patient, as_of: datetime) -> Iterator[tuple[Session, datetime, Program]]:
    """Sessions whose program the pump is known to hold, the moment when that was known."""
    outcomes = standing(Outcome, patient, as_of).rows
    for session in standing(Session, patient, as_of).rows:
        came = [one for one in outcomes if one.session_id == session.pk]
        last = max(came, key=lambda one: one.recorded_at, default=None)
        program = _program_of(session)
        if last is not None and last.outcome == Came.VERIFIED and program is not None:
            yield session, last.happened_at, program


def _program_of(session: Session) -> Program | None:
    """What was sent; None for a reading, and where this version makes another program of it."""
    if session.purpose != Purpose.SEND or session.prescription is None:
        return None
    program = check(session.prescription.text, session.prescription.visit_on).case.program
    return program if program is not None and program.digest == session.digest else None
