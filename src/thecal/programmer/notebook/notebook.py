"""The notebook's folder: the programmer's own keys, and a page for each pump and role."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from thecal.link.keys import KeyFileError, StaticKey
from thecal.link.roles import Role
from thecal.programmer.notebook.files import make_folder
from thecal.programmer.notebook.page import Entries, NotebookError, Page

HOME_VARIABLE = "THECAL_HOME"


def default_home() -> Path:
    """Where the notebook is unless told: ``THECAL_HOME``, else the user's data folder."""
    told = os.environ.get(HOME_VARIABLE)
    if told:
        return Path(told)
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "thecal"


class Notebook:
    """A folder: ``keys/ROLE.pem`` and ``pumps/SERIAL/ROLE.json``, all for their owner alone."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def key(self, role: Role) -> StaticKey:
        """The programmer's own key in a role, made when it is first asked for.

        Raises:
            NotebookError: it cannot be read or written, or others could read it.
        """
        path = self.home / "keys" / f"{role}.pem"
        try:
            if not path.exists():
                make_folder(path.parent)
                StaticKey.generate().save(path)
            return StaticKey.load(path)
        except KeyFileError as error:
            raise NotebookError(str(error)) from error
        except OSError as error:
            raise NotebookError(f"{path}: {error.strerror}") from error

    def page(self, serial: str, role: Role) -> Page | None:
        """The page of a pump in a role, None if it was never paired.

        Raises:
            NotebookError: it cannot be read.
        """
        path = self._path(serial, role)
        return Page.read(path) if path.exists() else None

    def pages(self, role: Role) -> list[Page]:
        """Every pump paired in a role, by serial.

        Raises:
            NotebookError: a page cannot be read.
        """
        paths = (self.home / "pumps").glob(f"*/{role}.json")
        return [Page.read(path) for path in sorted(paths)]

    def enter(self, serial: str, role: Role, pump_key: bytes, address: str) -> Page:
        """Enter a pump after pairing; what the page said before of its log and command stays.

        Raises:
            NotebookError: it cannot be written.
            BusyError: a session with this pump is open.
        """
        page = self.page(serial, role)
        if page is None:
            page = Page(self._path(serial, role), Entries(serial, str(role), pump_key, address))
        with page.held():
            page.change(pump_key=pump_key)
            self.move(page, address)
        return page

    def move(self, page: Page, address: str) -> None:
        """A pump was reached at an address: no other pump is there any more.

        Raises:
            NotebookError: it cannot be written.
        """
        for other in self.pages(Role(page.entries.role)):
            if other.entries.address == address and other.entries.serial != page.entries.serial:
                other.change(address="")
        page.change(address=address)

    def _path(self, serial: str, role: Role) -> Path:
        # A serial is any text: as a folder's name it must not lead elsewhere.
        name = quote(serial, safe="").replace(".", "%2E")
        return self.home / "pumps" / name / f"{role}.json"
