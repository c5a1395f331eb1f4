"""The addresses: the accounts', then each subject's own."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path

from thecal.clinic.project.subjects import SUBJECTS

handler400 = "thecal.clinic.project.errors.bad_request"
handler403 = "thecal.clinic.project.errors.forbidden"
handler404 = "thecal.clinic.project.errors.not_found"
handler500 = "thecal.clinic.project.errors.broken"

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    *(
        path("", include(f"thecal.clinic.{subject}.urls"))
        for subject in SUBJECTS
        if find_spec(f"thecal.clinic.{subject}.urls")
    ),
]
