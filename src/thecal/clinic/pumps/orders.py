"""What can be asked about pumps."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr

from thecal import devices
from thecal.clinic.record.orders import Brief, InLines, Line, Order, Past, Text
from thecal.link.roles import is_serial
from thecal.link.transports.address import AddressError, TcpAddress, parse_address


def _model(key: str) -> str:
    try:
        devices.pump(key)
    except KeyError as error:
        raise ValueError(str(error.args[0])) from None
    return key


def _serial(text: str) -> str:
    if not is_serial(text):
        raise ValueError("it is no pump's serial")
    return text


def _address(text: str) -> str:
    if not text:
        return text
    try:
        address = parse_address(text)
    except AddressError as error:
        raise ValueError(str(error)) from None
    if not isinstance(address, TcpAddress):
        raise ValueError("a clinic's server reaches pumps by HOST:PORT alone")
    return text


Model = Annotated[Line, AfterValidator(_model)]
Serial = Annotated[Line, AfterValidator(_serial)]
Address = Annotated[Brief, AfterValidator(_address)]


class Entering(Order):
    """A pump that a patient has."""

    happened_at: Past = Field(title="When")
    model: Model
    serial: Serial
    address: Address = Field(default="", description="HOST:PORT; empty for a vendor's programmer.")


class Moving(Order):
    """A pump that is reached elsewhere now, or was entered wrongly."""

    device: UUID
    model: Model
    serial: Serial
    address: Address = ""
    why: Text


class PairingWith(Order):
    """Pairing by the pump's clinician card, which is kept nowhere."""

    device: UUID
    card: Annotated[SecretStr, InLines()] = Field(
        description="The two lines of the pump's clinician card."
    )


class Sending(Order):
    """Sending the prescription that stands to the patient's pump."""

    device: UUID
    prescription: UUID
    ten_fold_is_right: bool = Field(
        default=False, description="Where the review shows a ten-fold change: it is right."
    )


class Reading(Order):
    """Interrogating the patient's pump."""

    device: UUID


class Reconciling(Order):
    """Finding out what became of a session."""

    session: UUID


class Settling(Order):
    """Writing down what came of a session of this process."""

    session: UUID


class Transcribing(Order):
    """What the vendor's programmer showed, before and after a person programmed the pump."""

    device: UUID
    prescription: UUID
    before: Text = Field(description="A transcription, before.")
    after: Text = Field(description="A transcription, after.")
