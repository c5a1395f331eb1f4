"""The programmer's addresses."""

from __future__ import annotations

from django.urls import path

from thecal.clinic.programming import editing, reviewing, sending, sessions, transcribing

_AT = "patients/<uuid:patient>/programmer"
_SESSION = f"{_AT}/sessions/<uuid:session>"

urlpatterns = [
    path(f"{_AT}/edit", editing.edit, name="programmer.edit"),
    path(f"{_AT}/preview", editing.live, name="programmer.preview"),
    path(f"{_AT}/next-days", editing.next_days, name="programmer.next-days"),
    path(f"{_AT}/keep", editing.keep, name="programmer.keep"),
    path(f"{_AT}/drop", editing.drop, name="programmer.drop"),
    path(f"{_AT}/file", editing.export, name="programmer.export"),
    path(f"{_AT}/load", editing.load, name="programmer.load"),
    path(f"{_AT}/to-review", reviewing.to_review, name="programmer.to-review"),
    path(f"{_AT}/review", reviewing.review, name="programmer.review"),
    path(f"{_AT}/send", sending.send_page, name="programmer.send"),
    path(f"{_AT}/sign", sending.sign_page, name="programmer.sign"),
    path(f"{_AT}/second", sending.second_page, name="programmer.second"),
    path(f"{_AT}/interrogate", sending.interrogate_page, name="programmer.interrogate"),
    path(f"{_AT}/reconcile", sending.reconcile_page, name="programmer.reconcile"),
    path(f"{_AT}/transcribe", transcribing.transcribe_page, name="programmer.transcribe"),
    path(_SESSION, sessions.session_page, name="programmer.session"),
    path(f"{_SESSION}/progress", sessions.progress_part, name="programmer.progress"),
    path(f"{_SESSION}/report.pdf", sessions.session_pdf, name="programmer.report"),
]
