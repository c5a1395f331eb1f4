"""What is certain after a visit, what is not known, and what is to be done about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from thecal.programmer.session.outcome import Outcome, Result
from thecal.programmer.session.pending import CONFIRMATION_LASTS_S
from thecal.programmer.session.visit import Visit
from thecal.pump.holding import Holding
from thecal.pump.language import PL_PER_ML, SECONDS_PER_DAY, SECONDS_PER_MINUTE, Status
from thecal.units import VOLUME, show

_NEVER_KNOWN = (
    "what is really in the reservoir: a pump counts what it was told, and measures nothing",
    "where the drug goes after the pump: no message tells of the catheter",
)


@dataclass(frozen=True, slots=True)
class Certainty:
    """Three lists of sentences."""

    certain: tuple[str, ...]
    unknown: tuple[str, ...]
    to_do: tuple[str, ...]


def certainty(visit: Visit) -> Certainty:
    """Work it out from what came of the visit."""
    return Certainty(
        tuple(_certain(visit)), (*_unknown(visit), *_NEVER_KNOWN), tuple(_to_do(visit))
    )


def _certain(visit: Visit) -> Iterator[str]:
    result = visit.result
    if visit.reconciled is not None:
        yield f"a command of an earlier session: {_word(visit.reconciled)}"
    if result is None or result.outcome is Outcome.UNKNOWN:
        return
    yield f"this session: {_word(result)}"
    reading = visit.session.reading
    if reading is None:
        return
    yield _holds(reading.holding)
    if reading.status is not None:
        yield f"the pump says that it now runs: {reading.status.running}"


def _word(result: Result) -> str:
    """An outcome in a sentence."""
    said = _WORDS[result.outcome]
    if result.outcome is Outcome.NOT_DONE and result.sent is None:
        said = "nothing was sent"
    if result.refusal is not None:
        figures = ""
        if result.refusal.limit is not None:
            asked, limit, unit = result.refusal.asked, result.refusal.limit, result.refusal.unit
            figures = f", {asked} asked, limit {limit} {unit}"
        said = f"{said} (the pump: {result.refusal.code}{figures})"
    return f"{said} ({result.why})" if result.why else said


_WORDS = {
    Outcome.VERIFIED: "done, read back, and exactly what was sent",
    Outcome.REFUSED: "refused, and nothing changed",
    Outcome.UNKNOWN: "sent, and nobody knows whether the pump acted on it",
    Outcome.MISMATCH: "the pump holds something else than was sent",
    Outcome.NOT_DONE: "the pump did not act on it, and never will",
    Outcome.STALE: "the pump had changed since it was read, so nothing was done",
}


def _holds(holding: Holding) -> str:
    if holding.program is None:
        return f"pump {holding.serial} held no program when it was last read"
    program = f"program {holding.program.digest} ({holding.program.mode})"
    return f"pump {holding.serial} held {program} when it was last read"


def _unknown(visit: Visit) -> Iterator[str]:
    result = visit.result
    if visit.keyed_in:
        yield "whatever is finer than the last digit that was read, and what was not read at all"
    if result is None or result.outcome is not Outcome.UNKNOWN or result.sent is None:
        return
    old, new = result.sent.before, result.sent.wanted
    yield (
        f"whether pump {old.serial} runs the old settings ({_short(old)}) or the new "
        f"({_short(new)}): it runs one of the two, whole"
    )


def _short(holding: Holding) -> str:
    return f"program {holding.program.digest[:16]}…" if holding.program else "no program"


def _to_do(visit: Visit) -> Iterator[str]:
    result = visit.result
    if result is not None and result.outcome is Outcome.UNKNOWN:
        minutes = CONFIRMATION_LASTS_S // SECONDS_PER_MINUTE
        yield (
            "make contact with this pump again with 'thecal program': it finds out before it does "
            f"anything else. For {minutes} min it finishes this command; later it makes it void"
        )
        yield "until then do not take the pump to hold either, and do not program it otherwise"
    if result is not None and result.outcome is Outcome.MISMATCH:
        yield "do not leave the patient with this: interrogate, and program the pump anew"
    if result is not None and result.outcome is Outcome.STALE:
        yield "look at what changed, and run the command again if the plan still stands"
    if visit.stands:
        yield (
            "the pump stands still, and not by an order: the session cannot be ended well. "
            "Program it, or stop it by order ('thecal stop')"
        )
    yield from _after_priming(visit)


def _after_priming(visit: Visit) -> Iterator[str]:
    """A priming bolus comes out of the reservoir: the fill counts from before it."""
    result, program, fill = visit.result, visit.plan.case.program, visit.plan.case.fill
    if result is None or result.outcome is not Outcome.VERIFIED or visit.top_up:
        return
    if program is None or program.priming is None or fill is None:
        return
    primes, left = program.priming.volume_pl, fill.volume_pl - program.priming.volume_pl
    minutes = -(-program.priming.duration_s // SECONDS_PER_MINUTE)
    yield (
        f"priming takes {_ml(primes)} out of the reservoir in {minutes} min; the pump then counts "
        f"{_ml(left)}, and the plan's dates count on {_ml(fill.volume_pl)}. If you top up "
        f"{_ml(primes)} then, state it with --topped-up; if not, refill earlier{_by(visit)}"
    )


def _by(visit: Visit) -> str:
    """When the pump itself says that the alarm volume will be reached."""
    reading = visit.session.reading
    status: Status | None = reading.status if reading else None
    if status is None or status.low_reservoir_at_s is None:
        return ""
    days = Fraction(status.low_reservoir_at_s - status.t_s, SECONDS_PER_DAY)
    return f": by its own count it reaches the alarm volume in {float(days):.1f} days"


def _ml(volume_pl: int) -> str:
    return show(Fraction(volume_pl, PL_PER_ML), VOLUME)
