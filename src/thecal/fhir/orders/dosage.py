"""What the pump is to give, as ``Dosage``, and back.

- simple: one dosage with ``rateQuantity``.
- flex: a dosage for each step: ``timing.repeat`` has the weekdays of its schedule (absent: every
  day), ``timeOfDay`` its start, ``duration`` how long it runs; ``rateQuantity`` the rate. A step at
  00:00 begins the next schedule.
- minimum-rate and stopped: one dosage with a text, for neither is a dose.
- the patient's own doses: ``asNeededBoolean``, ``doseQuantity``, ``frequency`` 1 per ``period``
  (the lockout), ``duration`` of a dose, and ``maxDosePerPeriod`` in one day.

All of them hold at the same time, so all have ``sequence`` 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from thecal.fhir.amounts import amount, counted, read_amount, read_text
from thecal.fhir.elements import Json, present, route
from thecal.fhir.reading import Place
from thecal.pump import MINUTES_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_MINUTE
from thecal.therapy.file.prescription import (
    WEEKDAYS,
    Flex,
    MinimumRate,
    PatientDoseOrder,
    Prescription,
    ScheduleOrder,
    Simple,
    Stopped,
    clock,
)
from thecal.units import DOSE_RATE, DURATION, MASS

Table = dict[str, Any]
_ORDERED = {
    "coding": [
        {"system": "http://terminology.hl7.org/CodeSystem/dose-rate-type", "code": "ordered"}
    ]
}
_NO_DOSE = {
    MinimumRate: "Minimum rate: it keeps the rotor turning and is no therapy",
    Stopped: "Stopped: no delivery",
}
_UNITS = (("h", SECONDS_PER_HOUR), ("min", SECONDS_PER_MINUTE), ("s", 1))
_MIDNIGHT = "00:00:00"


def dosages(prescription: Prescription, prefer: str) -> list[Json]:
    """The dosage of a prescription, in order; rates in ``prefer`` (mg or ug) per day."""
    therapy, drug = prescription.therapy, prescription.primary.drug
    found = list(_base(therapy, drug, prefer))
    if prescription.patient_dose is not None:
        found.append(_patient_dose(prescription.patient_dose, drug, prefer))
    return found


def _base(therapy: Simple | Flex | MinimumRate | Stopped, drug: str, prefer: str) -> Iterator[Json]:
    if isinstance(therapy, Simple):
        yield _dosage(f"Continuous, as a dose of {drug}", rate(therapy.daily_dose_ug, prefer))
    elif isinstance(therapy, Flex):
        for schedule in therapy.schedule:
            yield from _schedule(schedule, drug, prefer)
    else:
        yield _dosage(_NO_DOSE[type(therapy)], None)


def rate(ug_per_day: Fraction, prefer: str) -> Json:
    """A dose per time as the doseAndRate of a dosage."""
    return {"type": _ORDERED, "rateQuantity": amount(ug_per_day, DOSE_RATE, prefer)}


def _dosage(text: str, dose: Json | None, **more: Any) -> Json:
    return present(
        sequence=1, text=text, route=route(), doseAndRate=[dose] if dose else None, **more
    )


def _schedule(schedule: ScheduleOrder, drug: str, prefer: str) -> Iterator[Json]:
    ends = [*(step.at_min for step in schedule.steps[1:]), MINUTES_PER_DAY]
    for step, end in zip(schedule.steps, ends, strict=True):
        repeat = present(
            duration=Decimal(end - step.at_min),
            durationUnit="min",
            dayOfWeek=list(schedule.days or ()),
            timeOfDay=[f"{clock(step.at_min)}:00"],
        )
        text = f"From {clock(step.at_min)}, as a dose of {drug}"
        yield _dosage(text, rate(step.rate_ug_per_day, prefer), timing={"repeat": repeat})


def _patient_dose(dose: PatientDoseOrder, drug: str, prefer: str) -> Json:
    lasts, lockout = _longest_unit(dose.duration_s), _longest_unit(dose.lockout_s)
    repeat = {
        "duration": Decimal(lasts[0]),
        "durationUnit": lasts[1],
        "frequency": 1,
        "period": Decimal(lockout[0]),
        "periodUnit": lockout[1],
    }
    return _dosage(
        f"The patient's own doses of {drug}: at most one in each period, from start to start",
        {"type": _ORDERED, "doseQuantity": amount(dose.dose_ug, MASS, prefer)},
        timing={"repeat": repeat},
        asNeededBoolean=True,
        maxDosePerPeriod={
            "numerator": amount(dose.dose_ug * dose.max_per_day, MASS, prefer),
            "denominator": counted(1, "d"),
        },
    )


def _longest_unit(seconds: int) -> tuple[int, str]:
    code, size = next((code, size) for code, size in _UNITS if seconds % size == 0)
    return seconds // size, code


class ReadDosage:
    """The therapy of a prescription as tables of the file, and where each came from.

    Attributes:
        therapy: as the file has it.
        paths: the place in the resource of each part, for messages.
    """

    def __init__(self, mode: str, places: list[Place]) -> None:
        self.therapy: Table = {"mode": mode}
        self.paths: dict[tuple[str | int, ...], str] = {}
        base = [one for one in places if not _is_patients(one)]
        own = [one for one in places if _is_patients(one)]
        for place in places:
            _refuse_modifiers(place)
        if mode == "flex":
            self._flex(base)
        else:
            self._single(mode, base, places)
        if len(own) > 1:
            own[1].fail("a second dosage as needed; expected one at most")
        if own:
            self.therapy["patient_dose"] = read_patient_dose(own[0])
            self.paths["therapy", "patient_dose"] = own[0].path

    def _single(self, mode: str, base: list[Place], places: list[Place]) -> None:
        if len(base) != 1:
            here = places[0] if places else None
            message = f"{len(base)} dosages of the base infusion; expected one in mode {mode}"
            (here.fail(message) if here else Place(None, "dosageInstruction").fail(message))
        if mode == "simple":
            if base[0].get("timing"):
                base[0].need("timing").fail("a timing; expected none in mode simple")
            self.therapy["daily_dose"] = _read_rate(base[0])
            self.paths["therapy",] = base[0].path
        elif base[0].items("doseAndRate"):
            base[0].fail(f"a dose or rate; expected none in mode {mode}")

    def _flex(self, base: list[Place]) -> None:
        schedules: list[Table] = []
        self.therapy["schedule"] = schedules
        spans: list[tuple[int, Place]] = []
        for place in base:
            repeat = place.need("timing").need("repeat")
            at = repeat.only("timeOfDay")
            days = [one.word(*WEEKDAYS) for one in repeat.items("dayOfWeek")]
            if at.text() == _MIDNIGHT:
                schedules.append({"steps": [], **({"days": days} if days else {})})
            if not schedules or schedules[-1].get("days", []) != days:
                repeat.fail("a step of a schedule that does not begin at 00:00 on these days")
            steps = schedules[-1]["steps"]
            self.paths["therapy", "schedule", len(schedules) - 1, "steps", len(steps)] = place.path
            steps.append({"at": _hour_and_minute(at), "rate": _read_rate(place)})
            spans.append((_minutes(at), repeat))
        _hold_durations(spans)


def _is_patients(place: Place) -> bool:
    return place.get("asNeededBoolean") is not None


def _refuse_modifiers(place: Place) -> None:
    """Elements that change what a dosage means are refused, not overlooked."""
    for name in ("modifierExtension", "asNeededCodeableConcept", "maxDosePerLifetime"):
        if place.get(name):
            place.need(name).fail("changes what the dosage means; expected none")
    if place.get("route") is None or place.need("route").value != route():
        place.fail("is not by the intrathecal route")


def _read_rate(place: Place) -> str:
    return read_text(place.only("doseAndRate").need("rateQuantity"), DOSE_RATE)


def _hour_and_minute(at: Place) -> str:
    text = at.text()
    if len(text) != len(_MIDNIGHT) or not text.endswith(":00"):
        at.fail(f"{at.shown} is not a whole minute of the day")
    return text.removesuffix(":00") if text != _MIDNIGHT else "00:00"


def _minutes(at: Place) -> int:
    hours, minutes = _hour_and_minute(at).split(":")
    return int(hours) * SECONDS_PER_MINUTE + int(minutes)


def _hold_durations(spans: list[tuple[int, Place]]) -> None:
    """A step lasts until the next of its day: a duration that says otherwise is refused."""
    for (start, repeat), (after, _) in pairwise([*spans, (0, spans[-1][1])] if spans else []):
        expected = (after or MINUTES_PER_DAY) - start
        duration = repeat.need("duration")
        repeat.need("durationUnit").word("min")
        if duration.number() != expected:
            duration.fail(f"{duration.shown} min; the next step begins after {expected} min")


def read_patient_dose(place: Place) -> Table:
    """The patient's own controller, as the table of a prescription file.

    Raises:
        FhirError: something is missing, or the most in a day is no whole number of doses.
    """
    if not place.need("asNeededBoolean").truth():
        place.need("asNeededBoolean").fail("is false; expected true")
    dose = place.only("doseAndRate").need("doseQuantity")
    repeat = place.need("timing").need("repeat")
    if repeat.need("frequency").whole() != 1:
        repeat.need("frequency").fail("expected 1 in each period")
    return {
        "dose": read_text(dose, MASS),
        "duration": _read_span(repeat, "duration"),
        "lockout": _read_span(repeat, "period"),
        "max_per_day": _read_count(place.need("maxDosePerPeriod"), read_amount(dose, MASS)),
    }


def _read_span(repeat: Place, name: str) -> str:
    unit = repeat.need(f"{name}Unit").word("h", "min", "s")
    number = repeat.need(name)
    quantity = Place(counted(number.number(), unit), number.path)
    return read_text(quantity, DURATION)


def _read_count(most: Place, dose: Fraction) -> int:
    period = most.need("denominator")
    if read_amount(period, DURATION) != SECONDS_PER_HOUR * 24:
        period.fail("expected one day")
    count = read_amount(most.need("numerator"), MASS) / dose if dose else Fraction(1, 2)
    if count.denominator != 1:
        most.need("numerator").fail("is no whole number of doses")
    return int(count)
