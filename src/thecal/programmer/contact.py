"""A contact with a pump: which pump it is, with what key, over which address."""

from __future__ import annotations

from collections.abc import Callable

from thecal.link.cards import PairingCard
from thecal.link.errors import LinkError, LinkErrorCode
from thecal.link.party_end import Contact
from thecal.link.roles import PAIRED_ROLES, Role
from thecal.link.transports.address import Address
from thecal.link.transports.channel import Channel, OnProgress, pair
from thecal.programmer.notebook import Notebook, Page
from thecal.programmer.session.link_port import LinkPort

_NOBODY = "-"
"""A serial that no pump has."""


class NotPairedError(RuntimeError):
    """This programmer is not paired with the pump in this role; ``serial`` if it is known."""

    def __init__(self, role: Role, serial: str | None) -> None:
        pump = f"pump {serial}" if serial else "this pump"
        super().__init__(f"{pump} is not paired with this programmer as {role}")
        self.role, self.serial = role, serial


def pair_pump(notebook: Notebook, address: Address, card: PairingCard, name: str) -> Page:
    """Pair the programmer's own key of the card's role, and enter the pump.

    A pump whose key is known already must still have that key.

    Raises:
        UnreachableError, LinkError: as :func:`thecal.link.transports.channel.pair`.
        NotebookError: the notebook cannot be used.
    """
    key = notebook.key(card.role)
    known = [page for role in PAIRED_ROLES if (page := notebook.page(card.serial, role))]
    pinned = known[0].entries.pump_key if known else None
    paired = pair(address, Contact.pairing(card, key, name, pinned_key=pinned))
    return notebook.enter(card.serial, card.role, paired.key, str(address))


class PumpAt:
    """The pump at an address, to a programmer in one role."""

    def __init__(self, notebook: Notebook, address: Address, role: Role) -> None:
        self._notebook, self._address, self._role = notebook, address, role

    def page(self, serial: str | None) -> Page:
        """The pump's page: of the serial given, else of the pump that was last there.

        Where neither is known the pump is asked for its serial.

        Raises:
            NotPairedError: it is not paired in this role.
            UnreachableError, LinkError: it could not be asked.
            NotebookError: the notebook cannot be used.
        """
        if serial is not None:
            return self._paired(serial)
        pages = self._notebook.pages(self._role)
        here = [page for page in pages if page.entries.address == str(self._address)]
        if here:
            return here[0]
        if not pages:
            raise NotPairedError(self._role, None)
        return self._ask_who(pages[0].entries.pump_key)

    def _paired(self, serial: str) -> Page:
        page = self._notebook.page(serial, self._role)
        if page is None:
            raise NotPairedError(self._role, serial)
        return page

    def _ask_who(self, any_key: bytes) -> Page:
        """A pump tells anybody its serial, and so also a contact that is meant for another."""
        key = self._notebook.key(self._role)
        try:
            Channel.open(self._address, Contact.session(self._role, key, _NOBODY, any_key)).close()
        except LinkError as error:
            found = error.facts.get("found")
            if error.code is LinkErrorCode.WRONG_PUMP and isinstance(found, str):
                return self._paired(found)
            raise
        raise NotPairedError(self._role, None)

    def _open(self, page: Page) -> Channel:
        key, entries = self._notebook.key(self._role), page.entries
        contact = Contact.session(self._role, key, entries.serial, entries.pump_key)
        return Channel.open(self._address, contact)

    def port(self, page: Page, on_progress: OnProgress | None = None) -> LinkPort:
        """A port to the pump of a page."""
        return LinkPort(self._opener(page), on_progress=on_progress)

    def _opener(self, page: Page) -> Callable[[], Channel]:
        def open_channel() -> Channel:
            channel = self._open(page)
            if page.entries.address != str(self._address):
                self._notebook.move(page, str(self._address))
            return channel

        return open_channel


def emergency_port(
    notebook: Notebook, address: Address, serial: str | None, on_progress: OnProgress | None = None
) -> LinkPort:
    """A port for whoever stands at a pump in an emergency: no pairing, stop and interrogate only.

    Raises:
        NotebookError: the notebook cannot be used.
    """
    contact = Contact.emergency(notebook.key(Role.EMERGENCY), serial)
    return LinkPort(lambda: Channel.open(address, contact), on_progress=on_progress)
