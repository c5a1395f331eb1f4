"""What can be done with assessments: record one, correct one."""

from __future__ import annotations

from thecal.clinic.assessments.models import PsychiatricAssessment, PsychologicalAssessment
from thecal.clinic.assessments.orders import PsychiatricFinding, PsychologicalFinding
from thecal.clinic.pathway.recording import records
from thecal.clinic.people.roles import Role

psychological = records(
    "assessments.record-psychological",
    "Record a psychological assessment",
    PsychologicalAssessment,
    PsychologicalFinding,
    {Role.NEUROPSYCHOLOGIST},
)
psychiatric = records(
    "assessments.record-psychiatric",
    "Record a psychiatric assessment",
    PsychiatricAssessment,
    PsychiatricFinding,
    {Role.PHYSICIAN, Role.NEUROPSYCHOLOGIST},
)
record_psychological, correct_psychological = psychological.write, psychological.correct
