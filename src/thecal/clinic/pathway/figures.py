"""The figures by which this clinic works: the published ones, and those of its own file."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from thecal.care import PUBLISHED, CareFileError, Settings, read_settings_text
from thecal.clinic.pathway.models import FiguresInForce
from thecal.clinic.project.environment import ConfigurationError
from thecal.clinic.record.doing import Doing


@lru_cache(maxsize=64)
def _read(text: str) -> Settings:
    return read_settings_text(text, "the clinic's figures") if text else PUBLISHED


@lru_cache(maxsize=8)
def _text(file: Path | None) -> str:
    """What the file says; read once, as the clinic starts.

    Raises:
        ConfigurationError: it cannot be read, or sets what no clinic may.
    """
    if file is None:
        return ""
    try:
        text = file.read_text(encoding="utf-8")
        read_settings_text(text, str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"THECAL_CLINIC_FIGURES: {file} cannot be read") from error
    except CareFileError as error:
        raise ConfigurationError(f"THECAL_CLINIC_FIGURES: {error}") from None
    return text


def text_in_force() -> str:
    """The clinic's own file as it is; empty if it has none."""
    return _text(settings.THECAL.figures)


def in_force() -> Settings:
    """The figures in force now."""
    return _read(text_in_force())


def at(moment: datetime) -> Settings:
    """The figures that were in force at a moment, as they were kept."""
    kept = FiguresInForce.objects.filter(since__lte=moment).order_by("since").last()
    return _read(kept.text if kept else "")


def remember(doing: Doing) -> None:
    """Keep the figures that a gate is judged by, where they are not those kept last."""
    last = FiguresInForce.objects.order_by("since").last()
    text = text_in_force()
    if (last.text if last else "") != text:
        row = FiguresInForce(since=doing.now, text=text)
        row.save()
        doing.told_of(row)
