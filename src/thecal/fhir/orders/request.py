"""A prescription as ``MedicationRequest`` with its medications and devices, and back.

What was given before is a request of its own, which the new one names as its prior prescription.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from pydantic import ValidationError

from thecal.fhir.amounts import amount, read_text
from thecal.fhir.bundles import Resources, target
from thecal.fhir.devices.device import read_device
from thecal.fhir.elements import (
    Json,
    concept,
    extension,
    group,
    own_concept,
    part,
    present,
    reference,
    resource,
    route,
)
from thecal.fhir.errors import FhirError
from thecal.fhir.orders.dosage import ReadDosage, dosages, rate
from thecal.fhir.orders.mixture import medication, read_mixture, shown_in
from thecal.fhir.reading import Place
from thecal.therapy.file.prescription import Before, Patient, Prescription, Signature
from thecal.units import AGE, DOSE_RATE, INTERVAL, LENGTH, VOLUME

_FLAGS = ("opioid-tolerant", "psychosis-history")


def order(
    prescription: Prescription,
    identity: str,
    *,
    patient: str,
    pump: str,
    catheter: str,
    accepted: bool,
    written: date | None = None,
    supply_days: Fraction | None = None,
) -> tuple[Json, ...]:
    """A prescription: the request, its mixture, and what ran before.

    Args:
        prescription: what is ordered.
        identity: the request's id; those of the other resources begin with it.
        patient: ``Patient/id``.
        pump: ``Device/id`` of a Device with the prescription's model.
        catheter: likewise.
        accepted: whether the checks let it go; one that they refuse is a draft of a proposal.
        written: when.
        supply_days: how long the fill lasts, in whole days; None if unknown.
    """
    fill, mixture = prescription.fill, f"{identity}-mixture"
    prefer = shown_in(prescription.primary.drug)
    before = _before(prescription.before, identity, patient) if prescription.before else ()
    request = resource(
        "MedicationRequest",
        identity,
        extension=list(_extensions(prescription)),
        status="active" if accepted else "draft",
        intent="order" if accepted else "proposal",
        medicationReference=reference(f"Medication/{mixture}"),
        subject=reference(patient),
        supportingInformation=[reference(pump), reference(catheter)],
        authoredOn=written.isoformat() if written else None,
        reasonCode=[concept(prescription.patient.indication)],
        dosageInstruction=dosages(prescription, prefer),
        dispenseRequest=present(
            quantity=amount(fill.volume_ml, VOLUME),
            expectedSupplyDuration=None if supply_days is None else amount(supply_days, INTERVAL),
        ),
        priorPrescription=reference(target(before[0])) if before else None,
    )
    return (request, medication(mixture, _parts(fill.drugs)), *before)


def _parts(drugs: Any) -> list[tuple[str, Fraction | None]]:
    return [(one.drug, one.concentration_ug_per_ml) for one in drugs]


def _before(before: Before, identity: str, patient: str) -> tuple[Json, Json]:
    """What ran until now, ended by the new order."""
    mixture = f"{identity}-before-mixture"
    prefer = shown_in(before.drugs[0].drug)
    request = resource(
        "MedicationRequest",
        f"{identity}-before",
        status="completed",
        intent="order",
        medicationReference=reference(f"Medication/{mixture}"),
        subject=reference(patient),
        dosageInstruction=[
            {
                "sequence": 1,
                "text": f"Until now, as a dose of {before.drugs[0].drug}",
                "route": route(),
                "doseAndRate": [rate(before.daily_dose_ug, prefer)],
            }
        ],
    )
    return request, medication(mixture, _parts(before.drugs))


def _extensions(prescription: Prescription) -> Iterator[Json]:
    yield extension("therapy-mode", valueCode=prescription.therapy.mode)
    yield from group("patient-facts", _patient_facts(prescription.patient))
    yield from group("fluid-path", _fluid_path(prescription))
    if prescription.fill.alarm_volume_ml is not None:
        volume = amount(prescription.fill.alarm_volume_ml, VOLUME)
        yield extension("alarm-volume", valueQuantity=volume)
    for one in prescription.signed:
        yield from group("signature", _signature(one))


def _patient_facts(patient: Patient) -> Iterator[Json]:
    yield from part("indication", valueCode=str(patient.indication))
    if patient.spasticity_origin:
        yield from part("spasticity-origin", valueCode=str(patient.spasticity_origin))
    for name in _FLAGS:
        yield from part(name, valueBoolean=getattr(patient, name.replace("-", "_")))
    if patient.age_years is not None:
        yield from part("age", valueQuantity=amount(patient.age_years, AGE))


def _fluid_path(prescription: Prescription) -> Iterator[Json]:
    tubing, catheter = prescription.pump.internal_tubing_ml, prescription.catheter
    if tubing is not None:
        yield from part("internal-tubing", valueQuantity=amount(tubing, VOLUME))
    if catheter.length_cm is not None:
        yield from part("catheter-length", valueQuantity=amount(catheter.length_cm, LENGTH))
    yield from part("tip", valueCodeableConcept=own_concept("vertebra", catheter.tip))


def _signature(one: Signature) -> list[Json]:
    return [
        *part("rule", valueString=one.rule),
        *part("by", valueString=one.by),
        *part("reason", valueString=one.reason),
    ]


def read_order(request: Place, resources: Resources) -> Prescription:
    """The prescription of a MedicationRequest, with all that it refers to.

    Raises:
        FhirError: entered in error, a part is missing, of another kind or of no sense; foreign
            requests lack the mode of therapy, which nobody may guess.
    """
    _refuse_other_orders(request)
    solution = resources.follow(request.need("medicationReference"), "Medication")
    table: dict[str, Any] = {"schema": 1, "patient": _read_patient(request)}
    table["fill"] = {
        "volume": read_text(request.need("dispenseRequest").need("quantity"), VOLUME),
        "drugs": read_mixture(solution),
    }
    paths: dict[tuple[str | int, ...], str] = {
        ("fill", "drugs"): solution.path,
        ("patient",): f"{request.path}.extension",
    }
    _read_hardware(request, resources, table)
    if alarm := request.extension("alarm-volume"):
        table["fill"]["alarm_volume"] = read_text(alarm.need("valueQuantity"), VOLUME)
    if prior := request.get("priorPrescription"):
        table["before"] = _read_before(resources.follow(prior, "MedicationRequest"), resources)
        paths["before",] = prior.path
    dosage = ReadDosage(_mode(request), request.items("dosageInstruction"))
    table["therapy"] = dosage.therapy
    table["signed"] = [_read_signature(one) for one in request.extensions("signature")]
    return _validated(table, request, {**paths, **dosage.paths})


def _refuse_other_orders(request: Place) -> None:
    request.need("status").word("active", "draft", "completed", "on-hold", "cancelled", "stopped")
    for name in ("doNotPerform", "modifierExtension"):
        if request.value.get(name):
            request.need(name).fail("changes what the request means; expected none")


def _mode(request: Place) -> str:
    told = request.extension("therapy-mode")
    if told is None:
        request.fail("has no therapy-mode extension; expected a request that Thecal wrote")
    return told.need("valueCode").word("simple", "flex", "minimum-rate", "stopped")


def _read_patient(request: Place) -> dict[str, Any]:
    facts = request.extension("patient-facts")
    if facts is None:
        request.fail("has no patient-facts extension; expected a request that Thecal wrote")
    table: dict[str, Any] = {"indication": facts.part_text("indication", "valueCode")}
    if origin := facts.part_text("spasticity-origin", "valueCode"):
        table["spasticity_origin"] = origin
    for name in _FLAGS:
        if flag := facts.part(name):
            table[name.replace("-", "_")] = flag.need("valueBoolean").truth()
    if age := facts.part("age"):
        read_text(age.need("valueQuantity"), AGE)
        value = age.need("valueQuantity").need("value").number()
        table["age_years"] = int(value) if value == int(value) else float(value)
    return table


def _read_hardware(request: Place, resources: Resources, table: dict[str, Any]) -> None:
    path = request.extension("fluid-path")
    if path is None:
        request.fail("has no fluid-path extension; expected a request that Thecal wrote")
    for place in request.items("supportingInformation"):
        one = read_device(resources.follow(place, "Device"))
        if one.kind in table:
            place.fail(f"a second {one.kind}")
        table[one.kind] = {"model": one.model}
    for kind in ("pump", "catheter"):
        if kind not in table:
            request.fail(f"names no {kind} in supportingInformation")
    if tubing := path.part("internal-tubing"):
        table["pump"]["internal_tubing"] = read_text(tubing.need("valueQuantity"), VOLUME)
    if length := path.part("catheter-length"):
        table["catheter"]["length"] = read_text(length.need("valueQuantity"), LENGTH)
    if tip := path.part("tip"):
        table["catheter"]["tip"] = tip.need("valueCodeableConcept").need_own_code("vertebra")


def _read_before(prior: Place, resources: Resources) -> dict[str, Any]:
    dosage = prior.only("dosageInstruction").only("doseAndRate")
    solution = resources.follow(prior.need("medicationReference"), "Medication")
    return {
        "daily_dose": read_text(dosage.need("rateQuantity"), DOSE_RATE),
        "drugs": read_mixture(solution),
    }


def _read_signature(place: Place) -> dict[str, str]:
    return {
        "rule": place.part_text("rule"),
        "by": place.part_text("by"),
        "reason": place.part_text("reason"),
    }


def _validated(
    table: dict[str, Any], request: Place, paths: dict[tuple[str | int, ...], str]
) -> Prescription:
    try:
        return Prescription.model_validate(table)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        inner = (first.get("ctx") or {}).get("path", ())
        loc = tuple(
            step
            for step in (*first["loc"], *inner)
            if step not in {"simple", "flex", "stopped", "minimum-rate"}
        )
        path = next(
            (paths[loc[:n]] for n in range(len(loc), 0, -1) if loc[:n] in paths), request.path
        )
        raise FhirError(path, f"{'.'.join(map(str, loc))}: {first['msg']}") from None
