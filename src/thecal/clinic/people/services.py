"""What an administrator does: enrol people, give and end roles, close accounts."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from thecal.clinic.audit.chain import Deed, append
from thecal.clinic.people.models import Clinic, Membership, User
from thecal.clinic.people.orders import Enrolling, Granting, Person
from thecal.clinic.people.roles import GRANTED, Role
from thecal.clinic.record.actions import About
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.refusals import ConflictError, InvalidError
from thecal.clinic.record.services import reads, writes

_ADMINISTRATOR = {Role.ADMINISTRATOR}


@reads("people.list", "List the people of a clinic", _ADMINISTRATOR, about=About.CLINIC)
def list_people(doing: Doing, order: Nothing) -> list[Membership]:  # noqa: ARG001
    """Who has which role here now."""
    held = Membership.objects.filter(clinic=doing.clinic, until=None).select_related("user")
    return list(held.order_by("user__name", "role"))


@writes("people.enrol", "Enrol a person", _ADMINISTRATOR, about=About.CLINIC)
def enrol(doing: Doing, order: Enrolling) -> User:
    """Add a person with a role here; as a patient they have none until a record is theirs.

    Raises:
        InvalidError: the user name is taken, or the password too weak.
    """
    user = _added(order)
    doing.tell(user=user.pk, username=user.username)
    if order.role in GRANTED:
        _give(doing, user, order.role)
    return user


@writes("people.grant", "Give a person a role", _ADMINISTRATOR, about=About.CLINIC)
def grant(doing: Doing, order: Granting) -> Membership:
    """Give a role in this clinic.

    Raises:
        ConflictError: they have it, or there is no such person.
    """
    if order.role not in GRANTED:
        raise InvalidError({"role": "a patient's role comes with their own record alone"})
    return _give(doing, _person(order.user), order.role)


@writes("people.end-role", "End a person's role", _ADMINISTRATOR, about=About.CLINIC)
def end_role(doing: Doing, order: Granting) -> Membership:
    """End a role in this clinic; the last administrator's cannot be ended.

    Raises:
        ConflictError: they have no such role, or nobody would be left to administer.
    """
    here = Membership.objects.select_for_update().filter(clinic=doing.clinic, until=None)
    administrators = list(here.filter(role=Role.ADMINISTRATOR))
    held = here.filter(user=order.user, role=order.role).first()
    if held is None:
        raise ConflictError("this person has no such role here")
    if administrators == [held]:
        raise ConflictError("a clinic keeps at least one administrator")
    held.until = doing.now
    held.save(update_fields=["until"])
    doing.tell(user=order.user, role=order.role.value)
    return held


@writes("people.close", "Close a person's account", _ADMINISTRATOR, about=About.CLINIC)
def close(doing: Doing, order: Person) -> User:
    """Let a person sign in no more; what they did stays theirs.

    Raises:
        ConflictError: they have roles elsewhere, it is the administrator themself, or nobody.
    """
    user = _person(order.user)
    if user.pk == doing.who.pk:
        raise ConflictError("nobody closes their own account")
    held = Membership.objects.filter(user=user, until=None)
    if not Membership.objects.filter(user=user, clinic=doing.clinic).exists():
        raise ConflictError("this person is not of this clinic")
    if held.exclude(clinic=doing.clinic).exists():
        raise ConflictError("this person has roles in another clinic; end those here instead")
    user.is_active = False
    user.save(update_fields=["is_active"])
    doing.tell(user=user.pk)
    return user


def found(clinic_name: str, username: str, name: str, password: str) -> tuple[Clinic, User]:
    """Found a clinic with its first administrator; for the command line, where nobody is yet.

    Raises:
        InvalidError: the user name is taken, or the password too weak.
        ConflictError: there is such a clinic.
    """
    order = Enrolling.model_validate(
        {"username": username, "name": name, "role": Role.ADMINISTRATOR, "password": password}
    )
    with transaction.atomic():
        if Clinic.objects.filter(name=clinic_name).exists():
            raise ConflictError(f"there is a clinic called {clinic_name}")
        clinic = Clinic(name=clinic_name)
        clinic.save(force_insert=True)
        user = _added(order)
        event = append(
            Deed("people.found", who_name="command line", clinic=clinic.pk),
            {"clinic": clinic_name, "user": str(user.pk), "username": username},
        )
        Membership(user=user, clinic=clinic, role=order.role, since=event.at).save()
    return clinic, user


def _added(order: Enrolling) -> User:
    password = order.password.get_secret_value()
    if User.objects.filter(username__iexact=order.username).exists():
        raise InvalidError({"username": "somebody has this user name"})
    try:
        validate_password(password, User(username=order.username, name=order.name))
        return User.objects.enrol(order.username, order.name, order.email, password)
    except ValidationError as error:
        if hasattr(error, "error_dict"):
            problems = {where: " ".join(said) for where, said in error.message_dict.items()}
            raise InvalidError(problems) from error
        raise InvalidError({"password": " ".join(error.messages)}) from error


def _person(key: UUID) -> User:
    user = User.objects.filter(pk=key, is_active=True).first()
    if user is None:
        raise ConflictError("there is no such person")
    return user


def _give(doing: Doing, user: User, role: Role) -> Membership:
    held = Membership.objects.filter(user=user, clinic=doing.clinic, role=role, until=None)
    if held.exists():
        raise ConflictError("this person has this role here already")
    given = doing.add(Membership(user=user, clinic=doing.clinic, role=role, since=doing.now))
    doing.tell(user=user.pk, role=role.value)
    return given
