"""The trial: how long it is observed, the steps of a screening, whether it has succeeded."""

from thecal.care.trial.period import TRIAL_FACTS, Trial, first_doses, last_trial
from thecal.care.trial.required import (
    Required,
    required_in_trial,
    required_of_first_fill,
    strictest,
    undated_first_doses,
)
from thecal.care.trial.screening import next_screening_dose, screening_doses, screening_interval
from thecal.care.trial.success import SUCCESS_FACTS, Success, judge_trial

__all__ = [
    "SUCCESS_FACTS",
    "TRIAL_FACTS",
    "Required",
    "Success",
    "Trial",
    "first_doses",
    "judge_trial",
    "last_trial",
    "next_screening_dose",
    "required_in_trial",
    "required_of_first_fill",
    "screening_doses",
    "screening_interval",
    "strictest",
    "undated_first_doses",
]
