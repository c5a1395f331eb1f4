"""What comes after the operation, walked by the pages: watch, search, scan, benefit, documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import staff
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse
from journey import (
    NURSE,
    PHYSICIAN,
    SCHEDULED,
    SELECTED,
    Clock,
    by_page,
    post,
    running,
    step,
    walk,
)

from thecal.clinic.attachments.models import Attachment
from thecal.clinic.audit.verifying import verify
from thecal.clinic.pathway.recording import recorded
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.tasks.services import closable

pytestmark = pytest.mark.usefixtures("record")

TAKEN_OVER = step(
    "implants.take-over",
    PHYSICIAN,
    indication="pain",
    pump="synchromed-ii-20",
    catheter="ascenda-8780",
    from_whom="another clinic",
)


@pytest.fixture
def clock() -> Iterator[Clock]:
    with running() as one:
        yield one


@pytest.fixture
def patient(clock: Clock) -> Patient:
    """One with a pump."""
    made = staff.patient()
    walk(made, [TAKEN_OVER], clock)
    return made


def shown(patient: Patient, role: Role = Role.READER) -> str:
    client = Client()
    client.force_login(staff.member(role), staff.BACKEND)
    page = client.get(reverse("patient", kwargs={"patient": patient.pk}))
    assert page.status_code == 200
    return unescape(page.content.decode())


def test_every_fact_has_its_pages(patient: Patient) -> None:
    client = Client()
    for sort in recorded():
        client.force_login(staff.member(min(sort.roles)), staff.BACKEND)
        actions = [sort.write.action.name]
        if sort.kind is not Attachment:
            actions.append(sort.correct.action.name)
        for name in actions:
            assert client.get(reverse(name, kwargs={"patient": patient.pk})).status_code == 200


def test_the_page_shows_gates_with_reasons_sources_and_what_opens_them(clock: Clock) -> None:
    patient = staff.patient()
    assert "Nobody has recorded what is treated" in shown(patient)
    walk(patient, SELECTED[:2], clock)
    page = shown(patient)
    for said in (
        "Schedule the trial: <strong>closed</strong>",
        "no psychological assessment is recorded",
        "What opens it: a psychological assessment by a neuropsychologist",
        "leaflet.1",
        "Have a neuropsychologist assess the patient",
    ):
        assert said in page


def test_an_alarming_answer_raises_a_task_that_a_person_closes(
    patient: Patient, clock: Clock
) -> None:
    asked = step("followup.record-surveillance", NURSE, answers={"fever": "yes"})
    walk(patient, [asked], clock, by_page)
    assert "Examine for infection of wound, pocket or catheter" in shown(patient)
    (task,) = [one for one in closable(patient, clock.now) if one.code == "infection.examine"]
    done = step("tasks.close-task", PHYSICIAN, key=task.key, outcome="No infection.")
    walk(patient, [done], clock, by_page)
    assert task.key not in {one.key for one in closable(patient, clock.now)}


def test_a_task_that_a_fact_closes_is_not_closed_by_saying_so(
    patient: Patient, clock: Clock
) -> None:
    data = {"key": "refill.unknown", "outcome": "Done.", "happened_at": clock.now.isoformat()}
    assert post(patient, "tasks.close-task", NURSE, data).status_code == 422


def test_a_lost_effect_is_searched_for_and_nothing_is_injected_after_a_failed_aspiration(
    patient: Patient, clock: Clock
) -> None:
    def done(name: str, result: str) -> frozenset[str]:
        one = step("followup.record-effect-step", NURSE, step=name, result=result)
        return by_page(patient, one, clock)

    lost = step("followup.record-effect-lost", NURSE, notes="Pain is back.")
    walk(patient, [lost], clock, by_page)
    assert Patient.objects.get(pk=patient.pk).stage == "lost-effect"
    assert "Interrogate the pump" in shown(patient)
    assert done("interrogate", "normal") == frozenset()
    assert "a normal residual does not exclude a leak" in shown(patient)
    assert done("contrast", "normal") == {"effect.aspirated"}
    assert done("side-port-aspiration", "failed") == frozenset()
    assert done("contrast", "normal") == {"effect.aspirated"}
    assert done("side-port-aspiration", "normal") == frozenset()
    assert done("contrast", "abnormal") == frozenset()
    end = step("followup.record-effect-end", PHYSICIAN, cause="A leak; catheter replaced.")
    walk(patient, [end], clock, by_page)
    assert Patient.objects.get(pk=patient.pk).stage != "lost-effect"


def test_a_scan_waits_for_what_the_pump_needs(patient: Patient, clock: Clock) -> None:
    planned = (clock.now.replace(hour=20)).isoformat()
    plan = step("followup.record-scan-plan", NURSE, planned=planned, tesla="1.5")
    walk(patient, [plan], clock, by_page)
    assert "mri.read-before" in by_page(patient, step("followup.record-scan", NURSE), clock)
    assert "mri.scanned" in by_page(patient, step("followup.record-scan-closed", NURSE), clock)


def test_benefit_is_shown_against_before_and_only_by_sourced_conversions(clock: Clock) -> None:
    patient = staff.patient()
    before = [
        *SELECTED[:1],
        step("followup.record-score", NURSE, instrument="nrs", score="8"),
        step(
            "followup.record-oral-medicines",
            NURSE,
            medicines="morphine: 60 mg/day\nan unheard-of medicine: 5 mg/day",
        ),
        step("followup.record-side-effects", NURSE, nausea="severe"),
        TAKEN_OVER,
        step("followup.record-score", NURSE, instrument="nrs", score="3"),
        step("followup.record-oral-medicines", NURSE, medicines="morphine: 15 mg/day"),
        step("followup.record-side-effects", NURSE, nausea="mild"),
        step("followup.record-activity", NURSE, change="better"),
        step("followup.record-adverse-event", NURSE, harm="infection", what="The wound."),
    ]
    walk(patient, before, clock, by_page)
    page = " ".join(shown(patient).split())
    assert "<td>8</td><td>3</td><td>better</td>" in page
    assert "<td>nausea</td><td>severe</td><td>mild</td><td>better</td>" in page
    assert "not known; without a published conversion: an unheard-of medicine" in page
    assert "15 mg/day" in page
    assert "<td>Infections recorded since</td><td></td><td>1</td>" in page


@pytest.mark.parametrize(
    ("instrument", "score"), [("nrs", "11"), ("modified-ashworth", "5"), ("nothing", "1")]
)
def test_a_score_that_is_none_is_refused(
    patient: Patient, clock: Clock, instrument: str, score: str
) -> None:
    data = {"instrument": instrument, "score": score, "happened_at": clock.now.isoformat()}
    assert post(patient, "followup.record-score", NURSE, data).status_code == 422


def test_a_wrong_entry_is_withdrawn_by_who_may_write_it_and_stays_in_sight(
    patient: Patient, clock: Clock
) -> None:
    walk(patient, SELECTED[2:], clock, by_page)
    (entry,) = [
        row for one in recorded("assessments") for row in one.kind.objects.current().of(patient)
    ]
    withdraw: dict[str, Any] = {"entry": str(entry.pk), "why": "Of another patient."}
    assert post(patient, "pathway.withdraw-entry", NURSE, withdraw).status_code == 409
    done = step("pathway.withdraw-entry", Role.NEUROPSYCHOLOGIST, **withdraw)
    walk(patient, [done], clock, by_page)
    assert "Withdrawn: Of another patient." in shown(patient)
    assert "psychology.evaluated" in by_page(patient, SCHEDULED[0], clock)
    assert verify().holds


def test_what_is_due_is_listed_the_soonest_first(patient: Patient) -> None:
    client = Client()
    client.force_login(staff.member(NURSE), staff.BACKEND)
    page = client.get(reverse("tasks.list", kwargs={"clinic": patient.clinic_id}))
    assert page.status_code == 200
    row = Patient.objects.get(pk=patient.pk)
    assert row.next_due is not None
    assert f"{row.next_due:%Y-%m-%d}" in page.content.decode()


def test_the_clinics_own_figures_are_in_force_and_shown(clock: Clock, tmp_path: Path) -> None:
    file = tmp_path / "figures.toml"
    file.write_text(
        "schema = 1\n[[off]]\nrequirement = 'trial.antibiotic'\nreason = 'given in theatre'\n",
        encoding="utf-8",
    )
    with override_settings(THECAL=replace(settings.THECAL, figures=file)):
        patient = staff.patient()
        walk(patient, SELECTED, clock, by_page)
        assert "This clinic works by figures of its own" in shown(patient)
        client = Client()
        client.force_login(staff.member(Role.READER), staff.BACKEND)
        page = client.get(reverse("pathway.show-figures", kwargs={"clinic": patient.clinic_id}))
    assert "given in theatre" in page.content.decode()


def test_a_document_is_kept_as_it_came_and_never_shown_as_a_page(
    patient: Patient, clock: Clock
) -> None:
    client = Client()
    client.force_login(staff.member(NURSE), staff.BACKEND)
    address = reverse("attachments.add-document", kwargs={"patient": patient.pk})
    content = b"%PDF-1.7 a letter"
    data = {"title": "Letter", "happened_at": clock.now.strftime("%Y-%m-%dT%H:%M")}

    def send(kind: str) -> int:
        file = SimpleUploadedFile("letter.pdf", content)
        return client.post(address, {**data, "media_type": kind, "content": file}).status_code

    assert send("image/png") == 422
    assert send("application/pdf") == 302
    entry = Attachment.objects.get(patient=patient)
    where = {"patient": patient.pk, "entry": entry.pk}
    fetched = client.get(reverse("attachments.fetch", kwargs=where))
    assert fetched.content == content
    assert fetched["Content-Disposition"] == 'attachment; filename="letter.pdf"'
    assert fetched["X-Content-Type-Options"] == "nosniff"
    assert "Letter (PDF, 17 B)" in shown(patient)
    other = staff.patient()
    where["patient"] = other.pk
    assert client.get(reverse("attachments.fetch", kwargs=where)).status_code == 409
