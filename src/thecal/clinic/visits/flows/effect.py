"""Loss of effect: the steps of the search in their order, whatever the volumes say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from thecal import care
from thecal.clinic.followup.models import EffectEnd, EffectLoss, EffectStep
from thecal.clinic.pathway.words import StepResult
from thecal.clinic.visits.engine import Calls, Flow
from thecal.clinic.visits.flows.filling import on_link
from thecal.clinic.visits.flows.occasions import has_pump, may, not_now, now
from thecal.clinic.visits.scene import Scene
from thecal.clinic.visits.steps import Done, Step, by_entries

_ASPIRATION = "side-port-aspiration"


def lost(scene: Scene) -> datetime | None:
    """When the effect was lost, while the search for it goes on."""
    last = scene.last(EffectLoss)
    if last is None or scene.last(EffectEnd, last.happened_at):
        return None
    return last.happened_at


def _results(scene: Scene) -> dict[str, EffectStep]:
    since = lost(scene)
    rows = scene.rows(EffectStep, since) if since else []
    return {one.step: one for one in reversed(rows)}


def _injects_nothing(scene: Scene) -> bool:
    tried = _results(scene).get(_ASPIRATION)
    return tried is not None and tried.result != StepResult.NORMAL


def _look(key: str) -> Callable[[Scene], Done]:
    def done(scene: Scene) -> Done:
        row = _results(scene).get(key)
        return Done(row is not None, (row,) if row else ())

    return done


_HELP = {
    "interrogate": _(
        "Alarms, a motor that stood still, a reset, a program that was changed: read the pump, and"
        " write down what you found."
    ),
    "residual": _(
        "Draw out at a refill, and ask the pharmacy how the solution was made. A normal residual"
        " does not exclude a leak: the pump has delivered, the drug went elsewhere."
    ),
    "x-ray": _("Is the catheter whole, connected, and where it was? Is the pump turned over?"),
    "rotor-study": _("Does the rotor turn by what was programmed?"),
    _ASPIRATION: _(
        "Aspirate about what the catheter holds. If it fails, inject nothing: the contrast is left"
        " out by itself."
    ),
    "contrast": _("Only after an aspiration through which fluid came: else it pushes a bolus."),
    "ct-or-mri": _("Leak, kink, dislodged tip, granuloma at the tip."),
}


def _step(scene: Scene, one: care.tasks.Step) -> Step:
    reads = one.id == "interrogate" and on_link(scene)
    return Step(
        one.id,
        one.text,
        _HELP.get(one.id, ""),
        ("followup.record-effect-step", *(("pumps.interrogate",) if reads else ())),
        _look(one.id),
        gate="effect.inject" if one.needs_aspiration else "",
        fixed={"step": one.id},
        panel="pump" if one.id == "interrogate" else "residual" if one.id == "residual" else "",
    )


def _steps(scene: Scene) -> Sequence[Step]:
    searched = [
        one for one in care.effect_steps() if not (one.needs_aspiration and _injects_nothing(scene))
    ]
    return (
        Step(
            "lost",
            _("Say that the effect is lost"),
            _(
                "What was noticed, and since when. The search begins even where the volumes are as"
                " expected. Watch for withdrawal: with baclofen it is an emergency."
            ),
            ("followup.record-effect-lost",),
            by_entries(EffectLoss, since=lost),
        ),
        *(_step(scene, one) for one in searched),
        Step(
            "conclude",
            _("Conclude the search"),
            _("What the cause was and what was done about it, or that it was given up."),
            ("followup.record-effect-end",),
            by_entries(EffectEnd, since=lost),
        ),
    )


def _calls(scene: Scene) -> Calls:
    if not has_pump(scene):
        return not_now(_("The patient has no pump."))
    if lost(scene):
        return now(_("The effect is lost, and its cause not found."))
    return may(_("If the effect is lost."))


FLOW = Flow(
    "effect",
    _("Loss of effect"),
    _("The search for its cause, step by step; what was found can be concluded at any time."),
    _steps,
    _calls,
)
