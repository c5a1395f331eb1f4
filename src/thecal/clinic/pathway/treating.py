"""What is treated: written with the fact that begins care, or changed by itself."""

from __future__ import annotations

from thecal.clinic.pathway.models import Indication
from thecal.clinic.pathway.orders import Treating
from thecal.clinic.record.doing import Doing

TREATED = frozenset({"indication", "spasticity_origin", "small_screening"})
"""The parts of an order that say what is treated."""


def treated_first(doing: Doing, order: Treating) -> None:
    """Write what is treated, unless the record says the same already."""
    said = {
        "indication": order.indication,
        "spasticity_origin": order.spasticity_origin or "",
        "small_screening": order.small_screening,
    }
    standing = Indication.objects.current().of(doing.patient).first()
    if standing is None:
        doing.write(Indication, happened_at=order.happened_at, **said)
    elif any(getattr(standing, name) != value for name, value in said.items()):
        why = "as told with " + doing.action
        doing.correct(standing, why, happened_at=order.happened_at, **said)
