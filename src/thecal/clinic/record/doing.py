"""What a service has in hand while it acts: who asks, for whom, and the pen for entries."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from thecal.clinic.audit.canonical import Plain, digest, plain
from thecal.clinic.audit.kept import AppendOnlyModel
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import Clinic, User
from thecal.clinic.people.roles import Role
from thecal.clinic.record.entry import OWN_COLUMNS, Entry
from thecal.clinic.record.refusals import ConflictError, InvalidError

E = TypeVar("E", bound=Entry)
M = TypeVar("M", bound=models.Model)


@dataclass
class Doing:
    """One action under way.

    Attributes:
        who: the person who asks, in ``role``, the one by which they may.
        now: the moment of the action; every entry of it is recorded at this one.
        told: what the audit event will say beside the entries.
        held: what is given back once the action is over, done or not, and all that follows on its
            being kept.
    """

    action: str
    who: User
    role: Role
    clinic: Clinic
    now: datetime
    whose: Patient | None = None
    told: dict[str, Plain] = field(default_factory=dict)
    written: list[dict[str, Plain]] = field(default_factory=list)
    held: ExitStack = field(default_factory=ExitStack)

    @property
    def patient(self) -> Patient:
        """Whose record it is about.

        Raises:
            LookupError: the action is about a clinic.
        """
        if self.whose is None:
            raise LookupError(f"{self.action} is about a clinic")
        return self.whose

    def tell(self, **facts: object) -> None:
        """Add facts to the audit event; never a secret."""
        self.told |= {name: plain(value) for name, value in facts.items()}

    def write(self, kind: type[E], *, happened_at: datetime | None = None, **columns: Any) -> E:
        """Write a new entry.

        Args:
            kind: the entry's model.
            happened_at: when it was so; now, if None.
            columns: the subject's own columns.

        Raises:
            InvalidError: a value that its column cannot hold.
        """
        return self._enter(kind, happened_at=happened_at or self.now, **self._own(kind, columns))

    def correct(self, old: E, why: str, *, happened_at: datetime | None = None, **to: Any) -> E:
        """Write the entry that replaces ``old``: its columns, with those named changed.

        Raises:
            ConflictError: somebody else has corrected it, or it is not this patient's.
            InvalidError: no reason, or a value that its column cannot hold.
        """
        columns = {name: getattr(old, name) for name in _columns_of(old)}
        return self._replace(
            old, why, happened_at or old.happened_at, columns | self._own(type(old), to)
        )

    def withdraw(self, old: E, why: str) -> E:
        """Write that ``old`` should not have been made; it stays in sight, and counts no more."""
        columns = {name: getattr(old, name) for name in _columns_of(old)}
        return self._replace(old, why, old.happened_at, {**columns, "withdrawn": True})

    def add(self, row: M) -> M:
        """Save a row that is not an entry (a new patient, say), and tell of it."""
        _check(row)
        row.save(force_insert=True)
        self.told.setdefault("rows", [])
        rows = self.told["rows"]
        assert isinstance(rows, list)  # noqa: S101
        rows.append({"kind": row._meta.label, "id": plain(row.pk)})
        return row

    def _replace(self, old: E, why: str, happened_at: datetime, columns: dict[str, Any]) -> E:
        if not why.strip():
            raise InvalidError({"why": "a correction says why"})
        if old.patient_id != self.patient.pk:
            raise ConflictError("the entry is not this patient's")
        if old.withdrawn or type(old).objects.filter(corrects=old).exists():
            raise ConflictError("the entry was corrected before; correct the newer one")
        columns |= {"corrects": old, "why": why.strip()}
        return self._enter(type(old), happened_at=happened_at, **columns)

    def _own(self, kind: type[Entry], columns: dict[str, Any]) -> dict[str, Any]:
        if taken := OWN_COLUMNS & set(columns):
            raise TypeError(f"{kind.__name__}: {sorted(taken)} are not the service's to set")
        return columns

    def _enter(self, kind: type[E], **columns: Any) -> E:
        entry = kind(
            patient=self.patient,
            recorded_at=self.now,
            recorded_by=self.who,
            recorded_role=self.role.value,
            **columns,
        )
        _check(entry)
        try:
            with transaction.atomic():
                entry.save()
        except IntegrityError as error:
            raise ConflictError("somebody else has just done what excludes this") from error
        self.told_of(entry)
        return entry

    def told_of(self, row: AppendOnlyModel) -> None:
        """Name a written row in the audit event, with its digest."""
        self.written.append({"kind": row._meta.label, "id": str(row.pk), "digest": digest(row)})


def _columns_of(entry: Entry) -> list[str]:
    return [field.name for field in entry._meta.concrete_fields if field.name not in OWN_COLUMNS]


def _check(row: models.Model) -> None:
    """Django's own checks of every column but relations, whose database checks them."""
    relations = [one.name for one in row._meta.concrete_fields if one.is_relation]
    try:
        row.clean_fields(exclude=relations)
        row.clean()
    except ValidationError as error:
        raise InvalidError({key: " ".join(said) for key, said in _said(error).items()}) from error


def _said(error: ValidationError) -> dict[str, list[str]]:
    return error.message_dict if hasattr(error, "error_dict") else {"entry": error.messages}
