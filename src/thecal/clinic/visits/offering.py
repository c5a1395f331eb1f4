"""Which flows are for a patient now: what the patient's page and the list of visits offer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from thecal.clinic.patients.models import Patient
from thecal.clinic.visits.engine import Call, Standing, flows, stand
from thecal.clinic.visits.scene import Scene
from thecal.clinic.visits.steps import Words


@dataclass(frozen=True, slots=True)
class FlowNow:
    """A flow that is offered.

    Attributes:
        call: ``now`` if the record calls for it, ``may`` if it can be begun.
        why: in a sentence.
        is_under_way: whether a step of it is done and another is not.
        done: how many steps are done; ``of`` how many there are.
        next_step: what comes next; empty if nothing does.
        waits: why that cannot be done yet; empty if it can.
        address: of its page.
    """

    key: str
    title: Words
    call: Call
    why: Words
    is_under_way: bool
    done: int
    of: int
    next_step: Words
    waits: tuple[str, ...]
    address: str


def flows_now(patient: Patient, now: datetime | None = None) -> tuple[FlowNow, ...]:
    """Every flow that is for now or may be begun, those that the record calls for first.

    Args:
        patient: whose; the caller has told the trail that their record is read.
        now: at which instant; this one, if None.
    """
    scene = Scene(patient, now or timezone.now())
    called = [flow for flow in flows() if flow.calls(scene).call is not Call.NOT]
    found = [_offered(stand(flow, scene), patient) for flow in called]
    return tuple(sorted(found, key=lambda one: one.call is not Call.NOW))


def _offered(one: Standing, patient: Patient) -> FlowNow:
    done, of = one.count
    current = one.current
    return FlowNow(
        one.flow.key,
        one.flow.title,
        one.calls.call,
        one.calls.why,
        one.is_under_way,
        done,
        of,
        current.step.title if current else "",
        tuple(reason for gate in current.closed for reason in gate.reasons) if current else (),
        reverse(f"visits.{one.flow.key}", kwargs={"patient": patient.pk}),
    )
