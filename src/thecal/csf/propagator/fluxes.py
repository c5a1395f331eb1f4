"""The system in flux form, which the solves need: one unknown per state, its flow to its neighbour.

Pools are eliminated into their cell's fluid, and fluid upwards. With the unknown z = the flow from
a state to the neighbour that is eliminated after it, what leaves one state and enters the next is
the same number, and the pivots are sums of what leaves, with no subtraction (as in Grassmann,
Taksar and Heyman, Oper. Res. 33 (1985) 1107). Mass is then kept to rounding, however stiff the
system is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thecal.csf.transport.system import System

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fluxes:
    """Every array has shape (N, size).

    Attributes:
        amount: amount per flow z, hours; for the last state, which has no neighbour, 1.
        loss: flow to the plasma per flow z.
        back: for a fluid state, its flow to the fluid below per its own z; for a pool, the flow
            into it per z of its cell's fluid.
    """

    amount: Array
    loss: Array
    back: Array


def fluxes(system: System) -> Fluxes:
    """The flux form of each individual."""
    chain = system.layout.fluid()
    amount = np.ones_like(system.inner)
    amount[:, chain[:-1]] = 1 / system.inner[:, chain[1:]]
    outside = chain[system.layout.bare : system.layout.cells]
    back = np.zeros_like(amount)
    back[:, chain] = system.outer[:, chain] * amount[:, chain]
    pools = system.layout.cord()
    amount[:, pools] = 1 / system.outer[:, pools]
    back[:, pools] = system.inner[:, pools] * amount[:, outside, None]
    return Fluxes(amount=amount, loss=system.loss * amount, back=back)
