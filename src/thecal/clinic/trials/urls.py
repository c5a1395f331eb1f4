"""The addresses: a page for every action; a drug is chosen from the formulary."""

from __future__ import annotations

from thecal import formulary
from thecal.clinic.pathway.recording import addresses

urlpatterns = addresses("trials", {"drug": [(key, key) for key in formulary.drugs()]})
