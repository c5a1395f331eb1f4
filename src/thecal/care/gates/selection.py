"""Requirements of selection: care begun, psychology, the indications, consent, thin blood."""

from __future__ import annotations

from datetime import datetime, timedelta

from thecal.care.facts import (
    AgentClass,
    Answer,
    AnticoagulantsReviewed,
    AnticoagulantStopped,
    AnticoagulantTaken,
    Assessment,
    CandidacyAnswered,
    Criterion,
    Ended,
    History,
    InrMeasured,
    Procedure,
    PsychologicalAssessment,
    Referred,
    Risk,
    TakenOver,
)
from thecal.care.gates.judging import Reply, View, requirement
from thecal.care.gates.moment import CONSENT_FACTS, OPERATIONS, consent, last_operation
from thecal.care.settings import CareFigure

BLOOD_FACTS = (
    AnticoagulantsReviewed,
    AnticoagulantTaken,
    AnticoagulantStopped,
    InrMeasured,
    *OPERATIONS,
)


@requirement("course.open", Referred, TakenOver, Ended)
def course_open(view: View) -> Reply:
    """A referral or a take-over, and no end of care after it."""
    begun = [one.at for one in view.facts.events if isinstance(one, Referred | TakenOver)]
    ended = view.facts.last(Ended)
    if not begun:
        return Reply.of(False, "no referral is recorded in this course of care")
    if ended is not None and ended.at >= begun[-1]:
        return Reply.of(False, f"care has ended: {ended.reason}")
    return Reply.of(True, "care is under way")


def _assessment(view: View) -> PsychologicalAssessment | None:
    made = [one for one in view.facts.all(PsychologicalAssessment) if one.by_neuropsychologist]
    return made[-1] if made else None


@requirement("psychology.evaluated", PsychologicalAssessment)
def psychology_evaluated(view: View) -> Reply:
    """An assessment by anybody else does not count."""
    if _assessment(view) is not None:
        return Reply.of(True, "a neuropsychologist has assessed the patient")
    if view.facts.events:
        return Reply.of(False, "the assessment recorded is not by a neuropsychologist")
    return Reply.of(False, "no psychological assessment is recorded")


@requirement("psychology.cleared", PsychologicalAssessment)
def psychology_cleared(view: View) -> Reply:
    """The latest assessment by a neuropsychologist decides."""
    made = _assessment(view)
    if made is None:
        return Reply.of(False, "no assessment by a neuropsychologist is recorded")
    if made.outcome is Assessment.UNDECIDED:
        return Reply.of(None, "the neuropsychologist has not decided")
    cleared = made.outcome is Assessment.CLEARED
    return Reply.of(cleared, "cleared" if cleared else "the neuropsychologist did not clear")


def _criterion(view: View, criterion: Criterion) -> Reply:
    answers = [one for one in view.facts.all(CandidacyAnswered) if one.criterion is criterion]
    if not answers:
        return Reply.of(None, "nobody has answered it")
    said = answers[-1].answer
    return Reply(said, f"answered {said}")


@requirement("candidacy.conservative-therapy", CandidacyAnswered)
def conservative_therapy(view: View) -> Reply:
    """The latest answer."""
    return _criterion(view, Criterion.CONSERVATIVE_THERAPY_FAILED)


@requirement("candidacy.no-further-surgery", CandidacyAnswered)
def no_further_surgery(view: View) -> Reply:
    """The latest answer."""
    return _criterion(view, Criterion.NO_FURTHER_SURGERY)


@requirement("candidacy.no-habituation", CandidacyAnswered)
def no_habituation(view: View) -> Reply:
    """The latest answer."""
    return _criterion(view, Criterion.NO_UNTREATED_HABITUATION)


@requirement("candidacy.no-contraindication", CandidacyAnswered)
def no_contraindication(view: View) -> Reply:
    """The latest answer."""
    return _criterion(view, Criterion.NO_CONTRAINDICATION)


def _consented(view: View, procedure: Procedure) -> Reply:
    given = consent(view.facts, procedure)
    return Reply.of(given is not None, "consented" if given else "no consent stands")


def _risks(view: View, procedure: Procedure) -> Reply:
    given = consent(view.facts, procedure)
    if given is None:
        return Reply.of(False, "no consent stands")
    missing = [str(risk) for risk in Risk if risk not in given.risks]
    if missing:
        return Reply.of(False, f"not discussed: {', '.join(missing)}")
    return Reply.of(True, "all three were discussed")


@requirement("consent.trial", *CONSENT_FACTS)
def consent_trial(view: View) -> Reply:
    """A consent given since the last trial and not withdrawn."""
    return _consented(view, Procedure.TRIAL)


@requirement("consent.trial-risks", *CONSENT_FACTS)
def consent_trial_risks(view: View) -> Reply:
    """The risks of that consent."""
    return _risks(view, Procedure.TRIAL)


@requirement("consent.implant", *CONSENT_FACTS)
def consent_implant(view: View) -> Reply:
    """A consent given since the last implantation and not withdrawn."""
    return _consented(view, Procedure.IMPLANT)


@requirement("consent.implant-risks", *CONSENT_FACTS)
def consent_implant_risks(view: View) -> Reply:
    """The risks of that consent."""
    return _risks(view, Procedure.IMPLANT)


@requirement("consent.replacement", *CONSENT_FACTS)
def consent_replacement(view: View) -> Reply:
    """A consent given since the last replacement and not withdrawn."""
    return _consented(view, Procedure.REPLACEMENT)


@requirement("consent.replacement-risks", *CONSENT_FACTS)
def consent_replacement_risks(view: View) -> Reply:
    """The risks of that consent."""
    return _risks(view, Procedure.REPLACEMENT)


@requirement("anticoagulation.clear", *BLOOD_FACTS)
def anticoagulation_clear(view: View) -> Reply:
    """Every agent off for its time, by a review made since the last operation."""
    agents = agents_taken(view.facts)
    if agents is None:
        return Reply.of(None, "nobody has reviewed what thins the blood since the last operation")
    replies = [_agent(view, name) for name in agents]
    for answer in (Answer.NO, Answer.UNKNOWN):
        wrong = [one for one in replies if one.answer is answer]
        if wrong:
            sources = tuple(source for one in wrong for source in one.sources)
            return Reply(answer, "; ".join(one.reason for one in wrong), sources)
    return Reply.of(True, "; ".join(one.reason for one in replies) or "nothing thins the blood")


def agents_taken(facts: History) -> tuple[str, ...] | None:
    """Every agent of the latest review, and those recorded since; None without a review."""
    since = last_operation(facts)
    reviews = [one for one in facts.all(AnticoagulantsReviewed) if since is None or one.at > since]
    if not reviews:
        return None
    later = [one.agent for one in facts.all(AnticoagulantTaken) if one.at >= reviews[-1].at]
    return tuple(dict.fromkeys((*reviews[-1].taken, *later)))


def taken_agent(facts: History, name: str) -> AnticoagulantTaken | None:
    """What is recorded last of an agent."""
    known = [one for one in facts.all(AnticoagulantTaken) if one.agent == name]
    return known[-1] if known else None


def pause_of(view: View, agent: AnticoagulantTaken) -> tuple[timedelta | None, CareFigure | None]:
    """How long an agent must be off, with the figure; None where it cannot be said."""
    if agent.agent_class is AgentClass.DIRECT:
        figure = view.figure("anticoagulant-half-lives")
        if agent.half_life_s is None:
            return None, figure
        return timedelta(seconds=float(figure.known * agent.half_life_s)), figure
    if agent.agent_class is AgentClass.OTHER:
        return None, None
    figure = view.figure(f"{agent.agent_class}-pause")
    return figure.delta, figure


def _agent(view: View, name: str) -> Reply:
    agent = taken_agent(view.facts, name)
    if agent is None:
        return Reply.of(None, f"what kind of agent {name} is was not recorded")
    pause, figure = pause_of(view, agent)
    used = (figure,) if figure else ()
    stops = [one.at for one in view.facts.all(AnticoagulantStopped) if one.agent == name]
    if not stops or stops[-1] < agent.at:
        return Reply.of(False, f"{name} has not been stopped", *used)
    if pause is None:
        missing = "its half-life" if figure else "no published figure for its pause"
        return Reply.of(None, f"{name}: not known: {missing}", *used)
    if view.now - stops[-1] < pause:
        return Reply.of(False, f"{name} has been off for less than {_long(pause)}", *used)
    if agent.agent_class is AgentClass.WARFARIN:
        return _inr(view, stops[-1], used)
    return Reply.of(True, f"{name} off for {_long(pause)}", *used)


def _inr(view: View, stopped: datetime, used: tuple[CareFigure, ...]) -> Reply:
    since = [one for one in view.facts.all(InrMeasured) if one.at > stopped]
    if not since:
        return Reply.of(False, "the INR was not measured since warfarin was stopped", *used)
    normal = since[-1].normal
    return Reply.of(
        normal, "warfarin off, INR normal" if normal else "the INR is not normal", *used
    )


def _long(pause: timedelta) -> str:
    days = pause / timedelta(days=1)
    return f"{days:g} days" if days >= 2 else f"{days * 24:g} h"  # noqa: PLR2004
