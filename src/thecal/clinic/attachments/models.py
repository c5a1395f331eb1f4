"""A document, kept as it came."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from thecal.clinic.pathway.facts import Beside


class MediaType(models.TextChoices):
    """What is kept; nothing that a browser would run."""

    PDF = "application/pdf", "PDF"
    PNG = "image/png", "PNG"
    JPEG = "image/jpeg", "JPEG"
    TEXT = "text/plain", _("Plain text")


class Attachment(Beside):
    """A document; ``happened_at`` is when it was made, ``sha256`` its content's digest."""

    title = models.CharField(_("title"), max_length=200)
    file_name = models.CharField(_("file"), max_length=200)
    media_type = models.CharField(_("kind"), max_length=40, choices=MediaType.choices)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    size = models.IntegerField(_("bytes"))
    content = models.BinaryField()

    class Meta(Beside.Meta):
        verbose_name = _("document")

    def __str__(self) -> str:
        return f"{self.title} ({self.get_media_type_display()}, {self.size} B)"
