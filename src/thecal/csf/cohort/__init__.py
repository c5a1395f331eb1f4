"""A virtual population under one regimen or two: streamed to disk, resumed, summed up."""

from thecal.csf.cohort.running import Progress, run_cohort
from thecal.csf.cohort.store import Store
from thecal.csf.cohort.study import Study, StudyError
from thecal.csf.cohort.summary import Fan, Summary, summarise

__all__ = ["Fan", "Progress", "Store", "Study", "StudyError", "Summary", "run_cohort", "summarise"]
