"""What a rule says: a finding with what was asked, the limit, whose limit it is and its source."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from thecal.formulary import Layer, Limit, Statement
from thecal.units import Figure, Provenance


class Severity(StrEnum):
    """What a finding means for the plan."""

    STOP = "stop"
    """The plan is refused; nobody can override it."""
    CONFIRM = "confirm"
    """The plan is refused until a person signs the rule with a reason."""
    NOTE = "note"
    """The plan may go ahead; this is what to know."""


class By(StrEnum):
    """Whose limit or knowledge a finding rests on (the ``layer`` of the contract)."""

    LABEL = "label"
    CONSENSUS = "consensus"
    HARD = "hard"
    DEVICE = "device"
    STABILITY = "stability"
    PHYSICS = "physics"
    PRACTICE = "practice"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Basis:
    """Where a limit comes from."""

    layer: By
    source: str
    provenance: Provenance

    @classmethod
    def of_limit(cls, limit: Limit) -> Basis:
        """The basis of a limit of the formulary, with its edition where a layer has several."""
        source = limit.source
        if limit.layer is not Layer.LABEL and limit.version not in source:
            source = f"{limit.version}: {source}"
        return cls(By(limit.layer), source, limit.provenance)

    @classmethod
    def of_statement(cls, statement: Statement, layer: By = By.LABEL) -> Basis:
        """The basis of a statement that is not a number."""
        return cls(layer, statement.source, statement.provenance)

    @classmethod
    def of_figure(cls, figure: Figure, layer: By = By.DEVICE) -> Basis:
        """The basis of a figure of a catalogue."""
        return cls(layer, figure.source, figure.provenance)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule has to say.

    Attributes:
        asked: the figure asked for, with its unit; empty if none.
        limit: the limit it meets, with its unit; empty if none.
        drug: the ingredient it is about; empty if it is about the whole plan.
    """

    severity: Severity
    message: str
    basis: Basis
    asked: str = ""
    limit: str = ""
    drug: str = ""
    code: str = ""


UNKNOWN = "no published figure"


def unknown(
    what: str, severity: Severity = Severity.NOTE, drug: str = "", asked: str = ""
) -> Finding:
    """A finding that says that nobody published what was needed for what is ``asked``."""
    basis = Basis(By.UNKNOWN, "none found", Provenance.FOUND)
    return Finding(severity, f"{UNKNOWN}: {what}", basis, asked, UNKNOWN, drug)
