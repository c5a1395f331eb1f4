"""Requirements of the trial: scheduled, running, observed, successful, its catheter out."""

from __future__ import annotations

from datetime import timedelta

from thecal.care.clock import shown
from thecal.care.facts import (
    AntibioticGiven,
    BolusGiven,
    History,
    Indication,
    Method,
    Procedure,
)
from thecal.care.gates.judging import Reply, View, requirement
from thecal.care.gates.moment import SCHEDULE_FACTS, last_operation, scheduled
from thecal.care.result import Source
from thecal.care.trial import (
    SUCCESS_FACTS,
    TRIAL_FACTS,
    Required,
    judge_trial,
    last_trial,
    next_screening_dose,
    required_in_trial,
    screening_interval,
)
from thecal.care.trial.required import BACLOFEN


@requirement("trial.scheduled", *SCHEDULE_FACTS)
def trial_scheduled(view: View) -> Reply:
    """In the calendar since the last trial, and not cancelled."""
    return planned(view, Procedure.TRIAL)


def planned(view: View, procedure: Procedure) -> Reply:
    """Whether a procedure is in the calendar."""
    one = scheduled(view.facts, procedure)
    if one is None:
        return Reply.of(False, "it is not in the calendar")
    return Reply.of(True, f"planned for {shown(one.planned, view.zone)}")


@requirement("trial.antibiotic", AntibioticGiven, *SCHEDULE_FACTS)
def trial_antibiotic(view: View) -> Reply:
    """A trial by single injections has no incision, and needs none."""
    one = scheduled(view.facts, Procedure.TRIAL)
    if one is not None and one.method is Method.BOLUS:
        return Reply.of(True, "single injections: no incision")
    return antibiotic(view)


def antibiotic(view: View) -> Reply:
    """The last antibiotic since the last operation, and how long before now it was given."""
    figure = view.figure("antibiotic-before")
    since = last_operation(view.facts)
    given = [one.at for one in view.facts.all(AntibioticGiven) if since is None or one.at > since]
    if not given:
        return Reply.of(False, "no antibiotic is recorded", figure)
    if view.now - given[-1] > figure.delta:
        reason = f"given at {shown(given[-1], view.zone)}, more than {figure} ago"
        return Reply.of(False, reason, figure)
    return Reply.of(True, f"given at {shown(given[-1], view.zone)}", figure)


@requirement("trial.started", *TRIAL_FACTS)
def trial_started(view: View) -> Reply:
    """Any trial of this course."""
    trial = last_trial(view.facts)
    return Reply.of(trial is not None, "a trial has started" if trial else "no trial has started")


@requirement("trial.running", *TRIAL_FACTS)
def trial_running(view: View) -> Reply:
    """Started, and neither stopped nor its catheter out."""
    trial = last_trial(view.facts)
    if trial is None:
        return Reply.of(False, "no trial has started")
    running = trial.ended is None
    return Reply.of(running, "the trial runs" if running else "the trial has ended")


@requirement("trial.observed", *TRIAL_FACTS)
def trial_observed(view: View) -> Reply:
    """The strictest of the leaflet's and the labels' observations, with the trial in place."""
    trial = last_trial(view.facts)
    if trial is None:
        return Reply.of(False, "there was no trial")
    required = required_in_trial(trial, view.settings)
    until = trial.ended or view.now
    return judged(required, until >= max(one.ends for one in required), view)


def judged(required: tuple[Required, ...], satisfied: bool, view: View) -> Reply:
    """Yes or not yet, with every end that was asked for and the strictest of them."""
    last = max(required, key=lambda one: one.ends)
    said = f"{last.figure} after {last.what}, until {shown(last.ends, view.zone)}"
    others = [f"{one.figure} after {one.what}" for one in required if one is not last]
    if others:
        said += f"; the stricter applies, beside {', '.join(others)}"
    word = "observed" if satisfied else "not observed to the end"
    return Reply.of(satisfied, f"{word}: {said}", *(one.figure for one in required))


@requirement("trial.success", *SUCCESS_FACTS)
def trial_success(view: View) -> Reply:
    """By the amount and the time in force."""
    judged_ = judge_trial(view.facts, view.settings)
    return Reply(judged_.answer, judged_.reason, tuple(one.as_source() for one in judged_.figures))


@requirement("trial.catheter-out", *TRIAL_FACTS)
def trial_catheter_out(view: View) -> Reply:
    """Nothing is in the way if there was no trial catheter."""
    trial = last_trial(view.facts)
    if trial is None or trial.started.method is Method.BOLUS:
        return Reply.of(True, "no trial catheter was placed")
    out = trial.catheter_out is not None
    return Reply.of(out, "the trial catheter is out" if out else "the trial catheter is in")


@requirement("screening.is-baclofen", *TRIAL_FACTS)
def screening_is_baclofen(view: View) -> Reply:
    """The label's steps are of baclofen, for spasticity, as single doses."""
    trial = last_trial(view.facts)
    bolus = trial is not None and trial.started.method is Method.BOLUS
    spasm = view.patient.indication is Indication.SPASTICITY
    return Reply.of(bolus and spasm, "single doses for spasticity" if bolus and spasm else "not so")


def screening_boluses(facts: History) -> tuple[BolusGiven, ...]:
    """The screening doses of the last trial."""
    trial = last_trial(facts)
    doses = trial.facts.all(BolusGiven) if trial else ()
    return tuple(one for one in doses if one.drug == BACLOFEN)


def _interval_source() -> tuple[timedelta, Source]:
    least, limit = screening_interval()
    return least, Source("practice.screening", limit.source, limit.provenance, limit.low or "")


@requirement("screening.interval", *TRIAL_FACTS)
def screening_interval_kept(view: View) -> Reply:
    """The label's least time since the last dose; a first dose waits for nothing."""
    least, source = _interval_source()
    given = screening_boluses(view.facts)
    if not given:
        return Reply.of(True, "no screening dose was given yet")
    free = given[-1].at + least
    reply = Reply.of(view.now >= free, f"not before {shown(free, view.zone)}")
    return Reply(reply.answer, reply.reason, (source,))


@requirement("screening.not-exhausted", *TRIAL_FACTS)
def screening_not_exhausted(view: View) -> Reply:
    """The steps are the label's."""
    trial = last_trial(view.facts)
    following = next_screening_dose(trial.facts, view.settings) if trial else None
    figure = view.figure("screening-step")
    if following is None:
        return Reply.of(False, "the largest screening dose was given, or no trial runs", figure)
    return Reply.of(True, f"the next step is {float(following):g} µg", figure)
