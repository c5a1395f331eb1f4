"""How a fact gets into the record: a service to write it, one to correct it, and their pages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.urls import URLPattern
from pydantic import AfterValidator, Field, create_model

from thecal.care.file.facts import FIRST_YEAR, LAST_YEAR
from thecal.clinic.pathway.facts import Fact, check
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.forms import Offered
from thecal.clinic.record.orders import Moment, Order, Past, Text
from thecal.clinic.record.pages import ActionPage
from thecal.clinic.record.refusals import ConflictError
from thecal.clinic.record.services import Gate, Service, writes


def _in_our_time(moment: datetime) -> datetime:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"expected a year from {FIRST_YEAR} to {LAST_YEAR}")
    return moment


When = Annotated[Past, AfterValidator(_in_our_time)]
"""When a fact was so."""
Planned = Annotated[Moment, AfterValidator(_in_our_time)]
"""When something is to be."""
Columns = Callable[[Any], Mapping[str, Any]]
Names = Mapping[str, Sequence[tuple[str, str]]]


class Happened(Order):
    """A fact with its instant."""

    happened_at: When = Field(title="When")


@dataclass(frozen=True)
class Recorded:
    """A kind of fact and the two ways in which it gets into the record.

    Attributes:
        fixed: columns that this way of recording it always sets so.
        roles: who may write it, and so correct or withdraw it.
        gates: what must be open, for a correction as much as for the first writing.
    """

    kind: type[Fact]
    write: Service[Any, Fact]
    correct: Service[Any, Fact]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    roles: frozenset[Role] = frozenset()
    gates: tuple[Gate, ...] = ()

    @property
    def tells_when(self) -> bool:
        """Whether whoever writes it says when it was so; else it is done as it is asked."""
        return "happened_at" in self.write.order.model_fields

    def pages(self, names: Names) -> list[URLPattern]:
        """The pages of both; ``names`` are the parts of an order that are chosen from a list."""
        chosen = {part: _always(choices) for part, choices in names.items()}
        return [
            ActionPage(self.write, offered=lambda _: chosen).at(),
            ActionPage(
                self.correct,
                offered=lambda patient: {**chosen, "corrects": self.offered(patient)},
            ).at(),
        ]

    def offered(self, patient: Patient) -> Offered:
        """What there is to correct."""
        rows = self.kind.objects.current().of(patient).filter(**self.fixed)
        return lambda: [(str(one.pk), f"{one.happened_at:%Y-%m-%d %H:%M} {one}") for one in rows]

    def has(self, entry: Fact) -> bool:
        """Whether an entry is of this sort."""
        return type(entry) is self.kind and all(
            getattr(entry, name) == value for name, value in self.fixed.items()
        )


_recorded: list[Recorded] = []


def recorded(subject: str | None = None) -> list[Recorded]:
    """Every sort of fact, or those of a subject."""
    return [
        one
        for one in _recorded
        if subject is None or one.write.action.name.startswith(f"{subject}.")
    ]


def addresses(subject: str, names: Names | None = None) -> list[URLPattern]:
    """The pages of a subject's facts; ``names`` as :meth:`Recorded.pages` has them."""
    return [page for one in recorded(subject) for page in one.pages(names or {})]


def _always(choices: Sequence[tuple[str, str]]) -> Offered:
    return lambda: [("", "—"), *choices]


def actions(subject: str) -> tuple[str, ...]:
    """The names of a subject's actions, those that write before those that correct."""
    ours = recorded(subject)
    return (*(one.write.action.name for one in ours), *(one.correct.action.name for one in ours))


def records(
    name: str,
    title: str,
    kind: type[Fact],
    order: type[Order],
    roles: Collection[Role],
    *,
    gates: Sequence[Gate] = (),
    fixed: Mapping[str, Any] | None = None,
    columns: Columns = lambda order: order.model_dump(),
    before: Callable[[Doing, Any], None] = lambda *_: None,
) -> Recorded:
    """Enter a sort of fact.

    Args:
        name: ``subject.verb-object`` of the service that writes it.
        title: for people.
        kind: its model.
        order: what is asked; with ``happened_at``, unless it is done as it is asked.
        roles: who may.
        gates: what must be open.
        fixed: columns that are always so.
        columns: the kind's columns by an order.
        before: what else is written, and what else must hold.
    """
    always = dict(fixed or {})
    subject, verb = name.split(".", 1)
    thing = verb.split("-", 1)[-1]

    def put_down(doing: Doing, order: Any) -> Fact:
        before(doing, order)
        told = _columns(kind, columns(order))
        entry = doing.write(kind, happened_at=_when(order), **told, **always)
        check(entry)
        return entry

    def put_right(doing: Doing, order: Any) -> Fact:
        old = kind.objects.filter(pk=order.corrects, patient=doing.patient, **always).first()
        if old is None:
            raise ConflictError("this patient has no such entry")
        before(doing, order)
        told = _columns(kind, columns(order))
        entry = doing.correct(old, order.why, happened_at=_when(order), **told)
        check(entry)
        return entry

    correction = create_model(
        f"{order.__name__}Correction", __base__=order, corrects=(UUID, ...), why=(Text, ...)
    )
    for act, asked in ((put_down, order), (put_right, correction)):
        act.__annotations__["order"] = asked
        act.__doc__ = f"{title}."
    made = Recorded(
        kind,
        writes(name, title, roles, gates=gates)(put_down),
        writes(f"{subject}.correct-{thing}", f"Correct: {title.lower()}", roles, gates=gates)(
            put_right
        ),
        always,
        frozenset(roles),
        tuple(gates),
    )
    _recorded.append(made)
    return made


def _when(order: Any) -> datetime | None:
    return getattr(order, "happened_at", None)


def _columns(kind: type[Fact], told: Mapping[str, Any]) -> dict[str, Any]:
    """An order's parts as columns; a part that was left out is what its column has for that."""
    beside = {"happened_at", "corrects", "why"}
    return {
        name: kind._meta.get_field(name).get_default() if value is None else value  # type: ignore[union-attr]
        for name, value in told.items()
        if name not in beside
    }
