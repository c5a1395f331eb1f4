"""What lists need of the pathway: the stage, and when something is next due."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thecal import care
from thecal.clinic.pathway import figures
from thecal.clinic.pathway.history import history_of
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.projections import project


@project
def on_the_pathway(doing: Doing) -> Mapping[str, Any]:
    """Empty until somebody has recorded what is treated."""
    history = history_of(doing.patient)
    if history is None:
        return {"stage": "", "next_due": None}
    pathway = care.follow(history, doing.now, figures.in_force())
    due = [one.due for one in pathway.tasks if one.due is not None]
    return {"stage": str(pathway.stage), "next_due": min(due, default=None)}
