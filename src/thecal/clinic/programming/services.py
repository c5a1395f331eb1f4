"""What the programmer does beside prescriptions and pumps: it checks what is typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from thecal.clinic.people.roles import Role
from thecal.clinic.prescriptions.checking import check as checked
from thecal.clinic.prescriptions.checking import stored
from thecal.clinic.programming.orders import Checking
from thecal.clinic.programming.reading import read_sheet
from thecal.clinic.programming.sheet import Sheet
from thecal.clinic.programming.standing import standing_of
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.services import reads


@dataclass(frozen=True, slots=True)
class Checked:
    """What was read of the fields.

    Attributes:
        text: the prescription file; empty while a field is not read, or a number is doubted.
        problems: by field, why it is not read.
        missing: the fields in which nothing stands.
        questions: by field, why its number is doubted; ``sure`` has what answers it.
        plan: what the checks say of the text, as ``thecal plan --json`` does; empty without one.
    """

    text: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    questions: Mapping[str, str] = field(default_factory=dict)
    sure: Mapping[str, str] = field(default_factory=dict)
    plan: Mapping[str, Any] = field(default_factory=dict)


@reads("programming.check", "Check what is typed for a pump", {Role.PHYSICIAN})
def check(doing: Doing, order: Checking) -> Checked:
    """Read the fields as the editor does: each read exactly, refused, or questioned."""
    standing = standing_of(doing.patient)
    read = read_sheet(Sheet(dict(order.fields)), standing.age_years, standing.now)
    asked = read.open_questions
    text = "" if asked else read.text
    return Checked(
        text,
        read.problems,
        tuple(read.missing),
        {name: one.why for name, one in asked.items()},
        {name: one.token for name, one in asked.items()},
        stored(checked(text, standing.day)) if text else {},
    )
