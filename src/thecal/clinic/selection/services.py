"""What can be done in selection. A referral also says what is treated."""

from __future__ import annotations

from thecal.clinic.pathway.recording import records
from thecal.clinic.pathway.treating import treated_first
from thecal.clinic.people.roles import CLINICAL, Role
from thecal.clinic.selection import models, orders

_TREATS = {Role.PHYSICIAN, Role.NURSE}

refer = records(
    "selection.refer",
    "Record the referral",
    models.Referral,
    orders.ReferralOrder,
    _TREATS,
    before=treated_first,
    columns=lambda order: order.model_dump(include={"referred_by", "question"}),
)
answer = records(
    "selection.answer-indications",
    "Answer the indications",
    models.Candidacy,
    orders.CandidacyOrder,
    {Role.PHYSICIAN},
)
consent = records(
    "selection.record-consent",
    "Record a consent",
    models.Consent,
    orders.ConsentOrder,
    _TREATS,
)
unconsent = records(
    "selection.record-consent-withdrawn",
    "Record that the patient took a consent back",
    models.ConsentWithdrawal,
    orders.ConsentWithdrawalOrder,
    _TREATS,
)
review_blood = records(
    "selection.review-anticoagulants",
    "Review what thins the blood",
    models.BloodReview,
    orders.BloodReviewOrder,
    CLINICAL - {Role.NEUROPSYCHOLOGIST},
)
anticoagulant = records(
    "selection.record-anticoagulant",
    "Record an agent that thins the blood",
    models.Anticoagulant,
    orders.AnticoagulantOrder,
    CLINICAL - {Role.NEUROPSYCHOLOGIST},
)
stop_anticoagulant = records(
    "selection.record-last-dose",
    "Record the last dose of an agent",
    models.AnticoagulantStop,
    orders.AnticoagulantStopOrder,
    CLINICAL - {Role.NEUROPSYCHOLOGIST},
)
inr = records("selection.record-inr", "Record an INR", models.Inr, orders.InrOrder, _TREATS)
end_care = records(
    "selection.end-care",
    "Record the end of care",
    models.CareEnd,
    orders.CareEndOrder,
    {Role.PHYSICIAN},
)
