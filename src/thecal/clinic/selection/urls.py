"""The addresses: a page for every action."""

from __future__ import annotations

from thecal.clinic.pathway.recording import addresses

urlpatterns = addresses("selection")
