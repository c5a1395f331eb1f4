"""What is drawn beside a step's form: timers, the flow sheet, comparisons; read from the record."""

from thecal.clinic.visits.panels import bedside, filling, pump, waiting
from thecal.clinic.visits.panels.registry import drawn

__all__ = ["bedside", "drawn", "filling", "pump", "waiting"]
