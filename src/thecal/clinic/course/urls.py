"""The course's address."""

from __future__ import annotations

from django.urls import path

from thecal.clinic.course import pages

urlpatterns = [path("patients/<uuid:patient>/course", pages.course_page, name="course")]
