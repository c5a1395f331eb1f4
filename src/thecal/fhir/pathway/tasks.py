"""A task of the pathway as ``Task``: code, priority, reason, its window, where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from thecal.care.result import Task, Urgency
from thecal.fhir.elements import (
    Json,
    concept,
    group,
    instant,
    own_concept,
    part,
    present,
    reference,
    resource,
)
from thecal.fhir.names import own_system
from thecal.fhir.pathway.sources import read_sources, write_sources
from thecal.fhir.reading import Place

PRIORITIES = {
    Urgency.EMERGENCY: "stat",
    Urgency.URGENT: "urgent",
    Urgency.SOON: "asap",
    Urgency.ROUTINE: "routine",
}
_BACK = {code: urgency for urgency, code in PRIORITIES.items()}


def task(one: Task, identity: str, patient: str) -> Json:
    """An open task."""
    window = present(
        start=instant(one.earliest) if one.earliest else None,
        end=instant(one.latest) if one.latest else None,
    )
    return resource(
        "Task",
        identity,
        extension=[*group("task-window", _window(one)), *write_sources(one.sources)],
        identifier=[{"system": own_system("care"), "value": one.key}],
        status="requested",
        intent="order",
        priority=PRIORITIES[one.urgency],
        code=own_concept("care", one.code),
        description=one.title,
        for_=reference(patient),
        authoredOn=instant(one.raised),
        reasonCode=concept(one.reason),
        restriction={"period": window} if window else None,
    )


def _window(one: Task) -> Iterator[Json]:
    for name in ("earliest", "due", "latest"):
        at = getattr(one, name)
        yield from part(name, valueDateTime=instant(at) if at else None)
    yield from part("undated", valueString=one.undated)
    for at in one.reminders:
        yield from part("reminder", valueDateTime=instant(at))


def read_task(place: Place) -> Task:
    """The open task of a Task that :func:`task` wrote.

    Raises:
        FhirError: not open, or a part is missing or of another kind.
    """
    place.need("status").word("requested")
    window = place.extension("task-window")
    if window is None:
        place.fail("has no task-window extension; expected a task that Thecal wrote")
    try:
        return Task(
            code=place.need("code").need_own_code("care"),
            key=place.only("identifier").need("value").text(),
            title=place.need("description").text(),
            reason=place.need("reasonCode").need("text").text(),
            urgency=_BACK[place.need("priority").word(*_BACK)],
            raised=place.need("authoredOn").moment(),
            sources=read_sources(place),
            earliest=_moment(window, "earliest"),
            due=_moment(window, "due"),
            latest=_moment(window, "latest"),
            undated=window.part_text("undated"),
            reminders=tuple(one.need("valueDateTime").moment() for one in window.parts("reminder")),
        )
    except ValueError as error:
        if type(error) is not ValueError:
            raise
        window.fail(str(error))


def _moment(window: Place, name: str) -> datetime | None:
    found = window.part(name)
    return found.need("valueDateTime").moment() if found else None
