"""A clinic that is really served, in a process of its own, and a browser of the plainest kind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.message import Message
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import (
    HTTPCookieProcessor,
    HTTPRedirectHandler,
    ProxyHandler,
    Request,
    build_opener,
)

import staff

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Served:
    """A running ``thecal clinic``."""

    def __init__(self, database_url: str, mode: str = "development", **variables: str) -> None:
        clean = {key: one for key, one in os.environ.items() if not key.startswith("THECAL_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "thecal", "clinic", "--port", "0"],
            env={
                **clean,
                "THECAL_CLINIC_MODE": mode,
                "DATABASE_URL": database_url,
                **variables,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        found = re.search(r"http://\S+?(?=/?$)", line.strip())
        if found is None:
            self.kill()
            raise AssertionError(f"the clinic did not start: {line!r}")
        self.address = found.group()

    def kill(self) -> None:
        """As the power does."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """As a person does; its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        self._process.send_signal(how)
        code = self._process.wait(timeout=30)
        if self._process.stdout is not None:
            self._process.stdout.close()
        return code


@contextmanager
def served(database_url: str) -> Iterator[Served]:
    """A clinic for a while."""
    clinic = Served(database_url)
    try:
        yield clinic
    finally:
        clinic.stop()


class Caller:
    """A program with a token, outside of the clinic's process."""

    def __init__(self, address: str, secret: str) -> None:
        self._address, self._secret = address, secret
        self._opener = build_opener(ProxyHandler({}))

    def get(self, path: str) -> tuple[int, Any, Mapping[str, str]]:
        """Status, JSON and headers, their names in small letters."""
        return self._open(path, None, {})

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any, Mapping[str, str]]:
        """Send JSON; headers by their names with ``_`` for ``-``."""
        return self._open(path, json.dumps(body).encode(), headers)

    def _open(
        self, path: str, data: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, Any, Mapping[str, str]]:
        named = {name.replace("_", "-"): one for name, one in headers.items()}
        named |= {"Authorization": f"Bearer {self._secret}", "Content-Type": "application/json"}
        try:
            asked = Request(f"{self._address}/api{path}", data, named)
            with self._opener.open(asked, timeout=60) as answer:
                return answer.status, json.load(answer), _lower(answer.headers)
        except HTTPError as answer:
            with answer:
                return answer.code, json.load(answer), _lower(answer.headers)


def _lower(headers: Message) -> dict[str, str]:
    return {name.lower(): one for name, one in headers.items()}


class _NotFollowed(HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:  # noqa: ARG002
        """The answer itself is what the test looks at."""
        return


class Browser:
    """Cookies and forms; it does not follow where it is sent."""

    def __init__(self, address: str, **headers: str) -> None:
        self._address = address
        cookies = HTTPCookieProcessor(CookieJar())
        self._opener = build_opener(cookies, _NotFollowed(), ProxyHandler({}))
        self._headers = {name.replace("_", "-"): one for name, one in headers.items()}

    def get(self, path: str) -> tuple[int, str, Mapping[str, str]]:
        """Status, text and headers."""
        return self._open(path, None)

    def submit(self, path: str, **fields: str) -> tuple[int, str, Mapping[str, str]]:
        """Fetch the form, fill it in and send it."""
        token = _TOKEN.search(self.get(path)[1])
        assert token is not None, f"no form at {path}"
        return self.send(path, csrfmiddlewaretoken=token[1], **fields)

    def send(self, path: str, **fields: str) -> tuple[int, str, Mapping[str, str]]:
        """Send fields as they are."""
        return self._open(path, urlencode(fields).encode())

    def sign_in(self, username: str) -> None:
        """With the staff's password."""
        answer = self.submit("/accounts/login/", login=username, password=staff.PASSWORD)
        assert answer[0] == 302, answer

    def _open(self, path: str, data: bytes | None) -> tuple[int, str, Mapping[str, str]]:
        try:
            asked = Request(self._address + path, data, self._headers)
            with self._opener.open(asked, timeout=30) as answer:
                return answer.status, answer.read().decode(), dict(answer.headers)
        except HTTPError as answer:
            with answer:
                return answer.code, answer.read().decode(), dict(answer.headers)
