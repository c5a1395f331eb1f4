"""What can be done with documents: add one, fetch one; a wrong one is withdrawn, never lost."""

from __future__ import annotations

import hashlib
from typing import Any

from thecal.clinic.attachments.models import Attachment
from thecal.clinic.attachments.orders import AttachmentOrder, Fetching
from thecal.clinic.pathway.recording import records
from thecal.clinic.people.roles import CLINICAL, READS
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.refusals import ConflictError
from thecal.clinic.record.services import reads


def _columns(order: AttachmentOrder) -> dict[str, Any]:
    digest = hashlib.sha256(order.content).hexdigest()
    told = order.model_dump(exclude={"content"})  # which would be dumped in base64 again
    return {**told, "content": order.content, "sha256": digest, "size": len(order.content)}


add = records(
    "attachments.add-document",
    "Add a document",
    Attachment,
    AttachmentOrder,
    CLINICAL,
    columns=_columns,
)


@reads("attachments.fetch", "Fetch a document", READS)
def fetch(doing: Doing, order: Fetching) -> Attachment:
    """One document with its content; withdrawn ones too, since they stay in sight.

    Raises:
        ConflictError: the patient has no such document.
    """
    found = Attachment.objects.filter(patient=doing.patient, pk=order.entry).first()
    if found is None:
        raise ConflictError("this patient has no such document")
    doing.tell(document=found.pk, sha256=found.sha256)
    return found
