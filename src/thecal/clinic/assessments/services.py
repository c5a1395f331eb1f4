"""What can be done with assessments: record one, correct one."""

from __future__ import annotations

from thecal.clinic.assessments.models import PsychologicalAssessment
from thecal.clinic.assessments.orders import PsychologicalCorrection, PsychologicalFinding
from thecal.clinic.people.roles import Role
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.refusals import ConflictError
from thecal.clinic.record.services import writes

_ASSESSES = {Role.NEUROPSYCHOLOGIST}


@writes("assessments.record-psychological", "Record a psychological assessment", _ASSESSES)
def record_psychological(doing: Doing, order: PsychologicalFinding) -> PsychologicalAssessment:
    """Write the assessment down."""
    return doing.write(PsychologicalAssessment, **order.model_dump())


@writes("assessments.correct-psychological", "Correct a psychological assessment", _ASSESSES)
def correct_psychological(doing: Doing, order: PsychologicalCorrection) -> PsychologicalAssessment:
    """Replace an assessment by the right one.

    Raises:
        ConflictError: it is not this patient's, or was corrected before.
    """
    old = PsychologicalAssessment.objects.filter(pk=order.corrects, patient=doing.patient).first()
    if old is None:
        raise ConflictError("this patient has no such assessment")
    return doing.correct(old, order.why, **order.model_dump(exclude={"corrects", "why"}))
