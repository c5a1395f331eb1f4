"""The bench's page: pumps, buttons, lessons. What is done there happens to bench pumps alone."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from thecal.clinic.people.models import Clinic, roles_of
from thecal.clinic.record.actions import may
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.pages import key_in, page, person
from thecal.clinic.record.refusals import ConflictError, DoneBeforeError
from thecal.clinic.teaching.lessons import Button, buttons, lessons
from thecal.clinic.teaching.services import let_happen, look


@page("GET", "POST")
def bench_page(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """What each pump believes beside what is true; a button for each thing that can happen."""
    where, who = get_object_or_404(Clinic, pk=clinic), person(request)
    if request.method == "POST":
        return _done(request, where)
    found = look(who, where, Nothing())
    chosen = request.GET.get("pump", "")
    context = {
        "clinic": where,
        "pumps": found.pumps,
        "chosen": next((one for one in found.pumps if one.serial == chosen), None)
        or next(iter(found.pumps), None),
        "buttons": buttons(),
        "lessons": lessons(),
        "may_disturb": may(roles_of(who, where), let_happen.action),
        "once": uuid4(),
    }
    return render(request, "teaching/bench.html", context)


def _done(request: HttpRequest, where: Clinic) -> HttpResponse:
    serial = request.POST.get("serial", "")
    asked = {name: request.POST.get(name, "") for name in ("serial", "act", "text")}
    try:
        done = let_happen.ask(
            person(request), where, asked, once=key_in(request.POST.get("once", ""))
        )
    except ConflictError as refusal:
        messages.error(request, str(refusal))
    except DoneBeforeError:
        messages.info(request, "This was done before.")
    else:
        looked = _look_of(asked["act"], asked["text"])
        messages.success(request, f"{done.serial}: {done.said}. {looked}")
    return redirect(f"{reverse('teaching.bench', kwargs={'clinic': where.pk})}?pump={serial}")


def _look_of(act: str, text: str) -> str:
    """What to look for after it, as the button says."""
    known: list[Button] = [*(step for one in lessons() for step in one.step), *buttons()]
    return next((one.look for one in known if (one.act, one.text) == (act, text)), "")
