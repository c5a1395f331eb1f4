"""What can be asked of the pathway: follow it, sign a waiver, withdraw an entry, see figures."""

from __future__ import annotations

from uuid import UUID

from thecal import care
from thecal.clinic.pathway import figures
from thecal.clinic.pathway.facts import Fact
from thecal.clinic.pathway.history import history_of
from thecal.clinic.pathway.models import Indication
from thecal.clinic.pathway.orders import IndicationOrder, WaiverOrder, WithdrawalOrder
from thecal.clinic.pathway.recording import Recorded, recorded
from thecal.clinic.pathway.treating import treated_first
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import roles_of
from thecal.clinic.people.roles import CLINICAL, READS, Role
from thecal.clinic.record import signing
from thecal.clinic.record.actions import About
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.models import Override
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.refusals import ConflictError, InvalidError, SignatureError
from thecal.clinic.record.services import reads, writes


@reads("pathway.follow", "Follow the pathway", READS)
def follow(doing: Doing, order: Nothing) -> care.Pathway | None:  # noqa: ARG001
    """Stage, gates, tasks and notes now; None until what is treated is recorded."""
    history = history_of(doing.patient)
    return care.follow(history, doing.now, figures.in_force()) if history else None


@reads("pathway.benefits", "See the benefit", READS)
def benefits(doing: Doing, order: Nothing) -> care.Benefits | None:  # noqa: ARG001
    """Against before treatment; None until what is treated is recorded."""
    history = history_of(doing.patient)
    return care.benefits(history, doing.now) if history else None


@reads("pathway.show-figures", "See the figures of care", READS, about=About.CLINIC)
def show_figures(doing: Doing, order: Nothing) -> care.Settings:  # noqa: ARG001
    """The figures in force in this clinic."""
    doing.tell(own=sorted(figures.in_force().own))
    return figures.in_force()


@writes("pathway.set-indication", "Record what is treated", {Role.PHYSICIAN, Role.NURSE})
def set_indication(doing: Doing, order: IndicationOrder) -> Indication:
    """What is treated, or what is after all."""
    treated_first(doing, order)
    return Indication.objects.current().of(doing.patient)[0]


@writes("pathway.waive", "Take a requirement upon oneself", {Role.PHYSICIAN})
def waive(doing: Doing, order: WaiverOrder) -> Override:
    """Sign a waiver ahead of the step that needs it; it is shown ever after.

    Raises:
        InvalidError: there is no such requirement, or nobody can waive it.
        SignatureError: wrong, of another person, or of a role that cannot.
    """
    card = care.requirement_cards().get(order.requirement)
    if card is None or not card.waivable_by:
        raise InvalidError({"requirement": "no requirement of this name can be waived by anybody"})
    able = {Role(role.value) for role in card.waivable_by}
    signer, _ = signing.signed_by(order.signature, doing.clinic, able, asker=doing.who)
    if signer.pk != doing.who.pk:
        raise SignatureError("who waives a requirement signs for it themself")
    return doing.write(
        Override,
        gate=card.code,
        action=doing.action,
        said=card.text,
        source="; ".join(card.rules),
        reason=order.reason,
    )


@writes("pathway.withdraw-entry", "Withdraw an entry that should not have been made", CLINICAL)
def withdraw(doing: Doing, order: WithdrawalOrder) -> Fact:
    """Say that an entry should not have been made; who may write its sort may do that.

    Raises:
        ConflictError: there is no such entry, or it is not theirs to withdraw.
    """
    entry, sort = found(doing.patient, order.entry)
    if not sort.roles & roles_of(doing.who, doing.clinic):
        raise ConflictError("an entry is withdrawn by a role that may write it")
    return doing.withdraw(entry, order.why)


def found(patient: Patient, key: UUID) -> tuple[Fact, Recorded]:
    """An entry of a patient that counts, and its sort.

    Raises:
        ConflictError: there is none.
    """
    for sort in recorded():
        entry = sort.kind.objects.current().of(patient).filter(pk=key, **sort.fixed).first()
        if entry is not None:
            return entry, sort
    raise ConflictError("this patient has no such entry that counts")
