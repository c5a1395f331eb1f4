"""What can be asked of the programmer."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from thecal.clinic.programming.sheet import MOST_FIELDS, MOST_LENGTH
from thecal.clinic.record.orders import Order

Name = Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-z0-9_.]+$")]
Typed = Annotated[str, StringConstraints(max_length=MOST_LENGTH, strip_whitespace=False)]


class Checking(Order):
    """What is typed into the programmer's fields, to be read and checked."""

    fields: Annotated[dict[Name, Typed], Field(max_length=MOST_FIELDS)] = Field(
        description="By the names of the editor's fields."
    )
