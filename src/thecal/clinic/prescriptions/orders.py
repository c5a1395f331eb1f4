"""What can be asked about prescriptions."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from thecal.clinic.record.orders import Line, Order, Signature, Text


class Prescribing(Order):
    """A new prescription.

    Attributes:
        follows: the one before it, as its writer saw it; left out for the first.
        draft: keep it to be looked at, whatever the checks say; it can never be sent.
    """

    text: Text = Field(description="The prescription file, schema 1, without [[signed]].")
    follows: UUID | None = None
    draft: bool = False


class Signing(Order):
    """A person's answer to a finding."""

    prescription: UUID
    rule: Line
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    signature: Signature


class Confirming(Order):
    """A second person's signature on a prescription."""

    prescription: UUID
    signature: Signature


class Withdrawing(Order):
    """A prescription that is not to be sent any more."""

    prescription: UUID
    why: Text
