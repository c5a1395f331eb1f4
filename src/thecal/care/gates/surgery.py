"""Requirements of the operation and the stay after it."""

from __future__ import annotations

from datetime import timedelta

from thecal.care.clock import at_local, local_day, shown, wall_time
from thecal.care.facts import (
    AntibioticGiven,
    Filled,
    Implanted,
    Prepared,
    Procedure,
)
from thecal.care.gates.judging import Reply, View, requirement
from thecal.care.gates.moment import (
    OPERATIONS,
    PUMP_FACTS,
    SCHEDULE_FACTS,
    last_operation,
    pump_fact,
)
from thecal.care.gates.trial import antibiotic, judged, planned
from thecal.care.trial import required_of_first_fill


@requirement("implant.scheduled", *SCHEDULE_FACTS)
def implant_scheduled(view: View) -> Reply:
    """In the calendar, and not cancelled."""
    return planned(view, Procedure.IMPLANT)


@requirement("replacement.scheduled", *SCHEDULE_FACTS)
def replacement_scheduled(view: View) -> Reply:
    """In the calendar since the last replacement, and not cancelled."""
    return planned(view, Procedure.REPLACEMENT)


@requirement("implant.antibiotic", AntibioticGiven, *OPERATIONS)
def implant_antibiotic(view: View) -> Reply:
    """Given since the last operation, within its time before the incision."""
    return antibiotic(view)


@requirement("replacement.antibiotic", AntibioticGiven, *OPERATIONS)
def replacement_antibiotic(view: View) -> Reply:
    """Given since the last operation, within its time before the incision."""
    return antibiotic(view)


@requirement("skin.prepared", Prepared, *OPERATIONS)
def skin_prepared(view: View) -> Reply:
    """Both preparations since the last operation."""
    since = last_operation(view.facts)
    made = {one.measure for one in view.facts.all(Prepared) if since is None or one.at > since}
    missing = [one for one in ("decolonised", "chlorhexidine") if one not in made]
    return Reply.of(not missing, f"missing: {', '.join(missing)}" if missing else "both are done")


@requirement("pump.none", *PUMP_FACTS)
def pump_none(view: View) -> Reply:
    """A second pump is not placed beside the first."""
    held = pump_fact(view.facts)
    return Reply.of(held is None, "a pump is in place" if held else "no pump is in place")


@requirement("pump.present", *PUMP_FACTS)
def pump_present(view: View) -> Reply:
    """Placed here, or brought along."""
    held = pump_fact(view.facts)
    return Reply.of(held is not None, "a pump is in place" if held else "no pump is recorded")


@requirement("pump.placed", *PUMP_FACTS)
def pump_placed(view: View) -> Reply:
    """Placed here."""
    placed = view.facts.last(Implanted) is not None
    return Reply.of(placed, "a pump was placed here" if placed else "no operation is recorded")


@requirement("stay.overnight", Implanted)
def stay_overnight(view: View) -> Reply:
    """Until the morning of the local day after the operation's."""
    figure = view.figure("overnight-until")
    placed = view.facts.last(Implanted)
    if placed is None:
        return Reply.of(False, "no operation is recorded", figure)
    day = local_day(placed.at, view.zone) + timedelta(days=1)
    morning = at_local(day, wall_time(figure.delta), view.zone)
    return Reply.of(view.now >= morning, f"overnight ends at {shown(morning, view.zone)}", figure)


@requirement("stay.first-dose", Implanted, Filled)
def stay_first_dose(view: View) -> Reply:
    """What the labels ask after a first dose through the pump."""
    required = required_of_first_fill(view.facts, view.settings)
    if not required:
        return Reply.of(True, "no label asks for an observation of this fill")
    return judged(required, view.now >= max(one.ends for one in required), view)
