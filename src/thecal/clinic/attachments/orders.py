"""What can be asked of documents."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Base64Bytes, Field, model_validator

from thecal.clinic.attachments.models import MediaType
from thecal.clinic.pathway.recording import Happened
from thecal.clinic.record.orders import Line, Order

MOST_BYTES = 5 * 1024 * 1024
_BEGINS = {
    MediaType.PDF: b"%PDF-",
    MediaType.PNG: b"\x89PNG\r\n\x1a\n",
    MediaType.JPEG: b"\xff\xd8\xff",
}


def _bounded(content: bytes) -> bytes:
    if not 0 < len(content) <= MOST_BYTES:
        raise ValueError(f"expected between 1 and {MOST_BYTES} bytes")
    return content


def _plain_name(name: str) -> str:
    if any(sign in name for sign in '/\\"\r\n'):
        raise ValueError("a file's name has no path and no quotation marks in it")
    return name


class AttachmentOrder(Happened):
    """A document, its content in base64."""

    title: Line
    file_name: Annotated[Line, AfterValidator(_plain_name)]
    media_type: MediaType
    content: Annotated[Base64Bytes, AfterValidator(_bounded)] = Field(repr=False)

    @model_validator(mode="after")
    def _is_what_it_says(self) -> Self:
        if not self.content.startswith(_BEGINS.get(self.media_type, b"")):
            raise ValueError(f"the content is no {self.media_type.label}")
        if self.media_type is MediaType.TEXT and b"\x00" in self.content:
            raise ValueError("the content is no plain text")
        return self


class Fetching(Order):
    """One document."""

    entry: UUID
