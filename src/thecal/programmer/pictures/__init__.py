"""A plan and its rehearsal in pictures."""

from thecal.programmer.pictures.pages import (
    draw_changeover,
    draw_day,
    draw_plan,
    draw_rehearsal,
    draw_reservoir,
    plan_page,
    refusal_codes,
    rehearsal_page,
    verdict,
)

__all__ = [
    "draw_changeover",
    "draw_day",
    "draw_plan",
    "draw_rehearsal",
    "draw_reservoir",
    "plan_page",
    "refusal_codes",
    "rehearsal_page",
    "verdict",
]
