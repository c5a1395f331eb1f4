"""Pumps and catheters as devices, what a pump holds and tells as metrics and observations."""

from thecal.fhir.devices.device import Instance, catheter, figures, pump, read_device, use
from thecal.fhir.devices.metrics import metrics
from thecal.fhir.devices.program import program_observation, read_program
from thecal.fhir.devices.status import read_status, status_observations

__all__ = [
    "Instance",
    "catheter",
    "figures",
    "metrics",
    "program_observation",
    "pump",
    "read_device",
    "read_program",
    "read_status",
    "status_observations",
    "use",
]
