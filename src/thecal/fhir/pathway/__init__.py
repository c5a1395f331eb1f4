"""The pathway: its definition, a patient's plan of care, and the tasks in it."""

from thecal.fhir.pathway.care_plan import care_plan, pathway_resources
from thecal.fhir.pathway.definition import DEFINITION_URL, plan_definition
from thecal.fhir.pathway.tasks import read_task, task

__all__ = [
    "DEFINITION_URL",
    "care_plan",
    "pathway_resources",
    "plan_definition",
    "read_task",
    "task",
]
