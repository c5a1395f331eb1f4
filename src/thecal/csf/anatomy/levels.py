"""Vertebral levels and places along the canal: from a name to centimetres and back.

Position 0 is the caudal end of the sac, the canal's length its cranial end.
"""

from __future__ import annotations

import math
from functools import lru_cache

from thecal.csf.anatomy.figures import anatomy
from thecal.csf.errors import CsfError


@lru_cache(maxsize=1)
def levels() -> dict[str, tuple[float, float]]:
    """Every level from C1 to S5 with its caudal and cranial end, in cm from the caudal end."""
    top = anatomy().canal.length.internal
    spans: dict[str, tuple[float, float]] = {}
    for name, length_cm in anatomy().levels.length_cm.items():
        spans[name] = (top - length_cm, top)
        top -= length_cm
    return spans


def level_position_cm(level: str) -> float:
    """The middle of a level, in cm above the caudal end.

    Raises:
        CsfError: there is no such level.
    """
    if level not in levels():
        raise CsfError(f"'{level}' is not a vertebral level; expected C1 to S5")
    low, high = levels()[level]
    return (low + high) / 2


def level_at(position_cm: float) -> str:
    """The level that holds a place, the upper one on a border.

    Raises:
        CsfError: the place is outside the canal.
    """
    inside_canal(position_cm)
    for name, (low, _) in levels().items():
        if position_cm >= low:
            return name
    return list(levels())[-1]


def place_cm(place: str | float) -> float:
    """A place given as a level's name or as cm above the caudal end.

    Raises:
        CsfError: no such level, or outside the canal.
    """
    return level_position_cm(place) if isinstance(place, str) else inside_canal(float(place))


def inside_canal(position_cm: float) -> float:
    """The position itself.

    Raises:
        CsfError: it is outside the canal.
    """
    length = anatomy().canal.length.internal
    if not (math.isfinite(position_cm) and 0 <= position_cm <= length):
        raise CsfError(f"{position_cm:g} cm is outside the canal; expected 0 to {length:g} cm")
    return position_cm
