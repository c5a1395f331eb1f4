"""The steps by which a reservoir is filled and its pump programmed, first or again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from thecal import care
from thecal.clinic.fills.models import (
    Aspirate,
    Close,
    Fill,
    Investigation,
    Label,
    RefillVisit,
    Rinse,
    Signs,
    Watch,
    ordered_by,
)
from thecal.clinic.fills.models import Step as FillStep
from thecal.clinic.followup.models import Surveillance
from thecal.clinic.prescriptions.checking import plan_of
from thecal.clinic.prescriptions.models import Prescription
from thecal.clinic.prescriptions.services import current
from thecal.clinic.pumps.models import Came, Device, Pairing, Purpose, Session, Status
from thecal.clinic.record.gates import Closed
from thecal.clinic.visits.engine import closed
from thecal.clinic.visits.scene import Scene
from thecal.clinic.visits.steps import Done, Link, Step, Words

PROGRAMMER = Link(_("Open the programmer"), ("programmer.edit", "prescriptions.write"))
Find = Callable[[Scene], RefillVisit | None]


def device(scene: Scene) -> Device | None:
    """The patient's pump as it is entered."""
    return scene.last(Device)


def on_link(scene: Scene) -> bool:
    """Whether the clinic can speak to the pump itself."""
    held = device(scene)
    return held is not None and bool(held.address)


def is_closed(scene: Scene, visit: RefillVisit) -> bool:
    """Whether a refill was closed."""
    return bool(scene.rows(Close, visit_id=visit.pk))


def prescription(scene: Scene) -> Prescription | None:
    """The prescription that stands."""
    return scene.once("prescription", lambda: current(scene.patient))


def gate(scene: Scene, visit: RefillVisit, code: str) -> care.Gate:
    """A gate of filling, as its own service judges it."""

    def judged() -> care.Gate:
        assert scene.history is not None  # noqa: S101  (a visit begins with a pump in place)
        return care.judge_gate(code, scene.history, scene.now, scene.settings)

    return scene.once(f"gate {code} {visit.pk}", judged)


def would_run_again(scene: Scene, entry: Prescription, visit: RefillVisit | None) -> Words:
    """What keeps a prescription from being sent at a visit, since another filled by it; or empty.

    A first fill primes an empty path, and a bridge clears an old solution: each is for one fill.
    """
    given = [one for one in scene.rows(Fill) if visit is None or one.visit_id != visit.pk]
    if not any(one.visit.prescription_id == entry.pk for one in given):
        return ""
    program = plan_of(entry, timezone.localdate(scene.now)).case.program
    if program is None or not (program.priming or program.bridge):
        return ""
    return _(
        "This prescription was for an earlier fill: its priming or its bridge would run once"
        " more, and the pump is not sent it. Prescribe this fill before the visit begins."
    )


def requirement(scene: Scene, visit: RefillVisit, code: str) -> care.Requirement:
    """One requirement of the fill."""
    asked = gate(scene, visit, "fill").requirements
    return next(one for one in asked if one.code == code)


def filled(scene: Scene, visit: RefillVisit) -> Fill | None:
    """What was filled at a visit, None if nothing was yet."""
    return scene.last(Fill, visit_id=visit.pk)


def changed_drugs(scene: Scene, visit: RefillVisit) -> tuple[str, ...]:
    """The drugs by which the solution differs from what the pump held; none at a first fill."""
    earlier = [one for one in scene.rows(Fill) if one.visit_id != visit.pk]
    before = {one["drug"] for one in earlier[0].drugs} if earlier else set()
    ordered = {one["drug"] for one in ordered_by(visit.prescription)}
    return tuple(sorted(ordered ^ before)) if before else ()


class Filling:
    """The steps of one visit, which ``find`` finds."""

    def __init__(self, find: Find) -> None:
        self._find = find

    def steps(self, scene: Scene) -> Sequence[Step]:
        """All of them for a patient."""
        return (
            self._prescribed(),
            *self._paired(scene),
            self._begun(),
            *self._read(scene),
            self._aspirated(),
            *self._explained(scene),
            self._labelled(),
            *self._rinsed(scene),
            self._filled(),
            self._programmed(scene),
            self._asked(),
            self._watched(),
            self._closed(),
        )

    def _at(self, scene: Scene, kind: type[FillStep]) -> tuple[FillStep, ...]:
        visit = self._find(scene)
        return tuple(scene.rows(kind, visit_id=visit.pk)) if visit else ()

    def _prescribed(self) -> Step:
        def done(scene: Scene) -> Done:
            entry = prescription(scene)
            if entry is None:
                return Done(False)
            spent = would_run_again(scene, entry, self._find(scene))
            return Done(not spent, (entry,), spent)

        return Step(
            "prescription",
            _("A prescription stands"),
            _(
                "The visit fills what is prescribed as it begins. If something else is to be given,"
                " prescribe first, then begin."
            ),
            done=done,
            links=(PROGRAMMER,),
            panel="prescription",
        )

    def _begun(self) -> Step:
        def done(scene: Scene) -> Done:
            visit = self._find(scene)
            return Done(visit is not None, (visit,) if visit else ())

        return Step(
            "begin",
            _("Begin the visit"),
            _("From here on each step is written down with its time and whoever did it."),
            ("fills.begin",),
            done,
        )

    def _read(self, scene: Scene) -> Sequence[Step]:
        if not on_link(scene):
            return ()

        def done(scene: Scene) -> Done:
            visit = self._find(scene)
            rows = scene.rows(Status, visit.recorded_at) if visit else []
            return Done(bool(rows), tuple(rows[:1]))

        return (
            Step(
                "read",
                _("Interrogate the pump"),
                _(
                    "What the pump believes is left, and what it has delivered, go beside what you"
                    " will draw out. Nothing is changed by reading."
                ),
                ("pumps.interrogate",),
                done,
                panel="pump",
            ),
        )

    def _aspirated(self) -> Step:
        def done(scene: Scene) -> Done:
            visit = self._find(scene)
            rows = self._at(scene, Aspirate)
            if visit is None:
                return Done(False)
            stands = requirement(scene, visit, "refill.aspirated").stands
            return Done(stands or bool(filled(scene, visit)), rows)

        return Step(
            "aspirate",
            _("Draw the reservoir empty"),
            _(
                "Enter what came out, with its unit. Expected and delivered come from the pump"
                " where it was read; else type them off the vendor's programmer. For a pump that"
                " comes dry all three are 0 mL."
            ),
            ("fills.aspirate",),
            done,
            panel="residual",
        )

    def _explained(self, scene: Scene) -> Sequence[Step]:
        visit = self._find(scene)
        if visit is None or not self._at(scene, Aspirate):
            return ()
        looked = self._at(scene, Investigation)
        explained = requirement(scene, visit, "refill.explained")
        if explained.stands and not looked:
            return ()

        def done(scene: Scene) -> Done:
            return Done(explained.stands or bool(filled(scene, visit)), looked)

        return (
            Step(
                "explain",
                _("Look into the difference"),
                _(
                    "More or less came out than the pump believed. Check the syringe, the last"
                    " fill, the pump and its log. A physician says what it was, and whether the"
                    " fill may go on."
                ),
                ("fills.investigate",),
                done,
                panel="residual",
            ),
        )

    def _labelled(self) -> Step:
        def done(scene: Scene) -> Done:
            visit = self._find(scene)
            rows = self._at(scene, Label)
            if visit is None or not rows:
                return Done(False)
            agrees = requirement(scene, visit, "refill.label").stands
            return Done(agrees or bool(filled(scene, visit)), rows)

        return Step(
            "label",
            _("Type the label off the syringe"),
            _(
                "Look at the syringe alone, not at the prescription: it is not shown here on"
                " purpose. Best done by somebody who did not prescribe. What you type is then"
                " compared."
            ),
            ("fills.read-label",),
            done,
            panel="label",
            apart=True,
        )

    def _rinsed(self, scene: Scene) -> Sequence[Step]:
        visit, rows = self._find(scene), self._at(scene, Rinse)
        if visit is None or not self._at(scene, Label):
            return ()
        asked = requirement(scene, visit, "refill.rinsed")
        changed = changed_drugs(scene, visit)
        if asked.stands and not rows and not changed:
            return ()

        def done(scene: Scene) -> Done:
            return Done((asked.stands and bool(rows)) or bool(filled(scene, visit)), rows)

        return (
            Step(
                "rinse",
                _("Rinse the reservoir"),
                _(
                    "The drug changes, or its label asks for it: rinse before the new solution goes"
                    " in, and enter how often and with how much."
                ),
                ("fills.rinse",),
                done,
                optional=asked.stands,
                panel="rinse",
            ),
        )

    def _filled(self) -> Step:
        def done(scene: Scene) -> Done:
            rows = self._at(scene, Fill)
            return Done(bool(rows), rows)

        def closes(scene: Scene) -> Sequence[Closed]:
            visit = self._find(scene)
            return [closed(one) for one in gate(scene, visit, "fill").missing] if visit else []

        return Step(
            "fill",
            _("Fill the reservoir"),
            _(
                "Enter what went in, with its unit. Only the prescribed volume is taken: the pump"
                " will count by it."
            ),
            ("fills.fill",),
            done,
            closes=closes,
            panel="fill",
        )

    def _paired(self, scene: Scene) -> Sequence[Step]:
        if not on_link(scene):
            return ()

        def done(scene: Scene) -> Done:
            held = device(scene)
            rows = [one for one in scene.rows(Pairing) if held and _same(one.device, held)]
            return Done(bool(rows), tuple(rows))

        return (
            Step(
                "pair",
                _("Pair with the pump, once"),
                _("The two lines of the clinician's card that came with the pump; kept nowhere."),
                ("pumps.pair",),
                done,
            ),
        )

    def _programmed(self, scene: Scene) -> Step:
        def done(scene: Scene) -> Done:
            visit = self._find(scene)
            given = filled(scene, visit) if visit else None
            if given is None or visit is None:
                return Done(False)
            rows = scene.rows(Session, given.recorded_at, purpose=Purpose.SEND)
            if not any(one.certainty == Came.VERIFIED for one in rows):
                return Done(False, tuple(rows))
            return Done(True, tuple(rows), Came.VERIFIED.label)

        return Step(
            "program",
            _("Program the pump"),
            _(
                "Send the prescription; it is done once the pump was read back and holds exactly"
                " that. If the outcome is unknown, find it out before anything else."
            ),
            ("pumps.send", "pumps.reconcile") if on_link(scene) else ("pumps.transcribe",),
            done,
            panel="program",
            links=(PROGRAMMER,),
        )

    def _asked(self) -> Step:
        def done(scene: Scene) -> Done:
            visit = self._find(scene)
            rows = scene.rows(Surveillance, visit.recorded_at) if visit else []
            return Done(bool(rows), tuple(rows))

        return Step(
            "ask",
            _("Ask about infection, granuloma and paralysis"),
            _("At every refill. A yes raises a task at once; not known is asked again."),
            ("followup.record-surveillance", "followup.record-score"),
            done,
            optional=True,
        )

    def _watched(self) -> Step:
        def done(scene: Scene) -> Done:
            visit, rows = self._find(scene), self._at(scene, Watch)
            if visit is None or not rows:
                return Done(False)
            clear = scene.rows(Watch, visit_id=visit.pk)[0].overdose_signs == Signs.NO
            met = gate(scene, visit, "refill.close").requirements
            long = all(one.stands for one in met if one.code == "refill.watched")
            return Done((clear and long) or is_closed(scene, visit), rows)

        return Step(
            "watch",
            _("Watch the patient"),
            _(
                "Look for signs of an overdose: drug may have gone beside the reservoir. With a"
                " sign the visit stays open; treat first."
            ),
            ("fills.watch",),
            done,
            panel="watch",
        )

    def _closed(self) -> Step:
        def done(scene: Scene) -> Done:
            rows = self._at(scene, Close)
            return Done(bool(rows), rows)

        def closes(scene: Scene) -> Sequence[Closed]:
            visit = self._find(scene)
            missing = gate(scene, visit, "refill.close").missing if visit else ()
            return [closed(one) for one in missing]

        return Step(
            "close",
            _("Close the visit"),
            _("Tell the patient when to come back: the dates are below."),
            ("fills.close",),
            done,
            closes=closes,
            panel="dates",
        )


def _same(one: Device, other: Device) -> bool:
    return one.serial == other.serial
