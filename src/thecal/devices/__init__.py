"""The catalogue of pumps and catheters: every figure with its source, blanks left blank."""

from thecal.devices.catalogue import (
    Catheter,
    MriBehaviour,
    Note,
    Pump,
    PumpKind,
    UnknownDeviceError,
    catheter,
    catheters,
    pump,
    pumps,
)

__all__ = [
    "Catheter",
    "MriBehaviour",
    "Note",
    "Pump",
    "PumpKind",
    "UnknownDeviceError",
    "catheter",
    "catheters",
    "pump",
    "pumps",
]
