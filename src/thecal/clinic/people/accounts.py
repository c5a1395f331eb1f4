"""How allauth and axes treat accounts here: nobody signs up; people are enrolled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """No sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Never."""
        return False

    def get_user_display(self, user: Any) -> str:
        """The name."""
        return str(user.name)


def claimed(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """Whom somebody claims to be; failures count against that name, however it is spelled."""
    claim = (credentials or {}).get("username") or request.POST.get("login", "")
    return str(claim).strip().casefold()
