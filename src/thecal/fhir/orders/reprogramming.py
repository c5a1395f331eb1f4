"""A pump that was given a new program: the ``Procedure``, and what runs from then on."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from thecal.fhir.amounts import amount
from thecal.fhir.elements import Json, concept, instant, own_concept, reference, resource, route
from thecal.pump import DAYS_PER_WEEK, MINUTES_PER_DAY, PL_PER_ML, Program
from thecal.units import FLOW


def reprogramming(
    program: Program,
    identity: str,
    *,
    at: datetime,
    patient: str,
    device: str,
    medication: str,
    request: str,
) -> tuple[Json, Json]:
    """A program that was sent, and verified to be what the pump holds.

    Args:
        program: what the pump holds.
        identity: the procedure's id; that of the administration begins with it.
        at: when it was verified.
        patient: ``Patient/id``.
        device: ``Device/id``.
        medication: ``Medication/id`` of the solution in the reservoir.
        request: ``MedicationRequest/id`` of the prescription.
    """
    procedure = resource(
        "Procedure",
        identity,
        status="completed",
        code=own_concept("setting", "program", "Intrathecal pump reprogrammed"),
        subject=reference(patient),
        performedDateTime=instant(at),
        usedReference=[reference(device)],
        note=[{"text": f"program {program.digest}"}],
    )
    return procedure, _runs(program, identity, at, patient, device, medication, request)


def _runs(
    program: Program,
    identity: str,
    at: datetime,
    patient: str,
    device: str,
    medication: str,
    request: str,
) -> Json:
    """What runs: the mean rate over the week, where the program has schedules."""
    mean = mean_pl_per_day(program)
    flow = None if mean is None else {"rateQuantity": amount(mean / PL_PER_ML, FLOW)}
    return resource(
        "MedicationAdministration",
        f"{identity}-infusion",
        partOf=[reference(f"Procedure/{identity}")],
        status="in-progress" if program.schedules else "on-hold",
        medicationReference=reference(medication),
        subject=reference(patient),
        effectivePeriod={"start": instant(at)},
        request=reference(request),
        device=[reference(device)],
        dosage={
            "text": f"By the pump's program, mode {program.mode}; the rate is the week's mean",
            "site": concept("intrathecal space"),
            "route": route(),
            **(flow or {}),
        },
    )


def mean_pl_per_day(program: Program) -> Fraction | None:
    """The week's mean rate of the base mode, to a whole picolitre; None without schedules."""
    if not program.week:
        return None
    volumes = [program.schedules[index].volume_pl_minutes() for index in program.week]
    return Fraction(round(Fraction(sum(volumes), MINUTES_PER_DAY * DAYS_PER_WEEK)))
