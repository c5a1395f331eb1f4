"""A patient's record as FHIR resources: the rows become plain values, and ``thecal.fhir`` writes.

Nothing here serves or asks anybody: ``exchange.services`` does, and tells the trail.
"""

from thecal.clinic.exchange.as_fhir.everything import everything, patient_resource

__all__ = ["everything", "patient_resource"]
