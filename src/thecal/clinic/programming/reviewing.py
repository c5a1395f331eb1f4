"""The review: old and new side by side, every doubt answered; then prescribed and signed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from thecal.clinic.patients.models import Patient
from thecal.clinic.patients.orders import Opening
from thecal.clinic.patients.services import open_patient
from thecal.clinic.prescriptions.checking import check
from thecal.clinic.prescriptions.models import Prescription
from thecal.clinic.prescriptions.services import current, prescribe, sign
from thecal.clinic.programming import drafts
from thecal.clinic.programming.editing import prescribed_for, shown, standing_now
from thecal.clinic.programming.entry import TypedError, read_amount
from thecal.clinic.programming.models import Draft
from thecal.clinic.programming.preview import Preview, preview, rows_of
from thecal.clinic.programming.sheet import Sheet, posted, rate_unit
from thecal.clinic.programming.standing import Standing, planned
from thecal.clinic.record.pages import key_in, page, person
from thecal.clinic.record.refusals import (
    ConflictError,
    DoneBeforeError,
    GateClosedError,
    InvalidError,
    RefusalError,
)
from thecal.formulary import drugs
from thecal.programmer.review.rows import Row
from thecal.therapy.plan import Plan
from thecal.units import DOSE_RATE

_MOST_REASON = 500


@dataclass(frozen=True)
class Asked:
    """A rule to be signed: all that it said, and the reason as typed."""

    code: str
    findings: tuple[Any, ...]
    reason: str
    problem: str


@dataclass(frozen=True)
class Again:
    """A dose that changes ten-fold, to be typed again."""

    drug: str
    old: str
    new: str
    unit: str
    typed: str
    problem: str


@dataclass
class Answers:
    """What a person answered in the review, and what is wrong with it."""

    typed: Mapping[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.typed.get(name, "").strip()


@page("POST")
def to_review(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Keep what is typed, and go on to the review if all of it can be read."""
    whose = prescribed_for(request, patient)
    sheet = posted(request.POST)
    follows = key_in(request.POST.get("follows", ""))
    drafts.keep(person(request), whose, sheet, follows)
    if not preview(sheet, standing_now(whose)).read.is_whole:
        messages.error(
            request,
            _("Not yet: some fields cannot be read, or a number is doubted. See beside them."),
        )
        return redirect("programmer.edit", patient=whose.pk)
    return redirect("programmer.review", patient=whose.pk)


@page("GET", "POST")
def review(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The draft, to be prescribed or not."""
    whose, who = prescribed_for(request, patient), person(request)
    if request.method == "GET":
        whose = open_patient(who, whose, Opening(page="programming.review"))
    draft = drafts.own(who, whose)
    if draft is None or draft.has_expired:
        messages.error(request, _("There is no draft to review: it was used, or it is too old."))
        return redirect("programmer.edit", patient=whose.pk)
    standing = standing_now(whose)
    if str(draft.follows or "") != standing.follows:
        return _stale(request, whose, draft, standing)
    seen = preview(Sheet(dict(draft.fields)), standing, is_editor=False)
    if seen.plan is None or not seen.read.is_whole:
        return redirect("programmer.edit", patient=whose.pk)
    answers = Answers(request.POST.dict() if request.method == "POST" else {})
    if request.method == "POST" and _answered(answers, seen, standing):
        done = _prescribed(request, whose, draft, seen, answers)
        if done is not None:
            return done
    return _drawn(request, whose, seen, standing, answers, Sheet(dict(draft.fields)))


def _drawn(
    request: HttpRequest,
    patient: Patient,
    seen: Preview,
    standing: Standing,
    answers: Answers,
    sheet: Sheet,
) -> HttpResponse:
    assert seen.plan is not None  # noqa: S101  (the caller asked)
    rows = rows_of(standing.runs, planned(seen.plan, standing.device))
    context = {
        "patient": patient,
        "standing": standing,
        **shown(sheet, seen),
        "rows": rows,
        "ten_fold": [row for row in rows if row.ten_fold],
        "again": list(_again(answers, seen)),
        "asked": list(_asked(answers, seen)),
        "digest": _digest(seen.plan),
        "once": answers["once"] or uuid4(),
        "answers": answers.typed,
        "problems": answers.problems,
        "may_send": seen.verdict != "stop",
    }
    status = 422 if answers.problems else 200
    return render(request, "programming/review.html", context, status=status)


def _digest(plan: Plan) -> str:
    return plan.case.program.digest if plan.case.program else ""


def _asked(answers: Answers, seen: Preview) -> Iterator[Asked]:
    codes = dict.fromkeys(one.code for one in seen.findings if one.severity == "confirm")
    for code in codes:
        said = tuple(one for one in seen.findings if one.code == code and one.severity == "confirm")
        name = f"reason:{code}"
        yield Asked(code, said, answers[name], answers.problems.get(name, ""))


def _again(answers: Answers, seen: Preview) -> Iterator[Again]:
    for total in seen.totals:
        if not (total.drug and total.is_ten_fold):
            continue
        name, mean = f"again:{total.drug}", total.lines[0]
        unit = rate_unit(total.drug, "day").shown
        problem = answers.problems.get(name, "")
        yield Again(total.drug, mean.now, mean.new, unit, answers[name], problem)


# The answers


def _answered(answers: Answers, seen: Preview, standing: Standing) -> bool:
    """Whether every doubt is answered; what is not is said beside it."""
    assert seen.plan is not None  # noqa: S101  (the caller asked)
    if answers["digest"] != _digest(seen.plan):
        answers.problems[""] = _("What you reviewed is not what stands in the draft: look again.")
    if answers["do"] == "draft":
        return not answers.problems
    for asked in _asked(answers, seen):
        if not asked.reason and answers["do"] != "later":
            answers.problems[f"reason:{asked.code}"] = _("a signed finding needs its reason")
        if len(asked.reason) > _MOST_REASON:
            answers.problems[f"reason:{asked.code}"] = _("the reason is too long")
    for again in _again(answers, seen):
        if not _typed_again(again):
            answers.problems[f"again:{again.drug}"] = _("this is not the new dose: look again")
    rows = rows_of(standing.runs, planned(seen.plan, standing.device))
    if any(row.ten_fold for row in rows) and answers["ten_fold"] != "yes":
        answers.problems["ten_fold"] = _("say that the ten-fold changes are right, or go back")
    needs = any(True for _one in _asked(answers, seen)) and answers["do"] != "later"
    if needs and not answers["password"]:
        answers.problems["password"] = _("your password signs the findings")
    return not answers.problems


def _typed_again(again: Again) -> bool:
    try:
        amount = read_amount(again.typed, rate_unit(again.drug, "day"), may_be_zero=True)
    except TypedError:
        return False
    return drugs()[again.drug].show(amount.value, DOSE_RATE) == again.new


# Prescribe and sign


def _prescribed(
    request: HttpRequest, patient: Patient, draft: Draft, seen: Preview, answers: Answers
) -> HttpResponse | None:
    """Write it, then sign it; None where it was refused, with the reasons among the problems."""
    is_draft = answers["do"] == "draft"
    order = {"text": seen.read.text, "draft": is_draft}
    if draft.follows:
        order["follows"] = str(draft.follows)
    try:
        entry = prescribe.ask(person(request), patient, order, once=key_in(answers["once"]))
    except DoneBeforeError:
        return redirect("programmer.send", patient=patient.pk)
    except (GateClosedError, InvalidError, ConflictError) as refusal:
        answers.problems[""] = str(refusal)
        return None
    drafts.drop(person(request), patient)
    if is_draft:
        messages.info(request, _("Kept in the record as a draft, which can never be sent."))
        return redirect("patient", patient=patient.pk)
    messages.success(request, _("Prescribed. Nothing is sent yet."))
    if answers["do"] != "later":
        sign_all(request, patient, entry, answers.typed)
    return redirect("programmer.send", patient=patient.pk)


def sign_all(
    request: HttpRequest, patient: Patient, entry: Prescription, typed: Mapping[str, str]
) -> bool:
    """Sign each rule that has a reason by the password typed; the first refusal ends it."""
    username = typed.get("username", "").strip() or person(request).username
    signature = {"username": username, "password": typed.get("password", "")}
    for name, reason in typed.items():
        rule = name.removeprefix("reason:")
        if rule == name or not reason.strip():
            continue
        order = {
            "prescription": entry.pk,
            "rule": rule,
            "reason": reason.strip(),
            "signature": signature,
        }
        try:
            sign.ask(person(request), patient, order)
        except RefusalError as refusal:
            messages.error(request, _("Not signed: %s") % refusal)
            return False
    return True


# Written elsewhere meanwhile


def _stale(
    request: HttpRequest, patient: Patient, draft: Draft, standing: Standing
) -> HttpResponse:
    """What stands now is not what the draft was begun from: refused, with what changed."""
    rows_before = Prescription.objects.filter(patient=patient)
    before = rows_before.filter(pk=draft.follows).first() if draft.follows else None
    now = current(patient)
    changed: list[Row] = []
    if standing.plan is not None:
        old = planned(check(before.text, before.visit_on), standing.device) if before else None
        rows = rows_of(old, planned(standing.plan, standing.device))
        changed = [row for row in rows if row.changed]
    context = {
        "patient": patient,
        "draft": draft,
        "before": before,
        "entry": now,
        "rows": changed,
    }
    return render(request, "programming/stale.html", context, status=409)
