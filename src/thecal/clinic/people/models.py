"""Clinics, people, and who has which role where."""

from __future__ import annotations

import uuid
from functools import lru_cache
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from thecal.clinic.audit.kept import KeptModel
from thecal.clinic.people.roles import Role


class Clinic(KeptModel):
    """A clinic: patients belong to one, people have roles in it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200, unique=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class People(BaseUserManager["User"]):
    """The people; there is no superuser to create."""

    def enrol(self, username: str, name: str, email: str = "", password: str | None = None) -> User:
        """Add a person with no role yet; without a password nobody can sign in as them."""
        user = self.model(username=username, name=name, email=self.normalize_email(email))
        user.set_password(password)
        user.full_clean()
        user.save(force_insert=True)
        return user


class User(AbstractBaseUser, KeptModel):
    """A person with an account; what they may do comes from their memberships alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(
        _("user name"), max_length=150, unique=True, validators=[UnicodeUsernameValidator()]
    )
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), blank=True, default="")
    is_active = models.BooleanField(_("may sign in"), default=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[People] = People()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """As the accounts' pages greet them."""
        return self.name


class Membership(KeptModel):
    """A role that a person has, or had, in a clinic."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=40, choices=Role.choices)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("since",)
        constraints = (
            models.UniqueConstraint(
                fields=["user", "clinic", "role"],
                condition=models.Q(until=None),
                name="people_one_role_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(role=Role.PATIENT.value), name="people_patient_is_no_member"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.role}, {self.clinic}"


def roles_of(user: Any, clinic: Clinic | uuid.UUID) -> frozenset[Role]:
    """The roles that somebody has in a clinic now; none for who may not sign in."""
    if not user.is_active:
        return frozenset()
    key = clinic.pk if isinstance(clinic, Clinic) else clinic
    return frozenset(map(Role, _roles_now().filter(user_id=user.pk, clinic_id=key)))


@lru_cache(maxsize=1)
def _roles_now() -> models.QuerySet[Membership, str]:
    """The question that every page puts, as far as it is the same; it holds no answer."""
    return Membership.objects.filter(until=None).order_by().values_list("role", flat=True)


def clinics_of(user: User) -> models.QuerySet[Clinic]:
    """The clinics where somebody has a role now."""
    return Clinic.objects.filter(memberships__user=user, memberships__until=None).distinct()
