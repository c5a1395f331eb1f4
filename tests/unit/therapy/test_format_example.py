"""Schema 1's own example: whoever writes a file like it is read, and the plan is accepted."""

from __future__ import annotations

from orders import BACLOFEN, SPINAL, simple

from thecal.therapy.file.reading import read_text
from thecal.therapy.plan import make_plan

EXAMPLE = """
schema = 1
[patient]
indication = "pain"                 # pain | spasticity
spasticity_origin = "spinal"        # spinal | cerebral, with spasticity only
opioid_tolerant = true
psychosis_history = false
age_years = 54
[pump]
model = "synchromed-ii-20"
[catheter]
model = "ascenda-8780"
length = "89.0 cm"                  # as implanted, after trimming
tip = "T10"
[fill]                              # what is in the reservoir after this visit
volume = "20 mL"
alarm_volume = "2 mL"               # optional, else the catalogue's
[[fill.drugs]]                      # the first is the primary drug: doses are stated in it
drug = "morphine"
concentration = "20 mg/mL"
[[fill.drugs]]
drug = "bupivacaine"
concentration = "10 mg/mL"
[before]                            # optional: what the path still holds and the dose that ran
daily_dose = "4 mg/day"
[[before.drugs]]
drug = "morphine"
concentration = "10 mg/mL"
[therapy]
mode = "flex"                       # simple | flex | minimum-rate | stopped
[[therapy.schedule]]
days = ["mon", "tue", "wed", "thu", "fri"]
steps = [{ at = "00:00", rate = "0.15 mg/h" }, { at = "07:00", rate = "0.30 mg/h" }]
[[therapy.schedule]]
days = ["sat", "sun"]
steps = [{ at = "00:00", rate = "0.20 mg/h" }]
[therapy.patient_dose]              # optional: the patient's own controller
dose = "0.25 mg"
duration = "10 min"
lockout = "4 h"
max_per_day = 4
[[signed]]                          # a person's answer to a `confirm` finding
rule = "label.off-label"
by = "name of the physician"
reason = "labelled drugs failed"
"""


def test_the_formats_example_is_read_and_accepted() -> None:
    assert make_plan(read_text(EXAMPLE)).accepted


def test_an_origin_stated_with_pain_is_named_as_unused() -> None:
    codes = [one.code for one in make_plan(read_text(EXAMPLE)).findings]
    assert codes.count("patient.origin-unused") == 1
    assert not BACLOFEN.found("patient.origin-unused")


def test_an_origin_stated_with_pain_loosens_no_limit() -> None:
    """+40 % is within a refill's increase for spinal origin, not for cerebral."""
    more = BACLOFEN.but(before_dose="100 ug/day", therapy=simple("140 ug/day"))
    pain = more.but(patient=SPINAL.replace('"spasticity"', '"pain"'))
    assert not more.found("change.increase")
    assert pain.found("change.increase")
