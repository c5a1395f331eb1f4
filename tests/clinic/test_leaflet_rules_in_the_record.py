"""Each rule of the leaflet: who tries to pass it is stopped, by page, by service and by import."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import databases
import pytest
import staff
from databases import Engine
from django.apps import apps
from django.core.management import call_command
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from journey import (
    BEFORE_IMPLANT,
    BEFORE_TRIAL,
    CLEARED,
    HOME,
    IMPLANT,
    IMPLANTED,
    INDICATED,
    INFUSION,
    NOTHING_THINS,
    NURSE,
    PHYSICIAN,
    PREPARED,
    REFERRED,
    ROUTES,
    SCHEDULE_IMPLANT,
    SCHEDULED,
    SELECTED,
    START,
    TRIED,
    YES,
    Clock,
    Route,
    Step,
    antibiotic,
    asked,
    consent,
    flow,
    pain,
    running,
    step,
    trial,
    walk,
)

from thecal import care
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.record.histories import complaints
from thecal.clinic.record.models import Override
from thecal.clinic.record.services import Service, services
from thecal.clinic.storage.rows import UnreadableError
from thecal.clinic.storage.whole import Kind, put_in, take_out

ONLY_INFECTION = consent("trial", ["infection"])
UNCLEARED = step(
    "assessments.record-psychological",
    Role.NEUROPSYCHOLOGIST,
    clearance="conditional",
    conditions="Treated depression.",
    untreated_habituation=False,
    summary="Not yet.",
)
HABITUATED = step(
    "assessments.record-psychological",
    Role.NEUROPSYCHOLOGIST,
    clearance="cleared",
    untreated_habituation=True,
    summary="Alcohol.",
)
END_EARLY = step("trials.end", PHYSICIAN, intact="yes")
TOO_SOON = step("implants.discharge", PHYSICIAN)
STOPPED = step("trials.stop", NURSE, reason="It did not help.")


def answering(**changed: Any) -> Step:
    return step("selection.answer-indications", PHYSICIAN, **{**YES, **changed})


FAILED_TRIAL = [*SELECTED, *BEFORE_TRIAL, *trial("8"), END_EARLY]
SHORT_TRIAL = [*SELECTED, *BEFORE_TRIAL, START, INFUSION, flow("3"), flow("3")]
STOPPED_TRIAL = [*SHORT_TRIAL, STOPPED, END_EARLY]

TRIES: list[Any] = [
    pytest.param(
        "leaflet.1", [*REFERRED, *INDICATED], SCHEDULED[0], "psychology.evaluated", id="1-trial"
    ),
    pytest.param(
        "leaflet.1", [*REFERRED, *INDICATED, UNCLEARED], SCHEDULED[0], "psychology.cleared",
        id="1-conditional",
    ),
    pytest.param(
        "leaflet.1", [*TRIED, UNCLEARED], SCHEDULE_IMPLANT, "psychology.cleared", id="1-implant"
    ),
    pytest.param("leaflet.2", SELECTED, SCHEDULE_IMPLANT, "trial.success", id="2-no-trial"),
    pytest.param("leaflet.2", FAILED_TRIAL, SCHEDULE_IMPLANT, "trial.success", id="2-failed"),
    pytest.param("leaflet.2", SHORT_TRIAL, END_EARLY, "trial.observed", id="2-under-23-h"),
    pytest.param("leaflet.2", STOPPED_TRIAL, SCHEDULE_IMPLANT, "trial.observed", id="2-stopped"),
    pytest.param(
        "leaflet.2",
        [*SELECTED, *BEFORE_TRIAL, *trial(), *BEFORE_IMPLANT],
        IMPLANT,
        "trial.catheter-out",
        id="2-catheter-in",
    ),
    pytest.param("leaflet.3", TRIED, IMPLANT, "implant.scheduled", id="3-unscheduled"),
    pytest.param(
        "leaflet.3",
        IMPLANTED,
        step("appointments.schedule-implant", PHYSICIAN, planned=timedelta(days=2)),
        "pump.none",
        id="3-second-pump",
    ),
    pytest.param(
        "leaflet.3",
        TRIED,
        step("appointments.schedule-replacement", PHYSICIAN, planned=timedelta(days=2)),
        "pump.present",
        id="3-replaces-nothing",
    ),
    pytest.param("leaflet.5", [*IMPLANTED, HOME[0]], TOO_SOON, "stay.overnight", id="5-same-day"),
    pytest.param(
        "leaflet.6",
        [*REFERRED, *CLEARED, answering(conservative_therapy_failed="no")],
        SCHEDULED[0],
        "candidacy.conservative-therapy",
        id="6-conservative",
    ),
    pytest.param(
        "leaflet.6",
        [*REFERRED, *CLEARED, answering(no_further_surgery="unknown")],
        SCHEDULED[0],
        "candidacy.no-further-surgery",
        id="6-surgery",
    ),
    pytest.param(
        "leaflet.6", [*REFERRED, *INDICATED, HABITUATED], SCHEDULED[0], "candidacy.no-habituation",
        id="6-habituation",
    ),
    pytest.param(
        "leaflet.6",
        [*REFERRED, *CLEARED, answering(no_contraindication="no", contraindications="Sepsis.")],
        SCHEDULED[0],
        "candidacy.no-contraindication",
        id="6-contraindication",
    ),
    pytest.param(
        "leaflet.7",
        [*SELECTED, *SCHEDULED, ONLY_INFECTION, *NOTHING_THINS, pain("8"), antibiotic()],
        START,
        "consent.trial-risks",
        id="7-two-risks-unsaid",
    ),
    pytest.param(
        "leaflet.7",
        [*TRIED, SCHEDULE_IMPLANT, *NOTHING_THINS, *PREPARED],
        IMPLANT,
        "consent.implant",
        id="7-no-consent",
    ),
]  # fmt: skip


@pytest.mark.usefixtures("record")
@pytest.mark.parametrize(("rule", "before", "tried", "closed"), TRIES)
def test_a_rule_is_not_passed(rule: str, before: list[Step], tried: Step, closed: str) -> None:
    with running() as clock:
        patient = staff.patient()
        walk(patient, before, clock)
        now = Step(tried.action, tried.role, tried.data, timedelta())
        clock.now += tried.after
        version = Patient.objects.get(pk=patient.pk).version
        for route in ROUTES:
            assert closed in route(patient, now, clock), (rule, route)
            if not care.requirement_cards()[closed].waivable_by:
                assert closed in route(patient, now, clock, "It has to be."), (rule, route)
        assert Patient.objects.get(pk=patient.pk).version == version
        assert list(complaints()) == []
        without_gates(patient, now, clock)
    assert any(f"{closed} was closed" in said for said in complaints()), rule


@pytest.mark.usefixtures("record")
@pytest.mark.parametrize("route", ROUTES)
def test_a_failed_trial_is_passed_by_a_signed_waiver_alone_which_stays_in_sight(
    route: Route,
) -> None:
    with running() as clock:
        patient = staff.patient()
        walk(patient, FAILED_TRIAL, clock)
        nurse = Step(SCHEDULE_IMPLANT.action, NURSE, SCHEDULE_IMPLANT.data)
        assert route(patient, nurse, clock) == {"trial.success"}
        assert route(patient, SCHEDULE_IMPLANT, clock, "Spasm fell, unmeasured.") == frozenset()
        walk(patient, [*BEFORE_IMPLANT[1:], IMPLANT], clock, route)
        override = Override.objects.of(patient).get()
        assert (override.gate, override.reason) == ("trial.success", "Spasm fell, unmeasured.")
        client = Client()
        client.force_login(staff.member(Role.READER), staff.BACKEND)
        page = client.get(reverse("patient", kwargs={"patient": patient.pk})).content.decode()
    assert page.count("Spasm fell, unmeasured.") >= 2


@pytest.fixture
def empty(engine: Engine) -> Callable[[], str]:
    """The URL of an empty record of its own."""
    name = "empty-for-rules"
    if not engine.exists(name):
        databases.use(databases.described(engine.create(name)))
        call_command("migrate", verbosity=0)
        databases.leave()
    return lambda: engine.copy(name, "loaded")


def without_gates(patient: Patient, one: Step, clock: Clock) -> None:
    """What a forged file has: an entry with its event, which no gate has seen."""
    clock.now += one.after
    true = services()[one.action]
    forged = Service(true.action, true._act, (), sight=False)
    forged.order = true.order
    forged.ask(staff.member(one.role), patient, asked(one, clock))


def test_an_import_does_not_take_what_no_gate_has_seen(
    own_record: str,
    engine: Engine,
    empty: Callable[[], str],
    tmp_path: Path,
) -> None:
    databases.use(databases.described(own_record))
    with running() as clock:
        patient = staff.patient()
        walk(patient, [*REFERRED, *INDICATED], clock)
        without_gates(patient, SCHEDULED[0], clock)
        take_out(tmp_path / "forged", Kind.EXPORT)
    databases.use(databases.described(empty()))
    try:
        with pytest.raises(UnreadableError, match=r"psychology\.evaluated was closed"):
            put_in(tmp_path / "forged", Kind.EXPORT)
        assert not Patient.objects.exists()
    finally:
        databases.leave()
        engine.drop("loaded")


def test_an_import_takes_what_went_through_the_gates(
    own_record: str,
    engine: Engine,
    empty: Callable[[], str],
    tmp_path: Path,
) -> None:
    databases.use(databases.described(own_record))
    with running() as clock:
        patient = staff.patient()
        walk(patient, [*IMPLANTED, *HOME], clock)
        other = staff.patient()
        walk(other, FAILED_TRIAL, clock)
        assert ROUTES[1](other, SCHEDULE_IMPLANT, clock, "Signed.") == frozenset()
        walk(other, [*BEFORE_IMPLANT[1:], IMPLANT], clock)
        take_out(tmp_path / "true", Kind.EXPORT)
    databases.use(databases.described(empty()))
    try:
        put_in(tmp_path / "true", Kind.EXPORT)
        assert Patient.objects.count() == 2
    finally:
        databases.leave()
        engine.drop("loaded")


def test_there_is_no_admin_site_to_pass_by() -> None:
    assert not apps.is_installed("django.contrib.admin")
    with pytest.raises(NoReverseMatch):
        reverse("admin:index")
    assert not [one for one in get_resolver().url_patterns if "admin" in str(one.pattern)]
