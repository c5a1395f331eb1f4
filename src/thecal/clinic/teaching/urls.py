"""The bench's address."""

from __future__ import annotations

from django.urls import path

from thecal.clinic.teaching.pages import bench_page

urlpatterns = [path("clinics/<uuid:clinic>/bench", bench_page, name="teaching.bench")]
