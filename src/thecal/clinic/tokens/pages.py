"""A person's own tokens: see them, make one, revoke one."""

from __future__ import annotations

from datetime import timedelta
from typing import cast
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from thecal.clinic.record.means import every_scope
from thecal.clinic.record.orders import read
from thecal.clinic.record.pages import P, View, page, person
from thecal.clinic.record.refusals import ConflictError, InvalidError
from thecal.clinic.tokens.models import Token
from thecal.clinic.tokens.orders import LONGEST, Making
from thecal.clinic.tokens.services import make, revoke

_SOON = timedelta(days=90)


class TokenForm(forms.Form):
    """A new token's name, how far it reaches, and its last day."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=lambda: [(one, one) for one in every_scope()],
        widget=forms.CheckboxSelectMultiple({"class": "many"}),
        help_text=gettext_lazy("Never more than you may do yourself."),
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Its last day"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        initial=lambda: timezone.localdate() + _SOON,
        help_text=gettext_lazy("A year from now at the latest."),
    )


def _fresh(view: View[P]) -> View[P]:
    """Who signed in some time ago proves again that it is they, as for their second factors."""
    return cast("View[P]", reauthentication_required(view))


@page("GET", "POST")
@_fresh
def tokens(request: HttpRequest) -> HttpResponse:
    """The person's tokens, and a form to make one; who signed in long ago does so again."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            token, secret = make(person(request), read(Making, form.cleaned_data))
        except InvalidError as refusal:
            for place, why in refusal.problems.items():
                field = place.partition(".")[0]
                form.add_error(field if field in form.fields else None, why)
        except ConflictError as refusal:
            form.add_error("name", str(refusal))
        else:
            return _drawn(request, TokenForm(), 201, made=token, secret=secret)
    return _drawn(request, form, 422 if form.errors else 200)


@page("POST")
def revoked(request: HttpRequest, token: UUID) -> HttpResponse:
    """Revoke one; for that nobody has to sign in again."""
    try:
        gone = revoke(person(request), token)
    except ConflictError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Revoked: %s") % gone.name)
    return redirect("tokens")


def _drawn(request: HttpRequest, form: forms.Form, status: int, **more: object) -> HttpResponse:
    held = Token.objects.filter(person=person(request))
    context = {"form": form, "held": held, "now": timezone.now(), "longest": LONGEST.days, **more}
    return render(request, "tokens/tokens.html", context, status=status)
