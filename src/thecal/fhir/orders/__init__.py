"""Prescriptions: the mixture as a medication, the order as a request with its dosage."""

from thecal.fhir.orders.mixture import medication, read_mixture
from thecal.fhir.orders.reprogramming import reprogramming
from thecal.fhir.orders.request import order, read_order

__all__ = ["medication", "order", "read_mixture", "read_order", "reprogramming"]
