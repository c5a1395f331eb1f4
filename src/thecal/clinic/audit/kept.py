"""Rows that stay: kept rows are never deleted, append-only rows are never changed either.

The models refuse it here, and the database by the triggers of ``audit.triggers``.
"""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

from django.db import models

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class KeptError(Exception):
    """Somebody tried to change or delete what stays."""


class AppendOnlyRows(models.QuerySet[M_co]):
    """A query that cannot change or delete anything."""

    def delete(self) -> NoReturn:
        """Refused."""
        raise KeptError(f"{self.model._meta.label} is never deleted")

    def update(self, **kwargs: Any) -> NoReturn:  # noqa: ARG002
        """Refused."""
        raise KeptError(f"{self.model._meta.label} is never changed")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002
        """Refused."""
        raise KeptError(f"{self.model._meta.label} is never changed")


class KeptModel(models.Model):
    """A row that is never deleted."""

    class Meta:
        abstract = True

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002
        """Refused."""
        raise KeptError(f"{self._meta.label} is never deleted")


class AppendOnlyModel(KeptModel):
    """A row that is written once."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write it, once."""
        if not self._state.adding:
            raise KeptError(f"{self._meta.label} is never changed")
        super().save(*args, **{**kwargs, "force_insert": True})
