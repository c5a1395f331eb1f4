"""Reading a patient at a glance, and everything that happened; each reading is in the trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from thecal import care
from thecal.clinic.overview.body import Body, body
from thecal.clinic.overview.doses import Course, courses
from thecal.clinic.overview.happenings import Happening, Happenings, everything, sifted
from thecal.clinic.overview.orders import Sifting
from thecal.clinic.overview.outcomes import Series, outcomes
from thecal.clinic.overview.reservoir import Reservoir, reservoir
from thecal.clinic.overview.running import Running, running
from thecal.clinic.overview.steps import Step, steps
from thecal.clinic.pathway import figures
from thecal.clinic.pathway.history import history_of
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import READS
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.models import Override
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.services import reads

_NEWEST = 5


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A session of which nobody knows what it left in the pump, or that left something else."""

    session: str
    outcome: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Passed:
    """An override: a gate that somebody passed, shown ever after."""

    gate: str
    action: str
    why_closed: str
    source: str
    reason: str
    by: str
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Overview:
    """A patient at a glance, at one instant.

    Attributes:
        pathway: None until somebody has recorded what is treated; then no step is shown either.
        since: when treatment began; what lies before is the baseline.
        program_known: whether it is known which program runs.
        program_since: since when, if it is.
    """

    at: datetime
    pathway: care.Pathway | None
    steps: tuple[Step, ...]
    since: datetime | None
    body: Body
    reservoir: Reservoir
    program_known: bool
    program_since: datetime | None
    alarms: tuple[str, ...]
    unsettled: tuple[Unsettled, ...]
    courses: tuple[Course, ...]
    outcomes: tuple[Series, ...]
    overrides: tuple[Passed, ...]
    newest: tuple[Happening, ...]


def overview_of(patient: Patient, now: datetime) -> Overview:
    """Put it together; call it within a read that the trail tells of."""
    history, known = history_of(patient), running(patient)
    pathway = care.follow(history, now, figures.in_force()) if history else None
    lies = body(patient, history)
    program = known.program
    return Overview(
        now,
        pathway,
        steps(pathway, history) if pathway and history else (),
        care.benefits(history, now).since if history else None,
        lies,
        reservoir(patient, known, lies.model, now),
        program is not None,
        program.at if program else None,
        tuple(known.status.alarms) if known.status else (),
        tuple(_unsettled(known)),
        courses(known, now),
        outcomes(history, now) if history else (),
        tuple(_overrides(patient)),
        tuple(everything(patient)[:_NEWEST]),
    )


def _unsettled(known: Running) -> list[Unsettled]:
    found = [Unsettled(str(one.session), one.certainty, "", one.at) for one in known.doubtful]
    if known.held is False and known.status is not None and known.sent[-1].is_verified:
        at = known.status.recorded_at
        found.append(Unsettled(str(known.sent[-1].session), "mismatch", "read-since", at))
    return found


def _overrides(patient: Patient) -> list[Passed]:
    rows = Override.objects.of(patient).select_related("recorded_by")
    return [
        Passed(
            one.gate,
            one.action,
            one.said,
            one.source,
            one.reason,
            one.recorded_by.name,
            one.recorded_role,
            one.recorded_at,
        )
        for one in rows
    ]


@reads("overview.see", "See a patient at a glance", READS)
def see(doing: Doing, order: Nothing) -> Overview:  # noqa: ARG001
    """Pathway, body, reservoir, doses, outcomes and overrides as of now."""
    return overview_of(doing.patient, doing.now)


@reads("overview.happenings", "See everything that happened", READS)
def happenings(doing: Doing, order: Sifting) -> Happenings:
    """A page of every entry, the newest first, those that were corrected too."""
    doing.tell(page=order.page)
    return sifted(doing.patient, order)
