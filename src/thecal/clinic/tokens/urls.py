"""The tokens' addresses."""

from __future__ import annotations

from django.urls import path

from thecal.clinic.tokens import pages

urlpatterns = [
    path("tokens", pages.tokens, name="tokens"),
    path("tokens/<uuid:token>/revoke", pages.revoked, name="tokens.revoke"),
]
