"""Quantities and words of the overview for a page."""

from __future__ import annotations

from fractions import Fraction

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from thecal.clinic.overview.reservoir import Unknown
from thecal.clinic.overview.steps import Where
from thecal.clinic.pathway.words import Pocket, Side
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.prescriptions.services import prescribe
from thecal.clinic.pumps.models import Came
from thecal.clinic.record.actions import may
from thecal.clinic.record.services import standing
from thecal.units import VOLUME, show

register = template.Library()


@register.simple_tag(takes_context=True)
def programmer_way(context: template.Context, patient: Patient) -> str:
    """The address of the programmer for this reader: the editor, or what stands and is sent."""
    held = standing(context["user"], patient.clinic, patient)
    way = "edit" if may(held, prescribe.action) else "send"
    return reverse(f"programmer.{way}", kwargs={"patient": patient.pk})


@register.filter
def ml(volume_ml: Fraction | None) -> str:
    """A volume with its unit, or that it is not known."""
    return _("not known") if volume_ml is None else show(volume_ml, VOLUME)


@register.filter
def came(outcome: str) -> str:
    """What came of a session, in words."""
    return str(Came(outcome).label)


@register.filter
def role(name: str) -> str:
    """A role in words."""
    return str(Role(name).label) if name in Role.values else name


@register.filter
def pocket(name: str) -> str:
    """Where the pump lies, in words."""
    return str(Pocket(name).label) if name else _("not recorded")


@register.filter
def side(name: str) -> str:
    """On which side, in words."""
    return str(Side(name).label) if name else _("not recorded")


@register.filter
def where(step: Where) -> str:
    """How a step stands to the patient, in words."""
    return {
        Where.BEHIND: _("done"),
        Where.HERE: _("here now"),
        Where.AHEAD: _("ahead"),
        Where.ELSEWHERE: _("elsewhere: not recorded here"),
        Where.OFF: _("not on the way now"),
    }[step]


@register.filter
def why_unknown(why: Unknown) -> str:
    """Why nobody can say what is in the reservoir."""
    return {
        Unknown.NO_FILL: _("no fill is recorded"),
        Unknown.NO_PROGRAM: _("it is not known which program runs"),
        Unknown.RATE: _("it is not known what ran at some time since"),
    }[why]


@register.filter
def change(word: str) -> str:
    """A change against before, in words."""
    found = {"better": _("better"), "worse": _("worse"), "same": _("the same")}
    return found.get(word, _("not known"))


@register.filter
def change_badge(word: str) -> str:
    """The class of its badge."""
    return {"better": "badge--ok", "worse": "badge--stop", "same": "badge--note"}.get(
        word, "badge--unknown"
    )


@register.filter
def state(name: str) -> str:
    """A gate's state, in words."""
    return {"open": _("open"), "closed": _("closed"), "unknown": _("not known")}[name]


@register.filter
def state_badge(name: str) -> str:
    """The class of its badge."""
    return {"open": "badge--ok", "closed": "badge--stop", "unknown": "badge--unknown"}[name]


@register.filter
def urgency(name: str) -> str:
    """How soon a task must be begun, in words."""
    return {
        "emergency": _("emergency"),
        "urgent": _("urgent"),
        "soon": _("soon"),
        "routine": _("routine"),
    }[name]


@register.filter
def answer(name: str) -> str:
    """An answer, in words."""
    return {"yes": _("yes"), "no": _("no"), "unknown": _("not known")}[name]
