"""What can be done with prescriptions: write, sign, confirm as the second person, withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from thecal import __version__
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import User
from thecal.clinic.people.roles import Role
from thecal.clinic.prescriptions import checking
from thecal.clinic.prescriptions.models import FindingSigned, Prescription, SecondPerson
from thecal.clinic.prescriptions.orders import Confirming, Prescribing, Signing, Withdrawing
from thecal.clinic.record import signing
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.gates import Closed
from thecal.clinic.record.refusals import ConflictError, InvalidError, SignatureError
from thecal.clinic.record.services import writes

PRESCRIBES = {Role.PHYSICIAN}
SECOND = {Role.PHYSICIAN, Role.NURSE, Role.PHARMACIST}
"""Who may be the second person."""


def current(patient: Patient) -> Prescription | None:
    """The prescription that stands, None if there is none."""
    rows = Prescription.objects.current().filter(patient=patient, is_draft=False)
    return rows.order_by("-recorded_at").first()


def found(doing: Doing, key: UUID) -> Prescription:
    """A prescription of this patient that may still be signed and sent.

    Raises:
        ConflictError: it is not, it is a draft, or another stands in its place.
    """
    entry = Prescription.objects.filter(pk=key, patient=doing.patient).first()
    if entry is None:
        raise ConflictError("this patient has no such prescription")
    if entry.is_draft:
        raise ConflictError("a draft can never be signed or sent")
    standing = current(doing.patient)
    if standing is None or standing.pk != entry.pk:
        raise ConflictError("another prescription stands in its place, or it was withdrawn")
    return entry


def _accepted(doing: Doing, order: Prescribing) -> Sequence[Closed]:
    """Nobody passes a ``stop``: such a plan can only be kept as a draft."""
    checking.refuse_slips(order.text)
    if order.draft:
        return []
    plan = checking.check(order.text, timezone.localdate(doing.now))
    stops = [
        Closed(one.code, (one.message,), one.basis.source, "another prescription, or a draft")
        for one in checking.unanswerable(plan)
    ]
    if not stops and plan.case.program is None:
        stops = [Closed("program", ("It makes no program.",), "thecal.therapy")]
    if problem := checking.age_problem(plan, doing.patient):
        stops.append(Closed("patient.age", (problem,), "hazard H03: the wrong patient"))
    return stops


@writes("prescriptions.write", "Write a prescription", PRESCRIBES, gates=(_accepted,))
def prescribe(doing: Doing, order: Prescribing) -> Prescription:
    """Check a prescription and keep it with all that the checks said.

    Raises:
        ConflictError: it does not follow the one that stands.
        InvalidError: it is no prescription.
    """
    previous = current(doing.patient)
    if (previous.pk if previous else None) != order.follows:
        raise ConflictError(
            "it must say which prescription it follows: "
            + (f"{previous.pk} stands" if previous else "none stands")
        )
    day = timezone.localdate(doing.now)
    plan = checking.check(order.text, day)
    refill, program = plan.case.refill, plan.case.program
    return doing.write(
        Prescription,
        previous=previous,
        text=order.text,
        visit_on=day,
        zone=settings.TIME_ZONE,
        plan=checking.stored(plan),
        digest=program.digest if program else "",
        version=__version__,
        is_draft=order.draft,
        second_person=checking.second_person_rules(plan.findings),
        refill_due=refill.due(day) if refill else None,
        latest_safe=refill.latest_safe(day) if refill else None,
    )


@writes("prescriptions.sign", "Sign a finding", {Role.PHYSICIAN, Role.NURSE, Role.PHARMACIST})
def sign(doing: Doing, order: Signing) -> FindingSigned:
    """Answer a ``confirm`` by a physician's password and reason.

    Raises:
        ConflictError: the prescription cannot be signed.
        InvalidError: the rule asks for nothing here, or nothing answers it.
        SignatureError: it is not a physician's of this clinic.
    """
    entry = found(doing, order.prescription)
    asked = checking.signable(checking.check(entry.text, entry.visit_on))
    if order.rule not in asked:
        raise InvalidError({"rule": "that rule asks for no signature on this prescription"})
    signer, role = signing.signed_by(order.signature, doing.clinic, PRESCRIBES, asker=doing.who)
    return doing.write(
        FindingSigned,
        prescription=entry,
        rule=order.rule,
        finding=asked[order.rule],
        reason=order.reason,
        signer=signer,
        signer_role=role.value,
    )


@writes("prescriptions.confirm-second", "Confirm as the second person", SECOND)
def confirm_second(doing: Doing, order: Confirming) -> SecondPerson:
    """Somebody else than the prescriber has checked it: on their screen, or on their own.

    Who then sends it must be another than this person, which the gate asks.

    Raises:
        ConflictError: the prescription cannot be sent.
        SignatureError: wrong, or of the same person.
    """
    entry = found(doing, order.prescription)
    person, role = signing.signed_by(order.signature, doing.clinic, SECOND, asker=doing.who)
    if person.pk == entry.recorded_by_id == doing.who.pk:
        raise SignatureError("the second person must be another than the first")
    if person.pk == entry.recorded_by_id:
        raise ConflictError("who prescribed it cannot be its second person")
    doing.tell(second_person=person.pk, second_person_name=person.name, second_role=role.value)
    return doing.write(
        SecondPerson,
        prescription=entry,
        digest=entry.digest,
        person=person,
        person_role=role.value,
    )


@writes("prescriptions.withdraw", "Withdraw a prescription", PRESCRIBES)
def withdraw(doing: Doing, order: Withdrawing) -> Prescription:
    """It stays in sight and is never sent again.

    Raises:
        ConflictError: it is not this patient's, or was withdrawn before.
    """
    entry = Prescription.objects.filter(pk=order.prescription, patient=doing.patient).first()
    if entry is None:
        raise ConflictError("this patient has no such prescription")
    return doing.withdraw(entry, order.why)


def seconds_of(entry: Prescription, rules: set[str]) -> QuerySet[SecondPerson]:
    """The confirmations that count, the newest first.

    Each is of this program, and after the last signature on what asks for it.
    """
    rows = SecondPerson.objects.current().filter(prescription=entry, digest=entry.digest)
    after = FindingSigned.objects.current().filter(prescription=entry, rule__in=rules)
    last = after.order_by("-recorded_at").first()
    if last is not None:
        rows = rows.filter(recorded_at__gte=last.recorded_at)
    return rows.order_by("-recorded_at")


def second_of(entry: Prescription, sender: User, rules: set[str]) -> SecondPerson | None:
    """The second person's confirmation that counts for a sender, None if there is none.

    Nobody is the second person of what they send themselves.
    """
    return seconds_of(entry, rules).exclude(person=sender).first()


def needs_second(entry: Prescription) -> set[str]:
    """The rules that ask for a second person: found at writing, or signed for the pump at hand."""
    signed = FindingSigned.objects.current().filter(prescription=entry)
    at_the_pump = set(signed.values_list("rule", flat=True)) & set(
        checking.asks_for_a_second_person()
    )
    return at_the_pump | set(entry.second_person)


def open_findings(entry: Prescription, day: date) -> list[tuple[str, str]]:
    """What still keeps it from being sent on a day: rule and message."""
    plan = checking.plan_of(entry, day)
    return [(one.code, one.message) for one in plan.open_findings]
