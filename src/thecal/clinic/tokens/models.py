"""A token: whose, how far it reaches, and until when; its secret is not kept, only a digest."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from thecal.clinic.audit.kept import KeptModel
from thecal.clinic.people.models import User


class Token(KeptModel):
    """A token of a person; a backup has it, an export has not.

    Attributes:
        digest: SHA-256 of the secret, which is random and long, so that no salt is needed.
        scopes: see :class:`thecal.clinic.record.means.Means`.
        revoked_at: since when it is good for nothing, before its end.
    """

    is_secret = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, models.PROTECT, related_name="tokens")
    name = models.CharField(_("name"), max_length=100)
    scopes = models.JSONField(_("scopes"))
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("made"))
    ends_at = models.DateTimeField(_("ends"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        ordering = ("-made_at",)
        verbose_name = _("token")
        constraints = (
            models.UniqueConstraint(
                fields=["person", "name"],
                condition=models.Q(revoked_at=None),
                name="tokens_one_of_a_name",
            ),
        )

    def __str__(self) -> str:
        return self.name
