"""What a drug does where it matters: a relative index, delayed where a delay is published.

The index has no unit and no scale between drugs: it is the drug at its place of action, behind an
effect compartment, over its own highest value. It says when, and for how long. Never how much.
"""

from __future__ import annotations

from thecal.csf.effect.acting import Effect, effects
from thecal.csf.effect.delayed import delayed
from thecal.csf.effect.sites import Action, actions

__all__ = ["Action", "Effect", "actions", "delayed", "effects"]
