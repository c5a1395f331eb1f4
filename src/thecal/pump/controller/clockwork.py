"""The controller's clockwork: phases, flow and alarms, driven by events on a second counter.

Between two events nothing changes but the counter: volumes follow from the running piece of
flow. So ``advance(a); advance(b)`` and ``advance(b)`` leave the same state to the last byte.
"""

from __future__ import annotations

from thecal.pump.controller import alarms
from thecal.pump.controller.alarms import ALARMS, AlarmName
from thecal.pump.controller.ceiling import DAY_S, FORGET_AT, first_second_over, forget, limits
from thecal.pump.controller.course import Course, Spell, credited_until
from thecal.pump.controller.headroom import Headroom
from thecal.pump.controller.log import Fact
from thecal.pump.controller.phases import FLOWING, Event, Phase, following
from thecal.pump.controller.schedule import Week
from thecal.pump.controller.state import Dose, LateEntry, Sounding, State
from thecal.pump.flow import GRAINS_PER_PL, NEVER, Piece, moved_at, moved_at_most, second_of
from thecal.pump.language import Bolus
from thecal.pump.profile import PumpProfile

_SPELLS = (Phase.PRIMING, Phase.BRIDGE)


class Clockwork:
    """Runs a :class:`State` forward; everything else here follows from state and profile.

    Attributes:
        flows: the pieces of delivery that began since they were last taken.
    """

    def __init__(self, profile: PumpProfile, state: State) -> None:
        self.profile = profile
        self.state = state
        self.flows: list[Piece] = []
        self.headroom = Headroom()
        if state.dose is not None:
            self.headroom.begin(state.dose.spell)
        self.refresh()
        self._look_ahead()

    def refresh(self) -> None:
        """Work out again what follows from program, clock and ceiling."""
        state = self.state
        if state.factory_rate_pl_per_day is not None:
            self.week = Week.constant(state.factory_rate_pl_per_day)
        elif state.program is None:
            self.week = Week.constant(0)
        else:
            self.week = Week.of(state.program, self.profile.minimum_rate_pl_per_day or 0)
        self.limits = tuple(
            limit._replace(eased_until_s=until_s, eased_gr=eased_gr)
            for limit, (until_s, eased_gr) in zip(limits(state.ceiling), state.eased, strict=True)
        )
        dose = state.program.patient_dose if state.program else None
        self.patient_bolus = Bolus(dose.volume_pl, dose.duration_s) if dose else None
        self.headroom.restart(self.week, self.limits, state.t_s)
        self._look_up_rate()
        self._aim()

    def _look_up_rate(self) -> None:
        """The base rate at this second, and the second until which it runs."""
        t_s = self.state.t_s
        self._rate, left_s = self.week.at(t_s + self.state.local_s)
        self._rate_until_s = NEVER if left_s is None else t_s + left_s

    def _aim(self) -> None:
        """The next delivered total and the next instant that matter to an alarm."""
        state = self.state
        self._timer_s = min(alarms.timers(state, self.profile), default=NEVER)
        self._target_gr = NEVER
        if state.fill is not None:
            is_low = AlarmName.LOW_RESERVOIR in state.sounding
            kept_pl = 0 if is_low else state.fill.alarm_volume_pl
            goal_pl = state.filled_at_pl + state.fill.volume_pl - kept_pl
            self._target_gr = goal_pl * GRAINS_PER_PL

    def next_event(self) -> int | None:
        """The next second at which something happens by itself; None if nothing will."""
        return None if self._due_s == NEVER else self._due_s

    def advance(self, to_s: int) -> None:
        """Let time pass up to and including the events of ``to_s``.

        Raises:
            ValueError: the counter cannot go back.
        """
        state = self.state
        if to_s < state.t_s:
            raise ValueError(f"the counter stands at {state.t_s} s and cannot go back to {to_s} s")
        while self._due_s <= to_s:
            state.t_s = self._due_s
            self._turn()
        state.t_s = to_s

    def _turn(self) -> None:
        state = self.state
        t_s = state.t_s
        alarming = t_s >= self._alarming_s
        if alarming:
            self._act()
        if state.dose is not None and t_s >= state.dose.spell.end_s:
            state.dose = None
        if state.phase_end_s is not None and t_s >= state.phase_end_s:
            self.enter(Event.OVER)
        self._reflow()
        if alarming:
            self.reconcile()
        self._look_ahead()

    def _act(self) -> None:
        """What must stop at this second: the reservoir is empty, a window full, the life over.

        The last second of a reservoir moves only what is left in it.
        """
        state = self.state
        if state.fill is not None and state.flow[2]:
            empty_gr = (state.filled_at_pl + state.fill.volume_pl) * GRAINS_PER_PL
            if state.delivered_gr >= empty_gr:
                state.flow = (state.t_s, empty_gr, *state.flow[2:4], 0)
                self.enter(Event.RAN_EMPTY)
        if state.t_s >= self._hold_s:
            self.enter(Event.CEILING)
        if state.t_s >= alarms.end_of_service_s(state, self.profile):
            self.enter(Event.END)

    def enter(self, event: Event) -> None:
        """Follow the table of phases; a dose that cannot go on is cut."""
        state = self.state
        before, after = state.phase, following(state.phase, event, state.program)
        if after is before and event is not Event.COMMIT:
            return
        self.cut_dose()
        self.headroom.disturb(state.t_s)
        state.phase, state.phase_start_s = after, state.t_s
        spell = self.spell()
        state.phase_end_s = spell.end_s if spell else None
        if after in FLOWING:
            state.stopped_since_s = None
        elif state.stopped_since_s is None:
            state.stopped_since_s = state.t_s
        self.note("phase", {"from": str(before), "to": str(after), "by": str(event)})

    def cut_dose(self) -> None:
        """End a running bolus before its time, and say how much of it was left."""
        dose, t_s = self.state.dose, self.state.t_s
        self.state.dose = None
        if dose is not None and t_s < dose.spell.end_s:
            left_pl = -(-dose.spell.left_gr(t_s) // GRAINS_PER_PL)
            self.note("bolus-cut", {"kind": str(dose.kind), "left_pl": left_pl})

    def spell(self) -> Spell | None:
        """The priming or bridge that runs now."""
        state = self.state
        if state.program is None:
            return None
        if state.phase is Phase.PRIMING and state.program.priming:
            return Spell.bolus(state.program.priming, state.phase_start_s)
        if state.phase is Phase.BRIDGE and state.program.bridge:
            return Spell.bridge(state.program.bridge, state.phase_start_s)
        return None

    def spells(self) -> tuple[Spell, ...]:
        """Priming and bridge, as far as they are still to run."""
        spell, program = self.spell(), self.state.program
        if spell is None:
            return ()
        if self.state.phase is Phase.PRIMING and program is not None and program.bridge:
            return (spell, Spell.bridge(program.bridge, spell.end_s))
        return (spell,)

    def _slope(self) -> tuple[int, int, int]:
        """``num, den, rem`` of all that runs at this second."""
        state = self.state
        t_s = state.t_s
        if state.phase is Phase.BASE:
            if t_s >= self._rate_until_s:
                self._look_up_rate()
            if state.dose is None:
                return self._rate, 1, 0
            spell = state.dose.spell
            return self._rate * spell.den + spell.num, spell.den, spell.rem(t_s)
        running = self.spell()
        return (0, 1, 0) if running is None else (running.num, running.den, running.rem(t_s))

    def _reflow(self, *, afresh: bool = False) -> None:
        """Begin a new piece of flow if anything about it has changed."""
        state = self.state
        num, den, rem = self._slope()
        if state.crediting and (state.t_s >= self._credit_until_s or self.spell() is None):
            afresh = True
        if not afresh and num == state.flow[2] and den == state.flow[3]:
            return
        if state.crediting:
            self.close_credit()
        piece = state.flow = (state.t_s, moved_at(state.flow, state.t_s), num, den, rem)
        self.flows.append(piece)
        uncounted = state.credited_gr or state.phase_end_s is not None
        state.history.append(self._counted(piece) if uncounted else piece)
        if len(state.history) >= FORGET_AT:
            forget(state.history, state.t_s)

    def _counted(self, piece: Piece) -> Piece:
        """What counts of a piece that begins: nothing, as long as the path's credit covers it."""
        state = self.state
        if state.phase_end_s is not None:
            t_s, _, num, den, _ = piece
            state.crediting = credited_until(num, den, t_s, state.credit_left_gr) > t_s
        if state.crediting:
            return (piece[0], piece[1] - state.credited_gr, 0, 1, 0)
        return (piece[0], piece[1] - state.credited_gr, *piece[2:])

    @property
    def _credit_until_s(self) -> int:
        start_s, _, num, den, _ = self.state.flow
        return credited_until(num, den, start_s, self.state.credit_left_gr)

    def close_credit(self) -> None:
        """Book what the running piece has used of the path's credit; a new piece must follow."""
        state = self.state
        if not state.crediting:
            return
        used_gr = moved_at(state.flow, state.t_s) - state.history[-1][1] - state.credited_gr
        runs_out = state.t_s >= self._credit_until_s
        state.credit_left_gr = 0 if runs_out else state.credit_left_gr - used_gr
        state.credited_gr += used_gr
        state.credit_used_s = state.t_s
        state.crediting = False

    def credit_left_gr(self) -> int:
        """What is left of the path's credit at this second, rounded down."""
        state = self.state
        if not state.crediting:
            return state.credit_left_gr
        used_gr = moved_at_most(state.flow, state.t_s) - state.flow[1]
        return max(0, state.credit_left_gr - used_gr)

    def counted_gr(self) -> int:
        """What has counted towards the ceiling in all."""
        return moved_at(self.state.history[-1], self.state.t_s)

    def course(self) -> Course:
        """What the pump would do from now on if it were left alone."""
        state = self.state
        flows = state.phase in FLOWING
        return Course(
            now_s=state.t_s,
            counted_gr=self.counted_gr(),
            local_s=state.local_s,
            week=self.week if flows else Week.constant(0),
            spells=self.spells(),
            boluses=(state.dose.spell,) if state.dose else (),
            credit_gr=self.credit_left_gr(),
        )

    def _look_ahead(self) -> None:
        """When the next event comes; the ceiling is guarded up to there."""
        state = self.state
        due_s, alarming_s = self._change_s(), self._timer_s
        self._hold_s = NEVER
        if state.flow[2]:
            if due_s == NEVER or moved_at(state.flow, due_s) >= self._target_gr:
                target_s = second_of(state.flow, self._target_gr)
                alarming_s = min(alarming_s, max(state.t_s, target_s))
            if not self.headroom.sure(state.t_s):
                self._hold_s = self._guard(min(due_s, alarming_s, state.t_s + DAY_S))
                alarming_s = min(alarming_s, self._hold_s)
        self._alarming_s = alarming_s
        self._due_s = due_s if due_s < alarming_s else alarming_s

    def _change_s(self) -> int:
        """When the flow changes as programmed."""
        state = self.state
        if state.phase_end_s is not None:
            end_s = state.phase_end_s
            return min(end_s, self._credit_until_s) if state.crediting else end_s
        until_s = self._rate_until_s if state.phase is Phase.BASE else NEVER
        dose = state.dose
        return until_s if dose is None or dose.spell.end_s > until_s else dose.spell.end_s

    def _guard(self, until_s: int) -> int:
        """The last second before a window would pass the ceiling, or NEVER.

        No program or dose that was accepted comes to it; a piece that runs on for longer than a
        day fills its windows within the first.
        """
        history, t_s = self.state.history, self.state.t_s
        over_s = NEVER
        for limit in self.limits:
            over_s = min(over_s, first_second_over(history, t_s, until_s, limit))
        return over_s if over_s == NEVER else over_s - 1

    def settle(self, *, afresh: bool = False) -> None:
        """Let flow, alarms and the next event follow a change made from outside."""
        self._reflow(afresh=afresh)
        self.reconcile()
        self._look_ahead()

    def begin_dose(self, dose: Dose) -> None:
        """Run a bolus over the base mode from this second on."""
        self.state.dose = dose
        self.headroom.begin(dose.spell)
        self._reflow()
        self._look_ahead()

    def reconcile(self) -> None:
        """Start and end alarms as the table says."""
        state = self.state
        if not self.profile.programmable:
            return
        for name, rule in ALARMS.items():
            holds = rule.holds(state, self.profile)
            if holds and name not in state.sounding:
                state.sounding[name] = Sounding(state.t_s)
                facts: dict[str, Fact] = {"alarm": str(name), "priority": str(rule.priority)}
                self._note_alarm(name, alarms.RAISED, facts)
            elif not holds and name in state.sounding:
                del state.sounding[name]
                self._note_alarm(name, alarms.CLEARED, {"alarm": str(name)})
        self._aim()

    def _note_alarm(self, name: AlarmName, what: str, facts: dict[str, Fact]) -> None:
        state = self.state
        if name is AlarmName.MOTOR_STALL and state.stall_shows_late:
            state.late.append(LateEntry(state.t_s, what, facts))
        else:
            self.note(what, facts)

    def note(self, what: str, facts: dict[str, Fact]) -> None:
        """Enter what happens now in the log."""
        self.state.log.append(self.state.t_s, what, facts)
