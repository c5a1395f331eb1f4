"""FHIR served from the record: whole, valid by two judges, refused where it must be, audited."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import programming
import pytest
import staff
from django.test import Client
from django.utils import timezone
from exchanging import got, judged, path_of, reader, treated, why

from thecal.clinic.audit.models import Event
from thecal.clinic.exchange.as_fhir import everything
from thecal.clinic.exchange.as_fhir.facts import known_facts
from thecal.clinic.exchange.orders import OF_A_PATIENT
from thecal.clinic.followup.models import AdverseEvent
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.record.services import services
from thecal.fhir import Json, Resources, read_history, read_order, read_task
from thecal.therapy.file.reading import read_text

ONE_ENGINE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
pytestmark = pytest.mark.usefixtures("record")


@pytest.fixture(autouse=True)
def _by_two_judges() -> Iterator[None]:
    with judged():
        yield


@pytest.fixture
def patient(record: None) -> Patient:  # noqa: ARG001
    return treated()


def of_type(bundle: Json, kind: str) -> list[Json]:
    every = [entry["resource"] for entry in bundle.get("entry", ())]
    return [one for one in every if one["resourceType"] == kind]


def test_everything_of_a_patient_comes_back_as_it_is_in_the_record(patient: Patient) -> None:
    bundle = got(reader(), f"/fhir/Patient/{patient.pk}/$everything")
    assert bundle["total"] == len(bundle["entry"])
    resources = Resources.of_bundle(bundle)
    known = tuple(one.event for one in known_facts(patient, timezone.now()))
    assert read_history(resources.one("Patient"), resources).events == known
    (active,) = [one for one in of_type(bundle, "MedicationRequest") if one["status"] == "active"]
    order = read_order(resources.place("MedicationRequest", active["id"]), resources)
    assert order == read_text(programming.BACLOFEN, "the prescription")
    assert of_type(bundle, "DetectedIssue")
    assert [read_task(one) for one in resources.all("Task") if one.get("restriction")]


@ONE_ENGINE
def test_a_patient_has_one_pump_however_often_it_is_written_down(patient: Patient) -> None:
    bundle = got(reader(), f"/fhir/Patient/{patient.pk}/$everything")
    uses = of_type(bundle, "DeviceUseStatement")
    assert [one["status"] for one in uses] == ["active", "active"]  # one pump, one catheter
    serials = [one.get("serialNumber") for one in of_type(bundle, "Device")]
    assert serials.count("SN-1") == 1
    orders = of_type(bundle, "MedicationRequest")
    ours = [one for one in orders if not one["id"].endswith("-before") and "extension" in one]
    assert sorted(one["status"] for one in ours) == ["active", "stopped"]
    assert all(one["requester"]["display"] == "Physician one" for one in ours)


@ONE_ENGINE
def test_every_resource_is_read_by_its_own_address(patient: Patient) -> None:
    client = reader()
    bundle = got(client, f"/fhir/Patient/{patient.pk}/$everything")
    seen = set()
    for one in (entry["resource"] for entry in bundle["entry"]):
        if one["resourceType"] in seen:
            continue
        seen.add(one["resourceType"])
        read = got(client, f"/fhir/{one['resourceType']}/{one['id']}")
        if one["resourceType"] != "CarePlan":  # it says when it was looked at
            assert read == one
    assert seen >= {"Patient", "CarePlan", "Consent", "DetectedIssue", "Device", "Observation"}
    assert seen >= {"MedicationRequest", "Medication", "Procedure", "ServiceRequest", "Task"}


@ONE_ENGINE
def test_a_correction_keeps_the_id_and_changes_what_it_says(patient: Patient) -> None:
    before = {one["id"] for one in everything(patient, timezone.now())}
    was = AdverseEvent.objects.get(patient=patient)
    services()["followup.correct-adverse-event"].ask(
        staff.member(Role.NURSE),
        patient,
        {
            "corrects": was.pk,
            "why": "judged again",
            "happened_at": was.happened_at,
            "harm": "infection",
            "what": "Pus.",
            "serious": True,
        },
    )
    after = everything(patient, timezone.now())
    (harm,) = [one for one in after if one["resourceType"] == "AdverseEvent"]
    assert harm["id"] in before
    assert harm["seriousness"]["coding"][0]["code"] == "Serious"
    then = everything(patient, was.recorded_at)
    (harm,) = [one for one in then if one["resourceType"] == "AdverseEvent"]
    assert harm["seriousness"]["coding"][0]["code"] == "Non-serious"
    assert got(reader(), f"/fhir/AdverseEvent/{harm['id']}")["seriousness"] != harm["seriousness"]


@ONE_ENGINE
def test_what_is_offered_is_what_is_served(patient: Patient) -> None:
    statement = got(Client(), "/fhir/metadata")
    client = reader()
    for offered in statement["rest"][0]["resource"]:
        codes = {one["code"] for one in offered["interaction"]}
        kind = offered["type"]
        if "search-type" not in codes:
            assert why(client, f"/fhir/{kind}?patient={patient.pk}", 400)[0] == "not-supported"
        elif kind in {"Patient", "PlanDefinition"}:
            assert got(client, f"/fhir/{kind}")["total"] == 1
        else:
            (name,) = [one["name"] for one in offered["searchParam"]]
            found = got(client, f"/fhir/{kind}?{name}=Patient/{patient.pk}&_count=2")
            assert found["total"] >= len(found.get("entry", ()))
    assert {one["type"] for one in statement["rest"][0]["resource"]} == {
        *OF_A_PATIENT,
        "PlanDefinition",
    }


@ONE_ENGINE
def test_the_pathway_itself_is_a_plan_definition(patient: Patient) -> None:
    client = reader()
    assert got(client, "/fhir/PlanDefinition/pathway")["title"]
    care = got(client, f"/fhir/CarePlan?patient={patient.pk}")["entry"][0]["resource"]
    assert care["instantiatesCanonical"][0].endswith("/PlanDefinition/pathway")
    assert why(client, "/fhir/PlanDefinition/other", 404)[0] == "not-found"


def test_patients_are_searched_within_the_clinic(patient: Patient) -> None:
    staff.patient(number="R-2", family_name="Alpine", given_name="Bo", sex="female")
    staff.patient(staff.ELSEWHERE, number="R-1", family_name="Alpha")
    client = reader()

    def numbers(query: str) -> list[str]:
        found = got(client, f"/fhir/Patient?{query}")
        shown = [entry["resource"] for entry in found.get("entry", ())]
        assert found["total"] == len(shown)
        return [one["identifier"][0]["value"] for one in shown]

    assert numbers("identifier=R-1") == ["R-1"]
    assert numbers(f"identifier=urn:uuid:{staff.clinic().pk}|R-1") == ["R-1"]
    assert numbers(f"identifier=urn:uuid:{staff.clinic(staff.ELSEWHERE).pk}|R-1") == []
    assert numbers("name=alp") == ["R-1", "R-2"]
    assert numbers("family=Alpine,Alpha&given=ada") == ["R-1"]
    assert numbers("gender=female") == ["R-2"]
    assert numbers("birthdate=1970-01-02&name=bo") == ["R-2"]
    assert numbers(f"_id={patient.pk}") == ["R-1"]
    assert numbers("name=nobody") == []


@ONE_ENGINE
def test_a_search_is_leafed_through_page_by_page() -> None:
    for number in range(5):
        staff.patient(number=f"R-{number}", family_name=f"Name{number}")
    client, address, seen = reader(), "/fhir/Patient?name=name&_count=2", []
    while address:
        page = got(client, address)
        assert page["total"] == 5
        seen += [one["resource"]["identifier"][0]["value"] for one in page["entry"]]
        following = [one["url"] for one in page["link"] if one["relation"] == "next"]
        address = path_of(following[0]) if following else ""
    assert seen == [f"R-{number}" for number in range(5)]


@ONE_ENGINE
def test_what_is_not_offered_is_refused_and_never_left_out(patient: Patient) -> None:
    client = reader()
    for address in (
        "/fhir/Patient?phone=1",
        "/fhir/Patient?name:exact=Alpha",
        "/fhir/Patient?_summary=true",
        "/fhir/Patient?_format=xml",
        "/fhir/Patient?birthdate=gt1970-01-01",
        f"/fhir/Patient/{patient.pk}?_elements=name",
        f"/fhir/Patient/{patient.pk}/$everything?start=2026-01-01",
        f"/fhir/Observation?patient={patient.pk}&code=x",
        "/fhir/Immunization",
        f"/fhir/Immunization/{patient.pk}",
        "/fhir/$export?_since=2026-01-01T00:00:00Z",
    ):
        assert why(client, address, 400)[0] == "not-supported", address
    for address in (
        "/fhir/Observation",
        "/fhir/Patient?_count=0",
        "/fhir/Patient?_count=many",
        "/fhir/Patient?birthdate=1970-02-31",
        "/fhir/Patient?name=",
        f"/fhir/Patient/{patient.pk}/$everything?_type=Immunization",
        "/fhir/$export",
    ):
        assert why(client, address, 400)[0] in {"invalid", "value"}, address
    assert why(client, "/fhir/Patient", 406, accept="application/fhir+xml")[0] == "not-supported"
    assert why(client, "/fhir/Patient/1/_history/2", 404)[0] == "not-supported"
    assert client.post("/fhir/Patient", "{}", "application/json").status_code == 405


@ONE_ENGINE
def test_nobody_reads_who_may_not(patient: Patient) -> None:
    address = f"/fhir/Patient/{patient.pk}"
    assert why(Client(), address, 401)[0] == "login"
    assert why(reader(Role.ADMINISTRATOR), address, 403)[0] == "forbidden"
    stranger = reader(Role.PHYSICIAN, staff.ELSEWHERE)
    harm = next(
        one for one in everything(patient, timezone.now()) if one["resourceType"] == "AdverseEvent"
    )
    for there in (
        address,
        f"{address}/$everything",
        f"/fhir/AdverseEvent/{harm['id']}",
        f"/fhir/AdverseEvent?subject={patient.pk}",
    ):
        assert why(stranger, there, 404)[0] == "not-found"
    assert got(stranger, "/fhir/Patient")["total"] == 0
    for wrong in (f"{address[:-1]}x", "/fhir/Observation/1", f"/fhir/Task/{harm['id']}"):
        assert why(reader(), wrong, 404)[0] == "not-found"


@ONE_ENGINE
def test_every_reading_is_in_the_trail(patient: Patient) -> None:
    client = reader()
    for address in (
        f"/fhir/Patient/{patient.pk}",
        f"/fhir/Patient/{patient.pk}/$everything",
        f"/fhir/Observation?patient={patient.pk}",
    ):
        got(client, address)
        event = Event.objects.order_by("-seq")[0]
        assert (event.action, event.patient) == ("exchange.read-record", patient.pk), address
    got(client, "/fhir/Patient?name=alpha")
    event = Event.objects.order_by("-seq")[0]
    assert event.action == "exchange.search-patients"
    assert json.loads(event.detail)["patients"] == [str(patient.pk)]


@ONE_ENGINE
def test_a_record_with_nothing_in_it_is_a_patient_alone() -> None:
    patient = staff.patient()
    bundle = got(reader(), f"/fhir/Patient/{patient.pk}/$everything")
    assert [one["resource"]["resourceType"] for one in bundle["entry"]] == ["Patient"]


@ONE_ENGINE
def test_a_withdrawn_prescription_and_a_draft_order_nothing() -> None:
    patient = staff.patient()
    entry = programming.written(patient)
    programming.written(patient, draft=True)
    services()["prescriptions.withdraw"].ask(
        staff.member(Role.PHYSICIAN),
        patient,
        {"prescription": entry.pk, "why": "another patient's"},
    )
    bundle = got(reader(), f"/fhir/MedicationRequest?patient={patient.pk}")
    told = [(one["status"], one["intent"]) for one in of_type(bundle, "MedicationRequest")]
    assert sorted(told) == [("cancelled", "order"), ("draft", "proposal")]


@ONE_ENGINE
def test_a_replaced_pump_is_in_use_until_it_was_replaced(patient: Patient) -> None:
    end = timezone.now() - timedelta(days=1)
    services()["implants.record-explant"].ask(
        staff.member(Role.PHYSICIAN), patient, {"happened_at": end, "reason": "no more need"}
    )
    uses = got(reader(), f"/fhir/DeviceUseStatement?patient={patient.pk}")
    told = of_type(uses, "DeviceUseStatement")
    assert [one["status"] for one in told] == ["completed", "completed"]
    assert {one["timingPeriod"]["end"] for one in told} == {end.isoformat()}
