"""Visits walked by their pages: open the flow, fill the form of a step in, send it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any

import staff
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from journey import _flat

from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role

_FORM = re.compile(r'<form method="post".*?</form>', re.DOTALL)
_INPUT = re.compile(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?')
_STEP = re.compile(r'<li(?: aria-current="step")? class="([a-z]*)">\s*<a href="[^"]*step=([^"]+)">')


@dataclass(frozen=True)
class Shown:
    """A page of a flow."""

    status: int
    text: str

    @property
    def steps(self) -> dict[str, str]:
        """Each step's state: ``done``, ``closed`` or empty."""
        return {key: state for state, key in _STEP.findall(self.text)}

    @property
    def current(self) -> str:
        """The step that is shown large."""
        found = re.search(
            r'aria-current="step" class="[a-z]*">\s*<a href="[^"]*step=([^"]+)"', self.text
        )
        return found[1] if found else ""

    def form(self, action: str) -> dict[str, str]:
        """What the form of an action sends along."""
        for form in _FORM.findall(self.text):
            hidden = {name: unescape(value) for name, value in _INPUT.findall(form)}
            if hidden.get("flow-action") == action:
                return hidden
        return {}


@dataclass(frozen=True)
class Visiting:
    """One patient's flow, in the hands of whoever has a role."""

    patient: Patient
    flow: str

    @property
    def address(self) -> str:
        """Of its page."""
        return reverse(f"visits.{self.flow}", kwargs={"patient": self.patient.pk})

    def client(self, role: Role) -> Client:
        """Somebody's browser."""
        client = Client()
        client.force_login(staff.member(role), staff.BACKEND)
        return client

    def look(self, role: Role = Role.NURSE, **query: str) -> Shown:
        """Open the page."""
        return shown(self.client(role).get(self.address, query))

    def do(self, action: str, role: Role = Role.NURSE, *, step: str = "", **data: Any) -> Shown:
        """Send the form of an action as the page has it; it must be taken."""
        answer = self.send(action, role, step=step, **data)
        assert answer.status == 302, (action, answer.status, problems(answer))
        return self.look(role)

    def send(
        self,
        action: str,
        role: Role = Role.NURSE,
        *,
        step: str = "",
        seen: Mapping[str, str] | None = None,
        **data: Any,
    ) -> Shown:
        """Send it, whatever comes of it."""
        client = self.client(role)
        before = shown(client.get(self.address, {"step": step} if step else {}))
        hidden = seen or before.form(action)
        assert hidden, (action, before.current, problems(before))
        typed = {name: _local(value) for name, value in _flat(data)}
        return shown(client.post(self.address, {**hidden, **typed}))


def shown(response: HttpResponse | Any) -> Shown:
    """An answer's status and text."""
    return Shown(response.status_code, unescape(response.content.decode()))


def problems(answer: Shown) -> list[str]:
    """What the page says is wrong."""
    said = re.findall(
        r'(?:errorlist[^>]*>|closed"[^>]*>)(.*?)(?:</ul>|</div>)', answer.text, re.DOTALL
    )
    return [re.sub(r"<[^>]+>|\s+", " ", one) for one in said]


def _local(value: Any) -> Any:
    return value.replace(tzinfo=None).isoformat() if isinstance(value, datetime) else value
