"""How a figure is held against the catalogue of devices."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.devices import pumps
from thecal.therapy.findings import Basis, Finding, Severity
from thecal.units import Figure


def catalogue_sources(field: str) -> Iterator[str]:
    """The sources of one field of every pump that has it."""
    for pump in pumps().values():
        figure = getattr(pump, field)
        if figure is not None:
            yield f"{pump.key}: {figure.source} ({figure.provenance})"


def exceeds(figure: Figure, asked: str, message: str, severity: Severity) -> Finding:
    """A finding against one figure of the catalogue."""
    return Finding(severity, message, Basis.of_figure(figure), asked, str(figure))
