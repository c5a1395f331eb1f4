"""What can be done in a trial: start it, give its drug, observe, end it, decide."""

from __future__ import annotations

from typing import Any

from thecal import care
from thecal.care.facts import Method, TrialStarted, TrialStopped
from thecal.clinic.pathway.gates import CareGate
from thecal.clinic.pathway.recording import records
from thecal.clinic.people.roles import Role
from thecal.clinic.trials import models, orders

_TREATS = {Role.PHYSICIAN, Role.NURSE}


def _is_screening(history: care.History, order: Any) -> bool:
    """Whether a dose is one of the label's steps: baclofen by injections, for spasticity."""
    start = history.last(TrialStarted)
    spasm = history.patient.indication is care.Indication.SPASTICITY
    bolus = start is not None and start.method is Method.BOLUS
    return order.drug == "baclofen" and spasm and bolus


def _is_no_screening(history: care.History, order: Any) -> bool:
    return not _is_screening(history, order)


def _was_not_stopped(history: care.History, order: Any) -> bool:  # noqa: ARG001
    """A trial that was stopped early is over: its catheter comes out without more observation."""
    start, stop = history.last(TrialStarted), history.last(TrialStopped)
    return start is None or stop is None or stop.at < start.at


_RUNNING = CareGate("screening.bolus", only={"trial.running"})

start = records(
    "trials.start",
    "Start the trial",
    models.TrialStart,
    orders.TrialStartOrder,
    {Role.PHYSICIAN},
    gates=[CareGate("trial.start")],
)
bolus = records(
    "trials.record-bolus",
    "Record a single dose",
    models.Bolus,
    orders.BolusOrder,
    _TREATS,
    gates=[
        CareGate("screening.bolus", applies=_is_screening),
        CareGate("screening.bolus", only={"trial.running"}, applies=_is_no_screening),
    ],
)
infusion = records(
    "trials.record-infusion",
    "Record the external pump's infusion",
    models.Infusion,
    orders.InfusionOrder,
    _TREATS,
    gates=[_RUNNING],
)
observe = records(
    "trials.record-observation",
    "Add a row to the flow sheet",
    models.FlowRow,
    orders.FlowRowOrder,
    _TREATS,
)
function = records(
    "trials.record-function",
    "Record function in the trial",
    models.Function,
    orders.FunctionOrder,
    _TREATS,
)
stop = records(
    "trials.stop", "Stop the trial early", models.TrialStop, orders.TrialStopOrder, _TREATS,
    gates=[_RUNNING],
)  # fmt: skip
end = records(
    "trials.end",
    "End the trial: the catheter is out",
    models.TrialEnd,
    orders.TrialEndOrder,
    {Role.PHYSICIAN},
    gates=[CareGate("trial.end", applies=_was_not_stopped)],
)
decide = records(
    "trials.decide",
    "Record the decision after the trial",
    models.Decision,
    orders.DecisionOrder,
    {Role.PHYSICIAN},
)
