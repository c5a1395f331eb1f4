"""Assessment and candidacy: from the referral to a trial in the calendar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from thecal.care.gates.moment import pump_fact
from thecal.clinic.appointments.models import Appointment
from thecal.clinic.assessments.models import Clearance, PsychiatricAssessment
from thecal.clinic.assessments.models import PsychologicalAssessment as Psychology
from thecal.clinic.followup.models import Activity, Measurement, OralMedicines, SideEffects
from thecal.clinic.implants.models import TakeOver
from thecal.clinic.pathway.words import Procedure
from thecal.clinic.selection.models import Candidacy, Referral
from thecal.clinic.trials.models import TrialStart
from thecal.clinic.visits.engine import Calls, Flow
from thecal.clinic.visits.flows.occasions import course_began, may, not_now, now
from thecal.clinic.visits.scene import Scene
from thecal.clinic.visits.steps import Done, Step, by_entries


def _indicated(scene: Scene) -> Done:
    """Every indication answered with something else than *not known*."""
    rows = scene.rows(Candidacy, course_began(scene))
    open_ = scene.tasks("candidacy.answer")
    return Done(bool(rows) and not open_, tuple(rows))


def _assessed(scene: Scene) -> Done:
    rows = scene.rows(Psychology, course_began(scene)) if course_began(scene) else []
    decided = bool(rows) and rows[0].clearance != Clearance.CONDITIONAL
    return Done(decided, tuple(rows))


def _measured(scene: Scene) -> Done:
    kinds = (Measurement, OralMedicines, SideEffects, Activity)
    rows = [row for kind in kinds for row in scene.rows(kind, course_began(scene))]
    return Done(bool(rows) and not scene.tasks("outcomes.baseline"), tuple(rows))


def _scheduled(scene: Scene) -> Done:
    began = course_began(scene)
    rows = scene.rows(Appointment, began, procedure=Procedure.TRIAL) if began else []
    stands = scene.stands("trial.scheduled") or scene.last(TrialStart, began) is not None
    return Done(bool(rows) and stands, tuple(rows))


STEPS = (
    Step(
        "referral",
        _("Record the referral"),
        _("Who sent the patient and why, and what is to be treated: pain, or spasticity."),
        ("selection.refer",),
        by_entries(Referral, TakeOver, since=course_began),
    ),
    Step(
        "indications",
        _("Answer the indications"),
        _(
            "Four questions, each answered yes, no or not known. Not known keeps the trial closed;"
            " a no ends the candidacy, until it is answered anew."
        ),
        ("selection.answer-indications",),
        _indicated,
    ),
    Step(
        "psychology",
        _("Psychological assessment by a neuropsychologist"),
        _(
            "Nothing is scheduled before a neuropsychologist has assessed and cleared the patient."
            " A clearance that hangs on conditions counts once another says that they are met."
        ),
        ("assessments.record-psychological", "assessments.record-psychiatric"),
        _assessed,
    ),
    Step(
        "psychiatry",
        _("Psychiatric assessment"),
        _("Where one was asked for: what the psychiatrist's letter says."),
        ("assessments.record-psychiatric",),
        by_entries(PsychiatricAssessment, since=course_began),
        optional=True,
    ),
    Step(
        "baseline",
        _("Measure before treatment"),
        _(
            "Pain or spasm, medicines by mouth, the four side effects and activity. Without these"
            " nobody can later show what the pump has done. Each has a form of its own below."
        ),
        (
            "followup.record-score",
            "followup.record-oral-medicines",
            "followup.record-side-effects",
            "followup.record-activity",
        ),
        _measured,
        optional=True,
        panel="baseline",
    ),
    Step(
        "schedule",
        _("Put the trial into the calendar"),
        _("By a tunnelled catheter and an external pump, or by single injections."),
        ("appointments.schedule-trial",),
        _scheduled,
        gate="trial.schedule",
    ),
)


def _calls(scene: Scene) -> Calls:
    if scene.history is None:
        return now(_("Nobody has recorded yet what is treated."))
    if scene.stage in {"selection", "ready-for-trial"}:
        return now(_("The patient is in selection."))
    if scene.stage == "not-a-candidate":
        return may(_("The patient is not a candidate as the record stands."))
    if scene.facts is not None and pump_fact(scene.facts) is None and scene.stage != "ended":
        return may(_("Assessed before; look at it or correct it."))
    return not_now(_("The patient has a pump, or care has ended."))


FLOW = Flow(
    "assessment",
    _("Assessment and candidacy"),
    _("From the referral to a trial in the calendar."),
    lambda scene: STEPS,  # noqa: ARG005
    _calls,
)
