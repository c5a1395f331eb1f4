"""Prescriptions: checked as they are written, linked, signed by people, never changed."""

from __future__ import annotations

import pytest
import staff
from programming import FIRST, confirmed, example, signature, signed, written

from thecal import __version__
from thecal.clinic.people.roles import Role
from thecal.clinic.prescriptions.models import FindingSigned, Prescription, SecondPerson
from thecal.clinic.prescriptions.services import (
    confirm_second,
    current,
    needs_second,
    open_findings,
    prescribe,
    sign,
    withdraw,
)
from thecal.clinic.record.refusals import (
    ConflictError,
    GateClosedError,
    InvalidError,
    SignatureError,
)

pytestmark = pytest.mark.usefixtures("record")
REFUSED = example("refused-hourly-for-daily.toml")
TEN_FOLD = FIRST.replace(
    "[therapy]",
    '[before]\ndaily_dose = "0.05 mg/day"\n\n[[before.drugs]]\ndrug = "morphine"\n'
    'concentration = "10 mg/mL"\n\n[therapy]',
)


def test_a_prescription_is_kept_with_what_the_checks_said_and_by_which_version() -> None:
    entry = written(staff.patient())
    assert entry.text == FIRST.strip()
    assert len(entry.digest) == 64
    assert entry.plan["program"]["digest"] == entry.digest
    assert entry.version == __version__
    assert entry.latest_safe is not None
    assert entry.refill_due is not None
    assert entry.latest_safe <= entry.refill_due


def test_each_follows_the_one_before_it() -> None:
    patient = staff.patient()
    first, second = written(patient), written(patient)
    assert second.previous == first
    assert current(patient) == second


def test_one_that_follows_another_than_the_one_that_stands_is_refused() -> None:
    patient = staff.patient()
    first = written(patient)
    written(patient)
    with pytest.raises(ConflictError, match="stands"):
        written(patient, follows=first.pk)


def test_a_plan_that_the_checks_refuse_is_refused_with_their_sources() -> None:
    with pytest.raises(GateClosedError) as caught:
        written(staff.patient(), REFUSED)
    assert all(gate.source and not gate.override_roles for gate in caught.value.closed)
    assert not Prescription.objects.exists()


def test_a_refused_plan_can_be_kept_as_a_draft_that_nobody_can_sign() -> None:
    patient = staff.patient()
    draft = written(patient, REFUSED, draft=True)
    assert draft.is_draft
    assert current(patient) is None
    with pytest.raises(ConflictError, match="draft"):
        signed(patient, draft, "change.increase")
    with pytest.raises(ConflictError, match="draft"):
        confirmed(patient, draft)


def test_a_signature_written_as_text_counts_for_nothing() -> None:
    text = FIRST + '\n[[signed]]\nrule = "label.off-label"\nby = "a name"\nreason = "so"\n'
    with pytest.raises(InvalidError, match="password"):
        written(staff.patient(), text)


def test_what_is_no_prescription_is_refused_naming_the_line() -> None:
    with pytest.raises(InvalidError, match="0,5"):
        written(staff.patient(), FIRST.replace("0.5 mg/day", "0,5 mg/day"))


def test_a_prescription_for_somebody_of_another_age_is_refused() -> None:
    text = FIRST.replace("[pump]", "age_years = 7\n\n[pump]").replace("\n\nage", "\nage")
    with pytest.raises(GateClosedError, match="7 years"):
        written(staff.patient(), text)


class TestSigning:
    def test_a_finding_stays_open_until_a_physician_signs_it_with_a_password(self) -> None:
        patient = staff.patient()
        entry = written(patient, TEN_FOLD)
        asked = {rule for rule, _ in open_findings(entry, entry.visit_on)}
        assert "change.ten-fold" in asked
        for rule in asked:
            signed(patient, entry, rule)
        assert open_findings(entry, entry.visit_on) == []
        one = FindingSigned.objects.get(rule="change.ten-fold")
        assert (one.signer, one.signer_role) == (staff.member(Role.PHYSICIAN), "physician")
        assert "10-fold" in one.finding

    @pytest.mark.parametrize(
        ("who", "password"), [(Role.NURSE, staff.PASSWORD), (Role.PHYSICIAN, "a guess")]
    )
    def test_nobody_else_s_signature_counts(self, who: Role, password: str) -> None:
        patient = staff.patient()
        entry = written(patient, TEN_FOLD)
        order = {
            "prescription": entry.pk,
            "rule": "change.ten-fold",
            "reason": "so",
            "signature": signature(who, password),
        }
        with pytest.raises(SignatureError):
            sign.ask(staff.member(Role.NURSE), patient, order)
        assert not FindingSigned.objects.exists()

    def test_a_rule_that_asks_for_nothing_is_not_signed(self) -> None:
        patient = staff.patient()
        with pytest.raises(InvalidError, match="no signature"):
            signed(patient, written(patient), "hard.daily-dose")

    def test_signatures_on_one_do_not_count_for_the_next(self) -> None:
        patient = staff.patient()
        entry = written(patient, TEN_FOLD)
        signed(patient, entry, "change.ten-fold")
        with pytest.raises(ConflictError, match="another prescription stands"):
            signed(patient, (entry, written(patient, TEN_FOLD))[0], "change.ten-fold")
        after = current(patient)
        assert after is not None
        assert "change.ten-fold" in dict(open_findings(after, after.visit_on))


class TestSecondPerson:
    def test_a_ten_fold_change_asks_for_one(self) -> None:
        patient = staff.patient()
        entry = written(patient, TEN_FOLD)
        assert "change.ten-fold" in needs_second(entry)
        assert needs_second(written(patient)) == set()

    def test_it_is_somebody_else_than_who_is_signed_in_and_than_who_prescribed(self) -> None:
        patient = staff.patient()
        entry = written(patient, TEN_FOLD)
        with pytest.raises(SignatureError, match="another"):
            confirmed(patient, entry, Role.PHYSICIAN)
        order = {"prescription": entry.pk, "signature": signature(Role.PHYSICIAN)}
        with pytest.raises(ConflictError, match="prescribed"):
            confirm_second.ask(staff.member(Role.NURSE), patient, order)
        assert confirmed(patient, entry).person == staff.member(Role.PHARMACIST)
        assert SecondPerson.objects.count() == 1


def test_a_withdrawn_prescription_stays_in_sight_and_counts_no_more() -> None:
    patient = staff.patient()
    entry = written(patient)
    withdraw.ask(staff.member(Role.PHYSICIAN), patient, {"prescription": entry.pk, "why": "a slip"})
    assert current(patient) is None
    assert Prescription.objects.filter(pk=entry.pk).exists()


def test_only_a_physician_prescribes() -> None:
    assert prescribe.action.roles == {Role.PHYSICIAN}
