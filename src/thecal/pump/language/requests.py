"""What is said to a pump.

Requests that only read carry no id. Those that change something carry a ``command_id``: a pump
acts on one id once, and answers a repeat with its first reply.
"""

from __future__ import annotations

from dataclasses import dataclass

from thecal.pump.language.program import Bolus, Ceiling, Fill, Program


@dataclass(frozen=True, slots=True)
class Interrogate:
    """Ask for a :class:`Status`."""


@dataclass(frozen=True, slots=True)
class ReadLog:
    """Ask for a :class:`LogPage` of ``count`` entries, 1 to 64, from ``from_seq`` on."""

    from_seq: int
    count: int


@dataclass(frozen=True, slots=True)
class ReadPatientStatus:
    """Ask for a :class:`PatientStatus`."""


@dataclass(frozen=True, slots=True)
class Update:
    """Replace program, fill and ceiling in one step; what is None stays as it is.

    A pump that was stopped, reset or held starts again only with a ``program``; one that was
    empty starts again with a ``fill`` too.

    ``expected_revision`` is the revision that the editor saw; another one makes the edit stale.
    """

    command_id: str
    expected_revision: int
    program: Program | None = None
    fill: Fill | None = None
    ceiling: Ceiling | None = None


@dataclass(frozen=True, slots=True)
class GiveBolus:
    """A clinician's single bolus over the base mode."""

    command_id: str
    bolus: Bolus


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop all delivery until an :class:`Update` that carries a program."""

    command_id: str


@dataclass(frozen=True, slots=True)
class RequestPatientDose:
    """The patient asks for a dose."""

    command_id: str


@dataclass(frozen=True, slots=True)
class SetClock:
    """Set the pump's local time of day: ``utc_offset_s`` is local minus UTC."""

    command_id: str
    utc_offset_s: int


@dataclass(frozen=True, slots=True)
class CorrectClock:
    """Move the pump's UTC by ``shift_s``; bounded in any 24 h, and no lockout notices it."""

    command_id: str
    shift_s: int


@dataclass(frozen=True, slots=True)
class Silence:
    """Silence a non-critical alarm while its condition lasts; a critical one sounds on."""

    command_id: str
    alarm: str


@dataclass(frozen=True, slots=True)
class PrepareForMri:
    """Ask whether the pump may enter an MRI scanner now."""

    command_id: str


@dataclass(frozen=True, slots=True)
class ListKeys:
    """Ask for the :class:`Keys` that are paired."""


@dataclass(frozen=True, slots=True)
class RemoveKey:
    """Forget a paired key, its 32 bytes written in hexadecimal; never the asker's own."""

    command_id: str
    key: str


@dataclass(frozen=True, slots=True)
class EndSession:
    """Ask to end the session; refused to a clinician while the pump stands still unordered."""


Reading = Interrogate | ReadLog | ReadPatientStatus
"""Requests to the controller that change nothing."""
Command = (
    Update | GiveBolus | Stop | RequestPatientDose | SetClock | CorrectClock | Silence
) | PrepareForMri
"""Requests to the controller that carry an id."""
ToController = Reading | Command
Request = ToController | ListKeys | RemoveKey | EndSession
"""Everything that may be said to a pump."""
