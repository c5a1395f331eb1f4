"""The page of the JSON that the commands print, walked from real objects of each."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from generator.markdown import page, section, table
from thecal.care import follow, pathway_contract, read_facts
from thecal.care.facts import Role, Waiver
from thecal.programmer.rehearsal.contract import rehearsal_contract
from thecal.programmer.rehearsal.run import rehearse
from thecal.pump.world.written import read_fault
from thecal.therapy.contract import plan_contract
from thecal.therapy.file.reading import read
from thecal.therapy.plan import Plan, make_plan

_VISIT = date(2026, 3, 2)
_DAY = {
    ".volume_ml": "the volume, in mL",
    ".drugs": "each drug's dose",
    ".drugs.NAME": "in µg",
}
_PLAN = {
    "accepted": "no `stop`, every `confirm` signed, and a program that can be sent",
    "findings": "what the rules have to say, the gravest first",
    "findings[].code": "the [rule](rules.md)",
    "findings[].severity": "`stop`, `confirm` or `note`",
    "findings[].message": "one sentence for a person",
    "findings[].asked": "the figure asked for, with its unit; null if none",
    "findings[].limit": "the limit that it met, with its unit; null if none",
    "findings[].layer": "whose limit it is",
    "findings[].source": "where the limit is published",
    "findings[].provenance": "how that figure is known",
    "findings[].drug": "the ingredient it is about; null if it is about the whole plan",
    "findings[].signed": "who signed a `confirm`, null if nobody did",
    "findings[].signed.by": "the person",
    "findings[].signed.reason": "the reason given",
    "program": "the [pump's program](pump-language.md) in the pump's own integers, with its digest",
    "daily": "the week's mean day, without patient doses",
    **{f"daily{key}": text for key, text in _DAY.items()},
    "daily_worst": "the heaviest day, with all patient doses taken",
    **{f"daily_worst{key}": text for key, text in _DAY.items()},
    "peak_hour": "the most in any 60 minutes, with as many patient doses as the lockout lets by",
    **{f"peak_hour{key}": text for key, text in _DAY.items()},
    "priming": "filling the path from the rotor to the tip",
    "priming.volume_ml": "of the path; null if unknown",
    "priming.minutes": "at the pump's highest rate; null if unknown",
    "priming.ordered": "whether this program begins with it: at a first fill",
    "bridge": "the bridge of a change-over; null if none is needed",
    "bridge.rate_ml_per_day": "its rate",
    "bridge.hours": "its length",
    "bridge.volume_ml": "its volume",
    "bridge.drugs": "what each drug does meanwhile",
    "bridge.drugs.NAME": "",
    "bridge.drugs.NAME.ug_per_day": "what the bridge delivers of it out of the old solution",
    "bridge.drugs.NAME.intended_ug_per_day": "what is ordered of it from now on",
    "refill": "when the patient must come back",
    "refill.days": "to the alarm volume: all patient doses taken, with the bridge, nominal rate",
    "refill.latest_safe_days": "the same at the pump's upper accuracy; null if that is unknown",
    "refill.limited_by": "`reservoir`, `stability`, `mixture` or `clinic`; null if nothing does",
    "refill.due": "the last whole day of `days`, counted from the visit",
    "refill.latest_safe": "the last whole day of `latest_safe_days`",
}


_SIMULATION = {
    "accepted": "always true: a refused plan is not put into a pump, and prints the plan's object",
    "start": "local time of the visit, hour 0 of all that follows",
    "days": "how long the twin ran",
    "program_digest": "of the program that the twin holds; null if it cannot be programmed",
    "verified": "whether it was read back and compared",
    "dose_by_hour": "what the patient receives, hour by hour",
    "dose_by_hour.pump_ug": "at the pump",
    "dose_by_hour.pump_ug.NAME": "for each hour, in µg",
    "dose_by_hour.tip_ug": "at the catheter's tip; null if the path's volume is unknown",
    "dose_by_hour.tip_ug.NAME": "for each hour, in µg",
    "reservoir": "samples, by time",
    "reservoir[].hour": "since the start",
    "reservoir[].believed_ml": "what the pump computes; null if it cannot",
    "reservoir[].true_ml": "what is there",
    "alarms": "every alarm, by its start",
    "alarms[].alarm": "the [alarm](pump-language.md#alarms)",
    "alarms[].since_hour": "its start",
    "alarms[].until_hour": "its end; null if it still sounds",
    "patient_doses_granted": "how many",
    "refused": "the patient's requests that were refused",
    "refused[].hour": "when",
    "refused[].code": "why, as the [pump answers](pump-language.md)",
    "refused[].wait_s": "the seconds until the same request could be granted; null if time alone "
    "does not decide",
}


_SOURCE = {
    "": "where it comes from: rules, and the figures applied",
    "[].rule": "the [rule](care/rules.md)",
    "[].source": "where it is published",
    "[].provenance": "how it is known",
    "[].figure": "the [figure](care/figures.md) applied, with its unit; null if none",
    "[].own": "whether that is the clinic's own figure",
    "[].published": "then the published one beside it; else null",
}
_GATE = "gates[].requirements[]"
_PATHWAY = {
    "at": "the instant, as all instants in UTC",
    "stage": "the [stage](care/index.md)",
    "gates": "every [gate](care/gates.md), in the pathway's order",
    "gates[].code": "its code",
    "gates[].title": "the step",
    "gates[].state": "`open`, `closed` or `unknown`; only `open` lets the step be taken",
    "gates[].requirements": "all of them, met or not",
    f"{_GATE}.code": "its code",
    f"{_GATE}.text": "what must be so",
    f"{_GATE}.answer": "`yes`, `no` or `unknown`",
    f"{_GATE}.stands": "whether it lets the gate open",
    f"{_GATE}.reason": "why, in one sentence",
    f"{_GATE}.opens": "what would meet it",
    f"{_GATE}.waiver": "who took it upon themselves; null if nobody",
    f"{_GATE}.waiver.at": "when",
    f"{_GATE}.waiver.role": "in what role",
    f"{_GATE}.waiver.who": "the person",
    f"{_GATE}.waiver.reason": "the reason given",
    f"{_GATE}.switched_off": "why this clinic does without it; null if it is in force",
    **{f"{_GATE}.sources{key}": text for key, text in _SOURCE.items()},
    "tasks": "those open, the most pressing first",
    "tasks[].code": "the kind of [task](care/tasks.md)",
    "tasks[].key": "of this very task, the same every time",
    "tasks[].title": "what to do",
    "tasks[].reason": "why, in one sentence",
    "tasks[].urgency": "`emergency`, `urgent`, `soon` or `routine`",
    "tasks[].raised": "the instant of the fact that raised it",
    "tasks[].earliest": "not before; null if at any time",
    "tasks[].due": "when; null only if `undated` says why",
    "tasks[].latest": "the last instant in time; null if no limit is known",
    "tasks[].undated": "why it has no due date; null if it has one",
    "tasks[].overdue": "whether that limit has passed",
    "tasks[].reminders": "when somebody is told",
    **{f"tasks[].sources{key}": text for key, text in _SOURCE.items()},
    "notes": "what else there is to know",
    "notes[].code": "the [note](care/index.md)",
    "notes[].text": "one sentence for a person",
    **{f"notes[].sources{key}": text for key, text in _SOURCE.items()},
}


def pages(complete: Path) -> dict[str, str]:
    """One page, a row for each key that the objects of the ``complete`` prescription have."""
    plan = make_plan(read(complete), visit=_VISIT)
    made = plan_contract(plan)
    drugs = set(made["daily"]["drugs"]) | set(made["bridge"]["drugs"])
    short = {key: made[key] for key in ("accepted", "daily", "bridge", "refill")}
    return {
        "json.md": page(
            "The JSON objects",
            "With `--json` a command prints one object and nothing else. What is unknown is null.",
            section(
                "`thecal plan`",
                "A refused plan prints all of it too.",
                _rows({**made, "program": None}, drugs, _PLAN),
                "Some of it, from the [complete prescription](prescription-file.md):",
                f"```json\n{json.dumps(short, ensure_ascii=False, indent=2)}\n```",
            ),
            section("`thecal simulate`", _rows(_eventful(plan), drugs, _SIMULATION)),
            section(
                "`thecal pathway`",
                "With `--gate` it prints that gate's object alone.",
                _rows(_followed(complete.parents[2] / "examples" / "pathway"), set(), _PATHWAY),
            ),
            source="a plan's, a rehearsal's and a pathway's own objects",
        )
    }


def _followed(examples: Path) -> dict[str, Any]:
    """A pathway in which every key has something to hold."""
    facts = read_facts(examples / "trial-with-morphine.toml")
    end = facts.events[-1].at
    waiver = Waiver(
        at=end, requirement="trial.observed", role=Role.PHYSICIAN, who="who", reason="why"
    )
    return pathway_contract(follow(facts.having(waiver), end))


def _eventful(plan: Plan) -> dict[str, Any]:
    """A rehearsal in which every key has something to hold."""
    return rehearsal_contract(rehearse(plan, 1.0, read_fault("stall@6h"), 30))


def _rows(value: Any, drugs: set[str], meanings: dict[str, str]) -> str:
    keys = dict.fromkeys(_keys(value, drugs))
    assert set(keys) == set(meanings), set(keys) ^ set(meanings)
    return table(("key", "meaning"), [(f"`{key}`", meanings[key]) for key in keys])


def _keys(value: Any, drugs: set[str], path: str = "") -> list[str]:
    if isinstance(value, list):
        return [key for item in value for key in _keys(item, drugs, f"{path}[]")]
    if not isinstance(value, dict):
        return []
    found = []
    for name, inner in value.items():
        key = f"{path}.{'NAME' if name in drugs else name}".lstrip(".")
        found += [key, *_keys(inner, drugs, key)]
    return found
