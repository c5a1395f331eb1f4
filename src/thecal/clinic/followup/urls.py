"""The addresses: a page for every action; what has names of its own is offered by them."""

from __future__ import annotations

from thecal.care import effect_steps, instruments
from thecal.clinic.pathway.recording import addresses

_NAMES = {
    "step": [(one.id, one.text) for one in effect_steps()],
    "instrument": [(key, f"{one.name} ({one.written})") for key, one in instruments().items()],
}

urlpatterns = addresses("followup", _NAMES)
