"""What pages share: who may come, how a refusal reads, and the page of any action."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from thecal.clinic.patients.models import Patient
from thecal.clinic.patients.orders import Opening
from thecal.clinic.patients.services import open_patient
from thecal.clinic.people.models import User
from thecal.clinic.project.errors import refused
from thecal.clinic.record.actions import About
from thecal.clinic.record.forms import Offered, data_of, form_of
from thecal.clinic.record.gates import Closed
from thecal.clinic.record.orders import Order, Overriding, read
from thecal.clinic.record.refusals import (
    ConflictError,
    DoneBeforeError,
    GateClosedError,
    InvalidError,
    KeyReusedError,
    NotAllowedError,
    RefusalError,
    SignatureError,
    StaleError,
)
from thecal.clinic.record.services import Service

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
STATUS = {
    "invalid": 422,
    "key-reused": 422,
    "stale": 409,
    "conflict": 409,
    "gate-closed": 409,
    "signature": 403,
}


def person(request: HttpRequest) -> User:
    """Who is signed in."""
    assert isinstance(request.user, User)  # noqa: S101  (``page`` lets nobody else in)
    return request.user


def page(*methods: str) -> Callable[[View[P]], View[P]]:
    """A page for people who are signed in; a refusal becomes a page that says why."""

    def make(view: View[P]) -> View[P]:
        @wraps(view)
        def shown(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            try:
                return view(request, *args, **kwargs)
            except RefusalError as refusal:
                return said(request, refusal)

        return require_http_methods(methods or ("GET",))(_signed_in(cast("View[P]", shown)))

    return make


def _signed_in(view: View[P]) -> View[P]:
    """Lead to signing in; the whole page, where only a part of it was asked for."""
    guarded = login_required(view)

    @wraps(view)
    def shown(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.headers.get("HX-Request") and not request.user.is_authenticated:
            return HttpResponseClientRedirect(reverse(settings.LOGIN_URL))
        return guarded(request, *args, **kwargs)

    return cast("View[P]", shown)


def said(request: HttpRequest, refusal: RefusalError) -> HttpResponse:
    """The page that says why not; who has no part in a clinic does not learn what it has."""
    if isinstance(refusal, NotAllowedError):
        if refusal.is_stranger:
            raise Http404
        return refused(request, 403, _("You may not do this"), str(refusal))
    return refused(request, STATUS.get(refusal.code, 409), _("This was not done"), str(refusal))


class _Passing(Order):
    """The part of a form by which closed gates are passed."""

    overriding: Overriding


@dataclass
class Attempt:
    """A form that was sent, and what became of it.

    Attributes:
        form: as it was typed, with what is wrong.
        passing: the form to pass closed gates, where somebody may.
        closed: the gates that were closed.
        status: of the page that shows it again.
        done: whether it was done, now or by the same request before.
    """

    form: forms.Form
    passing: forms.Form | None = None
    closed: Sequence[Closed] = ()
    status: int = 200
    done: bool = False


_pages: dict[str, ActionPage] = {}


def page_of(action: str) -> ActionPage:
    """The page of an action on a patient, by the action's name.

    Raises:
        KeyError: it has none.
    """
    return _pages[action]


@dataclass(frozen=True)
class ActionPage:
    """The page of an action on a patient, at ``patients/KEY/do/ACTION``.

    Attributes:
        service: what it does.
        template: draws ``form``; the one given suits any order.
        offered: for parts of the order by name, what there is to choose from.
        initial: what the form begins with.
        came: what came of something that is not told by its being done, as of a session with a
            pump: the level of the message, and its text.
    """

    service: Service[Any, Any]
    template: str = "record/act.html"
    offered: Callable[[Patient], Mapping[str, Offered]] | None = None
    initial: Callable[[Patient], Mapping[str, Any]] | None = None
    came: Callable[[Any], tuple[int, str]] | None = None

    def at(self) -> URLPattern:
        """Its address.

        Raises:
            ValueError: the action is not about a patient.
        """
        name = self.service.action.name
        if self.service.action.about is not About.PATIENT:
            raise ValueError(f"{name} is not about a patient")
        _pages[name] = self
        return path(
            f"patients/<uuid:patient>/do/{name}", page("GET", "POST")(self._view), name=name
        )

    def _view(self, request: HttpRequest, patient: UUID) -> HttpResponse:
        whose = get_object_or_404(Patient, pk=patient)
        who = person(request)
        self.service.allowed(who, whose)
        if request.method == "POST":
            return self._asked(request, whose)
        whose = open_patient(who, whose, Opening(page=self.service.action.name))
        return self._drawn(request, whose, self.begun(whose))

    def form(self, patient: Patient, *args: Any, **kwargs: Any) -> forms.Form:
        """The form for a patient, with what there is to choose from."""
        offered = self.offered(patient) if self.offered else None
        return form_of(self.service.order, offered)(*args, **kwargs)

    def begun(self, patient: Patient, **kwargs: Any) -> forms.Form:
        """The form as it begins; what ``initial`` names goes before the page's own."""
        initial = dict(self.initial(patient)) if self.initial else {}
        initial |= kwargs.pop("initial", {})
        return self.form(patient, initial=initial, **kwargs)

    def attempt(
        self, request: HttpRequest, patient: Patient, *, looked: bool = False, **kwargs: Any
    ) -> Attempt:
        """Read what was sent, and do it if it can be done.

        Args:
            request: the POST.
            patient: whose.
            looked: whether the record must still be as the page showed it, whatever the action.
            kwargs: the form's.

        Raises:
            RefusalError: one of which a form cannot tell.
        """
        form = self.form(patient, request.POST, **kwargs)
        passing = form_of(_Passing)(request.POST) if "overriding.reason" in request.POST else None
        if not form.is_valid() or (passing is not None and not passing.is_valid()):
            return Attempt(form, passing, status=422)
        try:
            made = self._do(request, patient, data_of(form), passing, looked)
        except DoneBeforeError:
            messages.info(request, _("This was done before."))
        except InvalidError as refusal:
            for where, why in refusal.problems.items():
                form.add_error(where if where in form.fields else None, why)
            return Attempt(form, passing, status=422)
        except GateClosedError as refusal:
            passing = _offered_passing(refusal.closed, person(request))
            return Attempt(form, passing, refusal.closed, status=409)
        except (SignatureError, ConflictError, StaleError, KeyReusedError) as refusal:
            form.add_error(None, str(refusal))
            return Attempt(form, passing, status=STATUS[refusal.code])
        else:
            self._say(request, made)
        return Attempt(form, done=True)

    def _say(self, request: HttpRequest, made: Any) -> None:
        """That it was done, and what came of it where that is another matter."""
        title = _(self.service.action.title)
        level, text = self.came(made) if self.came else (messages.SUCCESS, "")
        if level == messages.SUCCESS:
            title = _("Done: %s") % title
        messages.add_message(request, level, f"{title}. {text}" if text else title)

    def _asked(self, request: HttpRequest, patient: Patient) -> HttpResponse:
        made = self.attempt(request, patient)
        if made.done:
            return redirect("patient", patient=patient.pk)
        return self._drawn(request, patient, made.form, made.passing, made.closed, made.status)

    def _do(
        self,
        request: HttpRequest,
        patient: Patient,
        data: Mapping[str, Any],
        passing: forms.Form | None,
        looked: bool,
    ) -> Any:
        overriding = read(_Passing, data_of(passing)).overriding if passing else None
        seen, once = request.POST.get("seen", ""), request.POST.get("once", "")
        return self.service.ask(
            person(request),
            patient,
            data,
            once=key_in(once),
            seen=int(seen) if seen.isdecimal() else None,
            looked=looked,
            overriding=overriding,
        )

    def _drawn(
        self,
        request: HttpRequest,
        patient: Patient,
        form: forms.Form,
        passing: forms.Form | None = None,
        closed: Sequence[Closed] = (),
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "patient": patient,
            "action": self.service.action,
            "form": form,
            "passing": passing,
            "closed": closed,
            "once": uuid4(),  # what was refused is sent anew, if it is
            "seen": request.POST.get("seen") or patient.version,
        }
        return render(request, self.template, context, status=status)


def _offered_passing(closed: Sequence[Closed], who: User) -> forms.Form | None:
    """The form to pass the gates, if each can be passed by somebody."""
    if not all(gate.override_roles for gate in closed):
        return None
    return form_of(_Passing)(initial={"overriding.signature.username": who.username})


def key_in(text: str) -> UUID | None:
    """A key that a page sends back, such as the request's own; None if it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
