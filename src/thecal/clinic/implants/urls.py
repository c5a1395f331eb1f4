"""The addresses: a page for every action; pumps and catheters are chosen from the catalogue."""

from __future__ import annotations

from thecal import devices
from thecal.clinic.pathway.recording import addresses

urlpatterns = addresses(
    "implants",
    {
        "pump": [(key, one.name) for key, one in devices.pumps().items()],
        "catheter": [(key, one.name) for key, one in devices.catheters().items()],
    },
)
