"""The pathway of care: facts in; stage, gates, tasks and their reasons out. Pure functions."""

from thecal.care.benefits import Benefits, OralMorphine, benefits, oral_morphine
from thecal.care.contract import pathway_contract
from thecal.care.facts import EVENTS, Answer, Event, History, Indication, Patient, Procedure
from thecal.care.file import (
    CareFileError,
    name_problems,
    read_facts,
    read_facts_text,
    read_settings,
    read_settings_text,
)
from thecal.care.gates import gate_cards, judge_gate, requirement_cards, requirements_of
from thecal.care.instruments import instrument, instruments, score, trend
from thecal.care.notes import gate_of
from thecal.care.pathway import follow
from thecal.care.result import (
    Gate,
    GateState,
    Note,
    Pathway,
    Requirement,
    Source,
    Stage,
    Task,
    Urgency,
)
from thecal.care.rules import Rule, rule, rules
from thecal.care.settings import PUBLISHED, Settings, figures
from thecal.care.tasks import effect_steps, surveillance_questions, task_cards

__all__ = [
    "EVENTS",
    "PUBLISHED",
    "Answer",
    "Benefits",
    "CareFileError",
    "Event",
    "Gate",
    "GateState",
    "History",
    "Indication",
    "Note",
    "OralMorphine",
    "Pathway",
    "Patient",
    "Procedure",
    "Requirement",
    "Rule",
    "Settings",
    "Source",
    "Stage",
    "Task",
    "Urgency",
    "benefits",
    "effect_steps",
    "figures",
    "follow",
    "gate_cards",
    "gate_of",
    "instrument",
    "instruments",
    "judge_gate",
    "name_problems",
    "oral_morphine",
    "pathway_contract",
    "read_facts",
    "read_facts_text",
    "read_settings",
    "read_settings_text",
    "requirement_cards",
    "requirements_of",
    "rule",
    "rules",
    "score",
    "surveillance_questions",
    "task_cards",
    "trend",
]
