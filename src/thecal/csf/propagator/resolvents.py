"""Compiled: resolvents of the system at a few shifts, seen at a few places, for any entry.

Only what the places need is computed: pools are eliminated and not solved for again.
"""

# ruff: noqa: PLR0915, D417  (one loop: cut into functions it would leave the registers)

from __future__ import annotations

from typing import Any

import numpy as np

from thecal.csf.propagator.lanes import WIDTH, add, compiled, div, load, mul, splat, store, sub


@compiled
def resolvents(flux: Any, layout: Any, shift: Any, shares: Any, pairs: Any, per_ug: Any) -> Any:
    """(groups, entries, O, 2, 8) real and imaginary parts of the resolvent, per µg/h that enters.

    Args:
        flux: (amount, loss, back), each (size · 8,).
        layout: (bare, cells, shells).
        shift: (groups, 2, 8) real and imaginary parts of the shifts, 1/h.
        shares: (entries, cells) of what enters each cell.
        pairs: (O, 2) two cells of each observation.
        per_ug: (O, 2, 8) their weights, from the flow z to µg/mL.

    Returns:
        The observations of (σ − N)⁻¹ b.
    """
    amount, loss, back = flux
    bare, cells, shells = layout
    groups, entries, places = shift.shape[0], shares.shape[0], pairs.shape[0]
    seen = np.empty((groups, entries, places, 2, WIDTH), amount.dtype)
    one, zero = splat(amount.dtype.type(1)), splat(amount.dtype.type(0))
    p_re, p_im = (
        np.empty((cells + 2) * WIDTH, amount.dtype),
        np.empty((cells + 2) * WIDTH, amount.dtype),
    )
    z_re, z_im = np.empty_like(p_re), np.empty_like(p_re)
    down = np.empty_like(p_re)
    for group in range(groups):
        s_re, s_im = load(shift[group, 0], 0), load(shift[group, 1], 0)
        below_re, below_im = zero, zero
        state = 0
        for cell in range(cells + 2):
            layers = shells if bare <= cell < cells else 0
            k = state * WIDTH
            share, held = load(back, k), load(amount, k)
            store(down, cell * WIDTH, share)
            e_re = add(add(mul(s_re, held), load(loss, k)), mul(share, below_re))
            e_im = add(mul(s_im, held), mul(share, below_im))
            for pool in range(k + WIDTH, k + (layers + 1) * WIDTH, WIDTH):
                held, share = load(amount, pool), load(back, pool)
                l_re, l_im = add(mul(s_re, held), load(loss, pool)), mul(s_im, held)
                d_re = add(l_re, one)
                square = mul(l_im, l_im)
                scale = div(share, add(mul(d_re, d_re), square))
                e_re = add(e_re, mul(scale, add(mul(l_re, d_re), square)))
                e_im = add(e_im, mul(scale, l_im))
            d_re = e_re if cell == cells + 1 else add(e_re, one)
            scale = div(one, add(mul(d_re, d_re), mul(e_im, e_im)))
            a, b = mul(d_re, scale), sub(zero, mul(e_im, scale))
            store(p_re, cell * WIDTH, a)
            store(p_im, cell * WIDTH, b)
            below_re, below_im = sub(mul(e_re, a), mul(e_im, b)), add(mul(e_re, b), mul(e_im, a))
            state += layers + 1
        for entry in range(entries):
            u_re, u_im = zero, zero
            for cell in range(cells + 2):
                if cell < cells and shares[entry, cell] != 0:
                    u_re = add(u_re, splat(shares[entry, cell]))
                a, b = load(p_re, cell * WIDTH), load(p_im, cell * WIDTH)
                u_re, u_im = sub(mul(a, u_re), mul(b, u_im)), add(mul(a, u_im), mul(b, u_re))
                store(z_re, cell * WIDTH, u_re)
                store(z_im, cell * WIDTH, u_im)
            q_re, q_im = zero, zero
            for cell in range(cells + 1, -1, -1):
                a, b = load(p_re, cell * WIDTH), load(p_im, cell * WIDTH)
                x_re = add(load(z_re, cell * WIDTH), sub(mul(a, q_re), mul(b, q_im)))
                x_im = add(load(z_im, cell * WIDTH), add(mul(a, q_im), mul(b, q_re)))
                store(z_re, cell * WIDTH, x_re)
                store(z_im, cell * WIDTH, x_im)
                share = load(down, cell * WIDTH)
                q_re, q_im = mul(share, x_re), mul(share, x_im)
            for o in range(places):
                low, high = load(per_ug[o, 0], 0), load(per_ug[o, 1], 0)
                i, j = pairs[o, 0] * WIDTH, pairs[o, 1] * WIDTH
                here = seen[group, entry, o]
                store(here[0], 0, add(mul(low, load(z_re, i)), mul(high, load(z_re, j))))
                store(here[1], 0, add(mul(low, load(z_im, i)), mul(high, load(z_im, j))))
    return seen


@compiled
def superpose(
    step: Any,
    at: Any,
    change: Any,
    site: Any,
    bolus: Any,
    given_at: Any,
    dose: Any,
    which: Any,
    records: Any,
) -> Any:
    """(T, width) sum of step responses to every change of rate and of responses to every bolus.

    Args:
        step: (sites, count + 1, width) response to a rate of 1 µg/h, n intervals after it began.
        at, change, site: (edges,) when, by how much and where a rate changes, in order of time.
        bolus: (boluses, count + 1, width) response to 1 µg.
        given_at, dose, which: (given,) likewise.
        records: (T,) rising intervals to record at.
    """
    out = np.zeros((len(records), step.shape[2]), step.dtype)
    for t in range(len(records)):
        row, now = out[t], records[t]
        for edge in range(len(at)):
            if at[edge] >= now:
                break
            rate, response = change[edge], step[site[edge], now - at[edge]]
            for k in range(len(row)):
                row[k] += rate * response[k]
        for one in range(len(given_at)):
            if given_at[one] > now:
                break
            amount, response = dose[one], bolus[which[one], now - given_at[one]]
            for k in range(len(row)):
                row[k] += amount * response[k]
    return out
