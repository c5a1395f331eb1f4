"""Orders: what is asked of a service, read strictly; an unknown key or a wrong kind is refused."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeVar

from django.utils import timezone
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    SecretStr,
    StringConstraints,
)
from pydantic import ValidationError as PydanticError

from thecal.clinic.record.refusals import InvalidError
from thecal.units import Kind as Quantity
from thecal.units import UnitError, parse

CLOCKS_DIFFER = timedelta(minutes=5)


def _printable(text: str) -> str:
    for sign in text:
        if unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\t\r":
            raise ValueError(f"it has a character that cannot be printed, U+{ord(sign):04X}")
    return text


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("it has no time zone")
    return moment


def _past(moment: datetime) -> datetime:
    if moment > timezone.now() + CLOCKS_DIFFER:
        raise ValueError("it is in the future")
    return moment


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_printable),
]
"""A line of text, not empty."""
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000),
    AfterValidator(_printable),
]
"""A text, not empty."""
Note = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=20_000),
    AfterValidator(_printable),
]
"""A text that may be empty."""
Brief = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=200),
    AfterValidator(_printable),
]
"""A line of text that may be empty."""
Moment = Annotated[datetime, AfterValidator(_aware)]
"""A moment with its time zone."""
Past = Annotated[Moment, AfterValidator(_past)]
"""A moment that has been."""


@dataclass(frozen=True, slots=True)
class InLines:
    """Marks a part that is typed in several lines, a secret too: a page asks for it in a box."""


def measured(kind: Quantity) -> AfterValidator:
    """What makes a text a quantity with its unit, kept as it was written: ``"0.25 mg"``."""

    def check(text: str) -> str:
        try:
            parse(text, kind)
        except UnitError as error:
            raise ValueError(str(error)) from None
        return text

    return AfterValidator(check)


def quantity(kind: Quantity) -> Any:
    """The annotation of a quantity."""
    return Annotated[Line, measured(kind)]


class Order(BaseModel):
    """What is asked; subclasses name its parts."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Nothing(Order):
    """An order with no parts."""


class Signature(Order):
    """Who signs, and the proof that it is they: their password, which is kept nowhere."""

    username: Line
    password: SecretStr


class Overriding(Order):
    """Passing closed gates by a signed reason."""

    reason: Text
    signature: Signature


Asked = TypeVar("Asked", bound=BaseModel)


def read(kind: type[Asked], data: Mapping[str, Any]) -> Asked:
    """Read an order from plain values.

    Raises:
        InvalidError: with every problem by its place.
    """
    try:
        return kind.model_validate(data)
    except PydanticError as error:
        raise InvalidError(problems(error)) from None


def read_json(kind: type[Asked], data: Mapping[str, Any]) -> Asked:
    """Read an order from JSON's values, strictly: no text is taken for a number or an answer.

    Raises:
        InvalidError: with every problem by its place.
    """
    try:
        return kind.model_validate_json(json.dumps(data), strict=True)
    except PydanticError as error:
        raise InvalidError(problems(error)) from None


def problems(error: PydanticError) -> dict[str, str]:
    """What pydantic found, by place, without what was typed."""
    return {
        ".".join(str(part) for part in one["loc"]) or "order": one["msg"].removeprefix(
            "Value error, "
        )
        for one in error.errors(include_input=False, include_url=False, include_context=False)
    }
