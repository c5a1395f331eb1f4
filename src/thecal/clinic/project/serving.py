"""Starting the clinic: its settings, its folder, its migrations, its server."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from thecal.clinic.project import environment
from thecal.clinic.project.environment import ConfigurationError, Environment

SETTINGS = "thecal.clinic.project.settings"
THREADS = 8


def prepare(changes: Mapping[str, str]) -> Environment:
    """Read the environment with these changes, make the folder, and start Django.

    Raises:
        ConfigurationError: the environment does not say what the clinic needs, or the folder
            cannot be made.
    """
    os.environ.update(changes)
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    found = environment.read(os.environ)
    if found.database["ENGINE"].endswith("sqlite3"):
        os.umask(0o077)  # the record is its owner's alone
        try:
            Path(found.database["NAME"]).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(f"cannot make {found.home}: {error.strerror}") from error
    import django  # noqa: PLC0415  (only now are the settings there)

    django.setup()
    return found


def migrate() -> None:
    """Bring the tables to this version's form."""
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", interactive=False, verbosity=0)


def serve(found: Environment, host: str, port: int) -> NoReturn:
    """Serve until told to stop.

    Raises:
        ConfigurationError: production without a proxy that ends TLS, or of a demo; a taken port.
    """
    import waitress  # noqa: PLC0415

    from thecal.clinic.demo.mark import is_demo  # noqa: PLC0415
    from thecal.clinic.project.wsgi import application  # noqa: PLC0415

    if not found.is_development and is_demo():
        raise ConfigurationError("this record is a demo's, which is never served in production")
    if not found.is_development and not found.proxy:
        raise ConfigurationError(
            "THECAL_CLINIC_PROXY is missing: production is served behind a proxy that ends TLS;"
            " it is the proxy's address as the clinic sees it"
        )
    listening = _listening(host, port)
    address = listening.getsockname()
    print(f"Thecal's clinic listens at http://{address[0]}:{address[1]}/", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    waitress.serve(application, sockets=[listening], threads=THREADS, ident=None, **_behind(found))
    sys.exit(0)


def _behind(found: Environment) -> dict[str, Any]:
    if not found.proxy:
        return {}
    return {
        "trusted_proxy": found.proxy,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
        "clear_untrusted_proxy_headers": True,
    }


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(1024)  # before anybody is told the address
    except OSError as error:
        listening.close()
        raise ConfigurationError(f"cannot listen at {host}:{port}: {error.strerror}") from error
    return listening
