"""Care's gates as the gates of services: each requirement that is not met closes the way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from thecal import care
from thecal.clinic.pathway import figures
from thecal.clinic.pathway.history import history_of
from thecal.clinic.people.roles import Role
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.gates import Closed
from thecal.clinic.record.services import Gate

Applies = Callable[[care.History, Any], bool]
NOBODY_KNOWS = Closed(
    "indication.recorded",
    ("Nobody has recorded what is treated.",),
    "leaflet.6",
    "a referral, or a patient taken over",
)


class CareGate:
    """A gate of the pathway before a service.

    Attributes:
        code: its name in ``care``.
        only: of its requirements, those that hold here; all, if empty.
        applies: whether it stands in this action's way at all, by history and order.
    """

    def __init__(
        self, code: str, only: Collection[str] = (), applies: Applies = lambda *_: True
    ) -> None:
        self.code, self.only, self.applies = code, frozenset(only), applies

    def __call__(self, doing: Doing, order: Any) -> Sequence[Closed]:
        """What closes it, at the instant of which the order tells."""
        figures.remember(doing)
        history = history_of(doing.patient, without=getattr(order, "corrects", None))
        if history is None:
            return [NOBODY_KNOWS]
        return self.closed(history, order, _instant(doing, order), figures.in_force())

    def closed(
        self, history: care.History, order: Any, at: datetime, settings: care.Settings
    ) -> Sequence[Closed]:
        """What closes it in a history at an instant."""
        if not self.applies(history.until(at), order):
            return []
        missing = care.judge_gate(self.code, history, at, settings).missing
        return [_closed(one) for one in missing if not self.only or one.code in self.only]


def _instant(doing: Doing, order: Any) -> datetime:
    """When the fact is, which is then judged; of what is done as it is asked, now."""
    at = getattr(order, "happened_at", None)
    return at if isinstance(at, datetime) else doing.now


def _closed(one: care.Requirement) -> Closed:
    card = care.requirement_cards()[one.code]
    return Closed(
        one.code,
        (f"{one.text}: {one.answer}; {one.reason}",),
        "; ".join(map(str, one.sources)),
        one.opens,
        frozenset(Role(role.value) for role in card.waivable_by),
    )


def care_gates(gates: Sequence[Gate]) -> list[CareGate]:
    """Of a service's gates those of the pathway."""
    return [one for one in gates if isinstance(one, CareGate)]
