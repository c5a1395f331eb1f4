"""The clinic's addresses and a bare view beside them, behind the same middleware."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def bare(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """As little as Django can do."""
    return HttpResponse("bare")


urlpatterns = [path("bare", bare), path("", include("thecal.clinic.project.urls"))]
