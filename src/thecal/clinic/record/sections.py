"""The parts of a patient's page, which each subject enters for itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import READS, Role
from thecal.clinic.record.models import Override

Shows = Callable[[Patient], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page.

    Attributes:
        order: sections stand in this order.
        template: drawn with what ``shows`` gives, and ``patient``.
        shows: reads the rows; it is called within the read that the trail tells of.
        actions: the services whose pages it links, by name, where the reader may do them.
        roles: who sees it.
    """

    key: str
    title: str | Promise
    order: int
    template: str
    shows: Shows
    actions: tuple[str, ...] = ()
    roles: frozenset[Role] = READS | {Role.PATIENT}


_sections: dict[str, Section] = {}


def enter(section: Section) -> Section:
    """Add a section to the patient's page.

    Raises:
        ValueError: its key is taken.
    """
    if section.key in _sections:
        raise ValueError(f"two sections are called {section.key}")
    _sections[section.key] = section
    return section


def sections() -> list[Section]:
    """In their order."""
    return sorted(_sections.values(), key=lambda one: (one.order, one.key))


def _overrides(patient: Patient) -> Mapping[str, Any]:
    return {"overrides": Override.objects.of(patient).select_related("recorded_by")}


enter(Section("overrides", "Overrides", 0, "record/overrides.html", _overrides))
