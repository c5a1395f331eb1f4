"""Requirements of sending a program: accepted, and confirmed by a second person where asked."""

from __future__ import annotations

from thecal.care.facts import Answer, PlanChecked, SecondPersonConfirmed
from thecal.care.gates.judging import Reply, View, requirement


@requirement("program.accepted", PlanChecked)
def accepted(view: View) -> Reply:
    """The plan checked last."""
    plan = view.facts.last(PlanChecked)
    if plan is None:
        return Reply.of(False, "no plan was checked")
    said = "accepted" if plan.accepted else "the checks refuse it"
    return Reply.of(plan.accepted, f"program {plan.digest}: {said}")


@requirement("program.second-person", PlanChecked, SecondPersonConfirmed)
def second_person(view: View) -> Reply:
    """Of the same digest, after the check, by somebody else than the sender."""
    plan = view.facts.last(PlanChecked)
    if plan is None:
        return Reply.of(False, "no plan was checked")
    if plan.second_person is Answer.NO:
        return Reply.of(True, "no check asks for a second person")
    for one in view.facts.all(SecondPersonConfirmed):
        if one.digest == plan.digest and one.who != plan.who and one.at >= plan.at:
            return Reply.of(True, "a second person confirmed this program")
    asked = plan.second_person is Answer.YES
    reason = "a check asks for a second person, and none has confirmed this program"
    return Reply.of(False if asked else None, reason if asked else "whether it is asked is unknown")
