"""Every action passes its gates in the service layer; an override is signed and stays in sight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

import pytest
import staff

from thecal.clinic.assessments.models import PsychologicalAssessment
from thecal.clinic.assessments.orders import PsychologicalFinding
from thecal.clinic.audit.models import Event
from thecal.clinic.people.roles import CLINICAL, Role
from thecal.clinic.record.actions import About, Action, Kind
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.gates import Closed
from thecal.clinic.record.models import Override
from thecal.clinic.record.orders import Overriding, Signature
from thecal.clinic.record.refusals import (
    DoneBeforeError,
    GateClosedError,
    RefusalError,
    SignatureError,
)
from thecal.clinic.record.services import Service

pytestmark = pytest.mark.usefixtures("record")


def gate(doing: Doing, order: Any) -> Sequence[Closed]:  # noqa: ARG001
    """Closed, and to be passed by a physician."""
    return [Closed("test.gate", ("It rains.",), "the sky", "sunshine", frozenset({Role.PHYSICIAN}))]


def wall(doing: Doing, order: Any) -> Sequence[Closed]:  # noqa: ARG001
    """Closed for good."""
    return [Closed("test.wall", ("There is no way.",), "the map")]


def _write(doing: Doing, order: PsychologicalFinding) -> PsychologicalAssessment:
    return doing.write(PsychologicalAssessment, **order.model_dump())


def service(*gates: Any) -> Service[PsychologicalFinding, PsychologicalAssessment]:
    """One that writes an entry behind gates; it is in no table."""
    action = Action("test.write", "Write", Kind.WRITE, About.PATIENT, CLINICAL)
    return Service(action, _write, gates, sight=False)


ORDER = PsychologicalFinding.model_validate(
    {
        "happened_at": "2026-03-02T10:00:00+00:00",
        "clearance": "cleared",
        "untreated_habituation": False,
        "summary": "Fit.",
    }
)


def passing(username: str = "physician-one", password: str = staff.PASSWORD) -> Overriding:
    return Overriding(
        reason="An umbrella is at hand.",
        signature=Signature.model_validate({"username": username, "password": password}),
    )


@pytest.fixture
def nothing_is_kept(record: None) -> Iterator[None]:  # noqa: ARG001
    yield
    assert not PsychologicalAssessment.objects.exists()
    assert not Override.objects.exists()
    event = Event.objects.order_by("-seq")[0]
    assert (event.action, event.outcome) == ("test.write", "refused")


@pytest.mark.usefixtures("nothing_is_kept")
class TestClosed:
    def test_a_closed_gate_stops_the_action_and_says_why(self) -> None:
        with pytest.raises(GateClosedError, match="It rains") as caught:
            service(gate)(staff.member(Role.PHYSICIAN), staff.patient(), ORDER)
        assert caught.value.closed[0].source == "the sky"

    def test_a_gate_that_nobody_may_pass_is_not_passed(self) -> None:
        with pytest.raises(GateClosedError, match="no way"):
            service(gate, wall)(
                staff.member(Role.PHYSICIAN), staff.patient(), ORDER, overriding=passing()
            )

    @pytest.mark.parametrize(
        ("who", "signs", "password", "said"),
        [
            (Role.NURSE, "nurse-one", staff.PASSWORD, "needs the signature of: physician"),
            (Role.PHYSICIAN, "physician-one", "wrong", "is wrong"),
            (Role.PHYSICIAN, "nobody", staff.PASSWORD, "is wrong"),
            (Role.NURSE, "physician-one", staff.PASSWORD, "signs for it themself"),
            (Role.PHYSICIAN, "physician-two", staff.PASSWORD, "needs the signature"),
        ],
    )
    def test_an_override_needs_the_role_and_its_own_signature(
        self, who: Role, signs: str, password: str, said: str
    ) -> None:
        with pytest.raises(SignatureError, match=said):
            service(gate)(
                staff.member(who), staff.patient(), ORDER, overriding=passing(signs, password)
            )

    def test_signatures_cannot_be_guessed(self) -> None:
        who, patient = staff.member(Role.PHYSICIAN), staff.patient()
        for _ in range(5):
            with pytest.raises(SignatureError, match="is wrong"):
                service(gate)(who, patient, ORDER, overriding=passing(password="guess"))
        with pytest.raises(SignatureError, match="too many"):
            service(gate)(who, patient, ORDER, overriding=passing())

    def test_no_password_is_in_the_trail(self) -> None:
        with pytest.raises(RefusalError):
            service(gate)(
                staff.member(Role.PHYSICIAN),
                staff.patient(),
                ORDER,
                overriding=passing(password="this-is-secret"),
            )
        assert not Event.objects.filter(detail__contains="this-is-secret").exists()


def test_an_override_is_an_entry_with_its_reason() -> None:
    who, patient = staff.member(Role.PHYSICIAN), staff.patient()
    service(gate)(who, patient, ORDER, overriding=passing())
    override = Override.objects.get(patient=patient)
    assert (override.gate, override.said, override.source) == ("test.gate", "It rains.", "the sky")
    assert (override.recorded_by, override.recorded_role) == (who, "physician")
    assert override.reason == "An umbrella is at hand."


def test_an_open_gate_lets_through_and_nothing_is_overridden() -> None:
    service(lambda doing, order: [])(  # noqa: ARG005
        staff.member(Role.PHYSICIAN), staff.patient(), ORDER, overriding=passing()
    )
    assert not Override.objects.exists()


def test_the_same_request_twice_is_done_once() -> None:
    who, patient, once = staff.member(Role.NURSE), staff.patient(), uuid4()
    service()(who, patient, ORDER, once=once)
    with pytest.raises(DoneBeforeError):
        service()(who, patient, ORDER, once=once)
    assert PsychologicalAssessment.objects.count() == 1


def test_what_fails_half_way_leaves_nothing() -> None:
    def fails(doing: Doing, order: PsychologicalFinding) -> PsychologicalAssessment:
        doing.write(PsychologicalAssessment, **order.model_dump())
        raise RuntimeError("half way")

    action = Action("test.write", "Write", Kind.WRITE, About.PATIENT, CLINICAL)
    patient, before = staff.patient(), Event.objects.count()
    with pytest.raises(RuntimeError, match="half way"):
        Service(action, fails, (), sight=False)(staff.member(Role.NURSE), patient, ORDER)
    assert not PsychologicalAssessment.objects.exists()
    assert Event.objects.count() == before
