"""The trial day: before it, the flow sheet through it, its end, and the decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from thecal import care
from thecal.care.instruments import instruments
from thecal.clinic.appointments.models import Appointment
from thecal.clinic.followup.models import Measurement
from thecal.clinic.pathway.words import Procedure
from thecal.clinic.trials.models import (
    Bolus,
    Decision,
    FlowRow,
    Function,
    Infusion,
    TrialEnd,
    TrialStart,
    TrialStop,
)
from thecal.clinic.visits.engine import Calls, Flow
from thecal.clinic.visits.flows import preparing
from thecal.clinic.visits.flows.occasions import course_began, may, not_now, now, trial
from thecal.clinic.visits.scene import Scene
from thecal.clinic.visits.steps import Done, Step, by_entries


def _started(scene: Scene) -> datetime | None:
    return trial(scene).carried_out


def _scheduled(scene: Scene) -> Done:
    when = trial(scene)
    rows = scene.rows(Appointment, when.since, when.carried_out, procedure=Procedure.TRIAL)
    stands = scene.stands("trial.scheduled", before=when.carried_out)
    return Done(bool(rows) and stands, tuple(rows))


def _before_the_drug(scene: Scene) -> Done:
    """A score of what is treated: without one nobody can say whether the trial succeeded."""
    began = course_began(scene)
    if began is None or scene.facts is None:
        return Done(False)
    treats_pain = scene.facts.patient.indication is care.Indication.PAIN
    rows = [
        one
        for one in scene.rows(Measurement, began, trial(scene).carried_out)
        if instruments()[one.instrument].measures == ("pain" if treats_pain else "spasm")
    ]
    return Done(bool(rows), tuple(rows))


def _observed(scene: Scene) -> Done:
    """To the end of the strictest rule, or until the drug was stopped early."""
    start = _started(scene)
    if start is None:
        return Done(False)
    rows, stops = scene.rows(FlowRow, start), scene.rows(TrialStop, start)
    if stops:
        return Done(True, (*stops, *rows), _("The drug was stopped early."))
    return Done(bool(rows) and scene.stands("trial.observed"), tuple(rows))


def _method(scene: Scene) -> Mapping[str, Any]:
    planned = scene.last(Appointment, trial(scene).since, procedure=Procedure.TRIAL)
    return {"method": planned.method} if planned else {}


STEPS = (
    Step(
        "schedule",
        _("The trial is in the calendar"),
        _("Nothing is scheduled before a neuropsychologist has cleared the patient."),
        ("appointments.schedule-trial",),
        _scheduled,
        gate="trial.schedule",
    ),
    preparing.consent(Procedure.TRIAL, trial),
    preparing.blood(trial),
    Step(
        "before",
        _("Measure pain or spasm before the drug"),
        _(
            "By the instrument that will be used in the trial. Success is told by how much it"
            " falls: without a score from before nobody can tell."
        ),
        ("followup.record-score",),
        _before_the_drug,
    ),
    preparing.antibiotic(Procedure.TRIAL, trial),
    Step(
        "start",
        _("Start: the catheter is in"),
        _(
            "Where the catheter enters and where its tip lies. From this instant the leaflet's time"
            " of observation counts."
        ),
        ("trials.start",),
        by_entries(TrialStart, since=_started),
        gate="trial.start",
        begins=_method,
    ),
    Step(
        "drug",
        _("Give the drug"),
        _(
            "By the external pump, as it is set there, or as a single dose. From the first dose of"
            " each drug its label's own time counts; the later end decides."
        ),
        ("trials.record-infusion", "trials.record-bolus"),
        by_entries(Infusion, Bolus, since=_started),
        gate="screening.bolus",
        only=frozenset({"trial.running"}),
        panel="sheet",
    ),
    Step(
        "observe",
        _("Observe until the time is over"),
        _(
            "A row of the flow sheet each time that one is due: sedation (POSS), breaths, SpO2,"
            " heart rate, pain or spasm. Give single doses and write down function here as well."
            " You can leave this page at any time; the sheet is the same on every computer."
        ),
        (
            "trials.record-observation",
            "trials.record-bolus",
            "trials.record-infusion",
            "trials.record-function",
            "trials.stop",
        ),
        _observed,
        panel="sheet",
    ),
    Step(
        "function",
        _("Function while the drug worked"),
        _("Was what the patient can do kept, or better? Less pain at the cost of function fails."),
        ("trials.record-function",),
        by_entries(Function, since=_started),
        panel="verdict",
    ),
    Step(
        "end",
        _("End the trial: the catheter is out"),
        _("Look at the tip: is the catheter whole? A trial by injections ends with this too."),
        ("trials.end",),
        by_entries(TrialEnd, since=_started),
        gate="trial.end",
        panel="verdict",
    ),
    Step(
        "decide",
        _("Decide with the patient"),
        _("Whether a permanent pump is wanted, and why. A trial that failed closes that way."),
        ("trials.decide",),
        by_entries(Decision, since=_started),
        panel="verdict",
    ),
)


def _calls(scene: Scene) -> Calls:
    if scene.stage == "in-trial":
        return now(_("A trial runs."))
    if scene.stage == "trial-scheduled":
        return now(_("A trial is in the calendar."))
    if _started(scene) and not scene.last(Decision, _started(scene)):
        return now(_("The trial is not decided."))
    if scene.stage in {"ready-for-trial", "decision", "not-a-candidate", "implant-scheduled"}:
        return may(_("A trial, or another one, can be prepared."))
    return not_now(_("No trial is planned."))


FLOW = Flow(
    "trial",
    _("Trial day"),
    _("Prepare, start, observe by the flow sheet, end and decide."),
    lambda scene: STEPS,  # noqa: ARG005
    _calls,
)
