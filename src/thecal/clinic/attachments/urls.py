"""The documents' addresses."""

from __future__ import annotations

from django.urls import path

from thecal.clinic.attachments.pages import add_page, document
from thecal.clinic.attachments.services import add, fetch

urlpatterns = [
    path(
        f"patients/<uuid:patient>/do/{add.write.action.name}", add_page, name=add.write.action.name
    ),
    path("patients/<uuid:patient>/documents/<uuid:entry>", document, name=fetch.action.name),
]
