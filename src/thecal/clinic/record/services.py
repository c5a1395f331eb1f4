"""The one way to act on the record: authorise, pass the gates, write, tell the trail; or nothing.

Pages, the API, imports and commands call services, and a service is the only thing that writes
clinical rows. Each call is one transaction: what it wrote and the event that tells of it are kept
together or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, get_type_hints
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from pydantic import BaseModel

from thecal.clinic.audit.chain import Deed, Outcome, append
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import Clinic, User, roles_of
from thecal.clinic.people.roles import Role
from thecal.clinic.record import means, projections, signing
from thecal.clinic.record.actions import About, Action, Kind, enter, may
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.gates import Closed
from thecal.clinic.record.models import Override
from thecal.clinic.record.orders import Overriding, read
from thecal.clinic.record.refusals import (
    GateClosedError,
    NotAllowedError,
    RefusalError,
    SignatureError,
    StaleError,
)
from thecal.clinic.record.repeats import ASKED, fingerprint, not_before

Asked = TypeVar("Asked", bound=BaseModel)
R = TypeVar("R")
Subject = Patient | Clinic
Gate = Callable[[Doing, Any], Sequence[Closed]]
Reader = Callable[[type[Any], Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class _How:
    """How something is asked: the request's own key, the version that was seen, a signed reason."""

    once: UUID | None = None
    seen: int | None = None
    overriding: Overriding | None = None


class Service(Generic[Asked, R]):
    """An action that can be called.

    Attributes:
        action: its row in the table of permissions.
        order: the kind of order that it takes.
        gates: what must be open; each is asked within the transaction.
        needs_sight: whether who asks must have seen the record as it is now.
        for_pages: whether its result is of use to a page alone, so that the API does not send it.
        order: the kind of order that it takes; ``result`` is the kind of what it gives.
    """

    def __init__(
        self,
        action: Action,
        act: Callable[[Doing, Asked], R],
        gates: Sequence[Gate],
        sight: bool,
        for_pages: bool = False,
    ) -> None:
        self.action, self.gates, self._act = action, tuple(gates), act
        self.needs_sight, self.for_pages = sight, for_pages
        hints = get_type_hints(act)
        self.order: type[Asked] = hints["order"]
        self.result: Any = hints.get("return", Any)
        self.__doc__, self.__name__ = act.__doc__, act.__name__

    def __call__(
        self,
        who: User,
        subject: Subject,
        order: Asked,
        *,
        once: UUID | None = None,
        seen: int | None = None,
        looked: bool = False,
        overriding: Overriding | None = None,
    ) -> R:
        """Do it.

        Args:
            who: the person who asks.
            subject: the patient, or the clinic for an action about one.
            order: what is asked.
            once: the request's own key; the same request twice is done once, another is refused.
            seen: the patient's ``version`` on the page that the request came from.
            looked: whether the record must be as it was seen, though the action does not need it.
            overriding: a signed reason to pass closed gates.

        Raises:
            RefusalError: it is not done, and nothing is kept but the event that says so.
        """
        how = _How(once, self._sight(seen, looked), overriding)
        return self._within(who, subject, lambda: order, how)

    def ask(
        self,
        who: User,
        subject: Subject,
        data: Mapping[str, Any],
        *,
        reader: Reader = read,
        **how: Any,
    ) -> R:
        """Do it by plain values, which are read only once the person may do it at all.

        Args:
            who: the person who asks.
            subject: as for a call.
            data: the order's parts.
            reader: how they are read.
            how: ``once``, ``seen``, ``looked`` and ``overriding``, as for a call.
        """
        sight = self._sight(how.pop("seen", None), how.pop("looked", False))
        asked = _How(how.pop("once", None), sight, how.pop("overriding", None))
        return self._within(who, subject, lambda: reader(self.order, data), asked)

    def allowed(self, who: User, subject: Subject) -> None:
        """Whether somebody may do it at all, asked before a form is shown.

        Raises:
            NotAllowedError: they may not; the trail tells of it.
        """
        try:
            with transaction.atomic():
                self._authorised(who, subject)
        except NotAllowedError as refusal:
            self._tell_refusal(who, subject, refusal)
            raise

    def _within(self, who: User, subject: Subject, order: Callable[[], Asked], how: _How) -> R:
        try:
            with ExitStack() as held, transaction.atomic():
                doing = self._authorised(who, subject)
                held.push(doing.held)
                asked = order()
                if how.once is not None:
                    doing.told[ASKED] = fingerprint(doing, asked, how.overriding)
                    not_before(how.once, str(doing.told[ASKED]))
                self._not_stale(doing, how.seen)
                self._through_the_gates(doing, asked, how.overriding)
                result = self._act(doing, asked)
                self._settle(doing)
                self._tell(doing, how.once)
                return result
        except RefusalError as refusal:
            self._tell_refusal(who, subject, refusal)
            raise

    def _authorised(self, who: User, subject: Subject) -> Doing:
        patient = self._patient(subject)
        clinic = patient.clinic if patient else subject
        assert isinstance(clinic, Clinic)  # noqa: S101
        held = standing(who, clinic, patient)
        role = may(held, self.action)
        if role is None:
            raise NotAllowedError(self.action.name, is_stranger=not held)
        means.check(self.action)
        return Doing(self.action.name, who, role, clinic, timezone.now(), patient)

    def _patient(self, subject: Subject) -> Patient | None:
        """The patient's row as it is now; a writer has it to themself until the end."""
        if (self.action.about is About.PATIENT) is not isinstance(subject, Patient):
            raise TypeError(f"{self.action.name} is about a {self.action.about}")
        if isinstance(subject, Clinic):
            return None
        rows = Patient.objects.select_related("clinic")
        if self.action.kind is Kind.WRITE:
            rows = rows.select_for_update(of=("self",))
        return rows.get(pk=subject.pk)

    def _sight(self, seen: int | None, looked: bool) -> int | None:
        """The version that the record must still have, None if any will do."""
        return seen if self.needs_sight or looked else None

    def _not_stale(self, doing: Doing, seen: int | None) -> None:
        if seen is not None and seen != doing.patient.version:
            raise StaleError

    def _through_the_gates(self, doing: Doing, order: Asked, overriding: Overriding | None) -> None:
        closed = [one for gate in self.gates for one in gate(doing, order)]
        if not closed:
            return
        if overriding is None:
            raise GateClosedError(closed)
        for gate in closed:
            if not gate.override_roles:
                raise GateClosedError([gate])
            self._override(doing, gate, overriding)

    def _override(self, doing: Doing, gate: Closed, overriding: Overriding) -> None:
        signer, _ = signing.signed_by(
            overriding.signature, doing.clinic, gate.override_roles, asker=doing.who
        )
        if signer.pk != doing.who.pk:
            raise SignatureError("who passes a gate signs for it themself")
        doing.write(
            Override,
            gate=gate.code,
            action=self.action.name,
            said="\n".join(gate.reasons),
            source=gate.source,
            reason=overriding.reason,
        )

    def _settle(self, doing: Doing) -> None:
        """After a write: the patient's row says that it changed, and what others made of it."""
        if self.action.kind is Kind.WRITE and doing.whose is not None:
            projections.refresh(doing)

    def _tell(self, doing: Doing, once: UUID | None) -> None:
        written = {"entries": doing.written} if doing.written else {}
        detail = {**doing.told, **written, **means.told()}
        try:
            with transaction.atomic():
                append(self._deed(doing.who, doing.clinic, doing.whose, doing.role, once), detail)
        except IntegrityError:
            if once is None:
                raise
            not_before(once, str(doing.told[ASKED]))
            raise

    def _deed(
        self, who: User, clinic: Clinic, patient: Patient | None, role: str, once: UUID | None
    ) -> Deed:
        return Deed(
            self.action.name,
            who=who.pk,
            who_name=who.name,
            role=role,
            clinic=clinic.pk,
            patient=patient.pk if patient else None,
            once=once,
        )

    def _tell_refusal(self, who: User, subject: Subject, refusal: RefusalError) -> None:
        clinic = subject.clinic_id if isinstance(subject, Patient) else subject.pk
        with transaction.atomic():
            append(
                Deed(
                    self.action.name,
                    Outcome.REFUSED,
                    who=who.pk,
                    who_name=who.name,
                    clinic=clinic,
                    patient=subject.pk if isinstance(subject, Patient) else None,
                ),
                {**refusal.facts(), **means.told()},
            )


def standing(who: User, clinic: Clinic | UUID, patient: Patient | None) -> frozenset[Role]:
    """Somebody's roles in a clinic, and the patient's own in their own record."""
    held = roles_of(who, clinic)
    if patient is not None and who.is_active and patient.account_id == who.pk:
        held |= {Role.PATIENT}
    return held


_services: dict[str, Service[Any, Any]] = {}


def services() -> dict[str, Service[Any, Any]]:
    """Every service by its action's name: what pages, API and tests walk."""
    return dict(sorted(_services.items()))


def _service(
    kind: Kind,
    name: str,
    title: str,
    roles: Collection[Role],
    about: About,
    gates: Sequence[Gate],
    sight: bool,
    for_pages: bool,
) -> Callable[[Callable[[Doing, Asked], R]], Service[Asked, R]]:
    action = enter(Action(name, title, kind, about, frozenset(roles)))

    def make(act: Callable[[Doing, Asked], R]) -> Service[Asked, R]:
        made = Service(action, act, gates, sight, for_pages)
        _services[name] = made
        return made

    return make


def writes(
    name: str,
    title: str,
    roles: Collection[Role],
    *,
    about: About = About.PATIENT,
    gates: Sequence[Gate] = (),
    needs_sight: bool = False,
    for_pages: bool = False,
) -> Callable[[Callable[[Doing, Asked], R]], Service[Asked, R]]:
    """Make a function a service that writes.

    Args:
        name: ``subject.verb-object``.
        title: for people.
        roles: who may do it.
        about: whose record it is about.
        gates: what must be open.
        needs_sight: whether the page that asks must show the record as it is now.
        for_pages: whether its result is of use to a page alone; the API then sends none.
    """
    return _service(Kind.WRITE, name, title, roles, about, gates, needs_sight, for_pages)


def reads(
    name: str,
    title: str,
    roles: Collection[Role],
    *,
    about: About = About.PATIENT,
    for_pages: bool = False,
) -> Callable[[Callable[[Doing, Asked], R]], Service[Asked, R]]:
    """Make a function a service that reads; its event says that it did.

    Args:
        name: ``subject.verb-object``.
        title: for people.
        roles: who may do it.
        about: whose record it is about.
        for_pages: whether its result is of use to a page alone; the API then sends none.
    """
    return _service(Kind.READ, name, title, roles, about, (), False, for_pages)
