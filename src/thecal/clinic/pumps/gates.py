"""The gate before a program goes into a pump, whichever way it goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.utils import timezone

from thecal import care
from thecal.care import facts
from thecal.clinic.pathway import figures
from thecal.clinic.pathway.gates import NOBODY_KNOWS
from thecal.clinic.pathway.history import history_of
from thecal.clinic.people.roles import Role
from thecal.clinic.prescriptions.checking import plan_of
from thecal.clinic.prescriptions.models import Prescription, SecondPerson
from thecal.clinic.prescriptions.services import found, needs_second, second_of
from thecal.clinic.pumps.models import Device
from thecal.clinic.pumps.orders import Sending, Transcribing
from thecal.clinic.pumps.placed import in_place
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.gates import Closed
from thecal.therapy.plan import Plan

SEND = "program.send"


def device_of(doing: Doing, order: Sending | Transcribing) -> Device:
    """The patient's pump as it stands.

    Raises:
        ConflictError: this patient has no such pump, or it is not the one in place.
    """
    return in_place(doing.patient, order.device)


def sendable(
    nobody_passes: bool = True,
) -> Callable[[Doing, Sending | Transcribing], Sequence[Closed]]:
    """The gate; of what was keyed in already a physician may sign that it was not open."""
    roles = frozenset() if nobody_passes else frozenset({Role.PHYSICIAN})

    def gate(doing: Doing, order: Sending | Transcribing) -> Sequence[Closed]:
        device_of(doing, order)
        entry = found(doing, order.prescription)
        plan = plan_of(entry, timezone.localdate(doing.now))
        closed = [_open(plan)] if plan.open_findings else []
        closed += _by_the_pathway(doing, entry, plan)
        return [Closed(one.code, one.reasons, one.source, one.opens_with, roles) for one in closed]

    return gate


def _open(plan: Plan) -> Closed:
    said = tuple(f"{one.code}: {one.message}" for one in plan.open_findings)
    sources = "; ".join(dict.fromkeys(one.basis.source for one in plan.open_findings))
    return Closed("program.findings", said, sources, "a physician's signature on each")


def _by_the_pathway(doing: Doing, entry: Prescription, plan: Plan) -> Sequence[Closed]:
    figures.remember(doing)
    history = history_of(doing.patient)
    if history is None:
        return [NOBODY_KNOWS]
    rules = needs_second(entry)
    second = second_of(entry, doing.who, rules)
    for one in _facts(doing, plan, bool(rules), second):
        history = history.having(one)
    gate = care.judge_gate(SEND, history, doing.now, figures.in_force())
    return [
        Closed(
            one.code,
            (f"{one.text}: {one.reason}",),
            "; ".join(map(str, one.sources)),
            one.opens,
        )
        for one in gate.missing
    ]


def _facts(
    doing: Doing, plan: Plan, asks: bool, second: SecondPerson | None
) -> Sequence[care.Event]:
    program = plan.case.program
    digest = program.digest if program else "none"
    checked: datetime = min(doing.now, second.recorded_at) if second else doing.now
    made: list[care.Event] = [
        facts.PlanChecked(
            at=checked,
            digest=digest,
            accepted=plan.accepted,
            second_person=facts.Answer.of(asks),
            who=str(doing.who.pk),
        )
    ]
    if second is not None:
        who = str(second.person_id)
        made.append(
            facts.SecondPersonConfirmed(at=second.recorded_at, digest=second.digest, who=who)
        )
    return made
