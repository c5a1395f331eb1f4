"""Gates: what must be true before an action, why it is not, and what would open it."""

from __future__ import annotations

from dataclasses import dataclass, field

from thecal.clinic.people.roles import Role


@dataclass(frozen=True, slots=True)
class Closed:
    """A gate that is closed now.

    Attributes:
        code: its name in the pathway.
        reasons: why it is closed, a sentence each.
        source: whose rule it is.
        opens_with: what would open it.
        override_roles: who may pass it by a signed reason; nobody, if empty.
    """

    code: str
    reasons: tuple[str, ...]
    source: str
    opens_with: str = ""
    override_roles: frozenset[Role] = field(default_factory=frozenset)

    def facts(self) -> dict[str, object]:
        """As plain values."""
        return {
            "gate": self.code,
            "reasons": list(self.reasons),
            "source": self.source,
            "opens_with": self.opens_with,
            "override_roles": sorted(self.override_roles),
        }
