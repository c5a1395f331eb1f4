"""The files of care: a patient's facts, and a clinic's settings; strict, naming the line."""

from thecal.care.file.facts import read_facts, read_facts_text
from thecal.care.file.names import name_problems
from thecal.care.file.settings import read_settings, read_settings_text
from thecal.care.file.strict import CareFileError

__all__ = [
    "CareFileError",
    "name_problems",
    "read_facts",
    "read_facts_text",
    "read_settings",
    "read_settings_text",
]
