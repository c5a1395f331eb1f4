"""What a pump holds: its settings alone, the part of a status that an update can change."""

from __future__ import annotations

from dataclasses import dataclass, replace

from thecal.pump.language import Ceiling, Fill, Program, Status, Update


@dataclass(frozen=True, slots=True)
class Holding:
    """The settings of one pump.

    Attributes:
        revision: the pump's count of its changes; an update names the one that it follows.
        program: None until the first program, and after a reset.
        fill: None until the first fill; what was stated then, whatever has left since.
        ceiling: None where the pump has none.
    """

    model: str
    serial: str
    revision: int
    program: Program | None
    fill: Fill | None
    ceiling: Ceiling | None

    @classmethod
    def of(cls, status: Status) -> Holding:
        """The settings that a status tells of."""
        return cls(
            status.model,
            status.serial,
            status.revision,
            status.program,
            status.fill,
            status.ceiling,
        )

    def after(self, update: Update) -> Holding:
        """The settings once the pump has acted on an update."""
        return replace(
            self,
            revision=update.expected_revision + 1,
            program=update.program or self.program,
            fill=update.fill or self.fill,
            ceiling=update.ceiling or self.ceiling,
        )

    def same_settings(self, other: Holding) -> bool:
        """Whether both are the same pump with the same settings, whatever their revisions."""
        return self == replace(other, revision=self.revision)
