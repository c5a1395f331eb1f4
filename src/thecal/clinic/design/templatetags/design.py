"""The frame's tags: the menu, the choice of language and theme."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.utils.translation import get_language_info

from thecal.clinic.design import menu
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import Clinic, User, clinics_of, roles_of
from thecal.clinic.people.roles import Role

register = template.Library()


def _clinic_at_hand(context: Context, who: User) -> Clinic | None:
    """The page's own clinic, its patient's, or the person's first."""
    shown, patient = context.get("clinic"), context.get("patient")
    if isinstance(shown, Clinic):
        return shown
    if isinstance(patient, Patient):
        return patient.clinic
    return clinics_of(who).first()


def _held(who: User, clinic: Clinic | None) -> frozenset[Role]:
    """Somebody's roles here; the patient's too if they have a record of their own."""
    held = roles_of(who, clinic) if clinic else frozenset()
    is_patient = not held and Patient.objects.filter(account=who).exists()
    return held | {Role.PATIENT} if is_patient else held


def _is_here(path: str, address: str) -> bool:
    return path == address or (address != "/" and path.startswith(f"{address.rstrip('/')}/"))


@register.inclusion_tag("design/menu.html", takes_context=True)
def main_menu(context: Context) -> dict[str, Any]:
    """The menu of the person who is signed in, at the clinic at hand."""
    request, who = context.get("request"), context.get("user")
    if request is None or not isinstance(who, User) or not who.is_authenticated:
        return {"items": []}
    clinic = _clinic_at_hand(context, who)
    found = [(one, menu.address(one, clinic)) for one in menu.items(_held(who, clinic))]
    inside = [where for _, where in found if where and _is_here(request.path, where)]
    here = max(inside, key=len, default=None)
    shown = [{"title": one.title, "address": where, "here": where == here} for one, where in found]
    return {"items": [one for one in shown if one["address"]], "clinic": clinic}


@register.inclusion_tag("design/clinics.html", takes_context=True)
def other_clinics(context: Context) -> dict[str, Any]:
    """The clinics of who has several."""
    who = context.get("user")
    clinics = list(clinics_of(who)) if isinstance(who, User) else []
    return {"clinics": clinics if len(clinics) > 1 else []}


@register.inclusion_tag("design/choices.html", takes_context=True)
def choices(context: Context) -> dict[str, Any]:
    """The language and the theme, a button for each."""
    request = context.get("request")
    languages = [get_language_info(code) for code, _ in settings.LANGUAGES]
    return {
        "languages": languages,
        "theme": context.get("theme", ""),
        "next": request.get_full_path() if request else "/",
        "csrf_token": context.get("csrf_token", ""),
    }
