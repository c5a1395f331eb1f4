"""The addresses: the accounts', then each subject's own."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path

from thecal.clinic.project.subjects import SUBJECTS

handler400 = "thecal.clinic.project.errors.bad_request"
handler403 = "thecal.clinic.project.errors.forbidden"
handler404 = "thecal.clinic.project.errors.not_found"
handler500 = "thecal.clinic.project.errors.broken"

_WITH_EACH_KEY = "programming"
"""Its preview is asked for as somebody types: it is found before all others are tried."""

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    *(
        path("", include(f"thecal.clinic.{subject}.urls"))
        for subject in sorted(SUBJECTS, key=lambda one: one != _WITH_EACH_KEY)
        if find_spec(f"thecal.clinic.{subject}.urls")
    ),
]
