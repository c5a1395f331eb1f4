"""Compiled: pivots of the shifted system, and the march through intervals with them.

Arrays of states are flat, eight lanes to a state. In :func:`march_one` the lanes are the poles of
one individual, in :func:`march_eight` they are eight individuals, and the poles follow each other.
The unknowns are flows, as :mod:`thecal.csf.propagator.fluxes` says.
"""

# ruff: noqa: PLR0915, PLR0912, D417  (one loop: cut into functions it would leave the registers)

from __future__ import annotations

from typing import Any

import numpy as np

from thecal.csf.propagator.lanes import (
    WIDTH,
    add,
    compiled,
    div,
    load,
    mul,
    splat,
    store,
    sub,
    total,
)


@compiled
def pivots(
    amount: Any,
    loss: Any,
    back: Any,
    shift: Any,
    weight: Any,
    bare: int,
    cells: int,
    shells: int,
) -> Any:
    """Reciprocal pivots of σ − N in flux form, real and imaginary: (groups, size · 8) each.

    Then what a pool keeps of its own amount beside the constant, to be summed over the lanes if
    these are poles: (size · 8,).

    Args:
        amount, loss, back: (size · 8,) see :class:`~thecal.csf.propagator.fluxes.Fluxes`.
        shift, weight: (2, groups · 8) real and imaginary parts of the shifts σ, 1/h, and weights.
        bare, cells, shells: the layout.
    """
    groups = shift.shape[1] // WIDTH
    kept = np.zeros_like(amount)
    real = np.empty((groups, amount.size), amount.dtype)
    imaginary = np.empty_like(real)
    one, zero = splat(amount.dtype.type(1)), splat(amount.dtype.type(0))
    for group in range(groups):
        p_re, p_im = real[group], imaginary[group]
        s_re, s_im = load(shift[0], group * WIDTH), load(shift[1], group * WIDTH)
        w_re, w_im = load(weight[0], group * WIDTH), load(weight[1], group * WIDTH)
        below_re, below_im = zero, zero
        state = 0
        for cell in range(cells + 2):
            layers = shells if bare <= cell < cells else 0
            down = load(back, state * WIDTH)
            stay_re, stay_im = mul(down, below_re), mul(down, below_im)
            for layer in range(layers, -1, -1):
                k = (state + layer) * WIDTH
                held = load(amount, k)
                e_re, e_im = add(mul(s_re, held), load(loss, k)), mul(s_im, held)
                if layer == 0:
                    e_re, e_im = add(e_re, stay_re), add(e_im, stay_im)
                d_re = e_re if cell == cells + 1 else add(e_re, one)
                scale = div(one, add(mul(d_re, d_re), mul(e_im, e_im)))
                i_re, i_im = mul(d_re, scale), sub(zero, mul(e_im, scale))
                store(p_re, k, i_re)
                store(p_im, k, i_im)
                kept_re = sub(mul(e_re, i_re), mul(e_im, i_im))
                kept_im = add(mul(e_re, i_im), mul(e_im, i_re))
                if layer == 0:
                    below_re, below_im = kept_re, kept_im
                else:
                    own = mul(held, sub(mul(w_re, i_re), mul(w_im, i_im)))
                    store(kept, k, add(load(kept, k), own))
                    inward = load(back, k)
                    stay_re = add(stay_re, mul(inward, kept_re))
                    stay_im = add(stay_im, mul(inward, kept_im))
            state += layers + 1
    return real, imaginary, kept


@compiled
def march_one(
    pivot: Any,
    weights: Any,
    constant: Any,
    flux: Any,
    layout: Any,
    steps: Any,
    inputs: Any,
    observed: Any,
    plasma: Any,
    m: Any,
) -> None:
    """March one individual, the poles in the lanes.

    Args:
        pivot: (real, imaginary), each (kinds of interval, size · 8), and what a pool keeps of its
            own amount (kinds, size).
        weights: (−weight / h as (kinds, 2, 8), −weight / pole as (2, 8)).
        constant: the approximation at minus infinity.
        flux: (exchange, loss, back), each (size,): the amount per flow z, for a pool per its
            fluid's z.
        layout: (bare, cells, shells, whether the cord loses drug to blood).
        steps: (kind of each interval (K,), rates of each (K,), bolus at each node or −1 (K + 1,),
            record at each node or −1 (K + 1,)).
        inputs: (rates (different, sites), shares of each site (sites, cells), first and last cell
            of each (sites, 2), boluses in µg (different, size)).
        observed: (two states (O, 2), their weights (O, 2), which sum each state belongs to or −1
            (size,), values (T, O) to fill, sums (T, R) to fill).
        plasma: (shifts (kinds, 2, 8), k10 k12 k21 (3,), amounts (3,), amounts over time (T, 3)).
        m: (size,) the amounts, replaced by those at the end.
    """
    pivot_re, pivot_im, decay = pivot
    weight_h, weight_pole = weights
    exchange, loss, back = flux
    bare, cells, shells, cord_loses = layout
    kinds, rated, bolus_at, record_at = steps
    rates, shares, windows, boluses = inputs
    pairs, pair_weights, sum_of, values, sums = observed
    shifts, plasma_rates, absorbed, absorbed_over_time = plasma
    size = m.size
    g_re = np.empty((cells + 2) * WIDTH, m.dtype)
    g_im = np.empty_like(g_re)
    lost_re, lost_im = np.zeros(WIDTH, m.dtype), np.zeros(WIDTH, m.dtype)
    source = np.zeros(cells, m.dtype)
    zero = splat(m.dtype.type(0))
    v_re, v_im = load(weight_pole[0], 0), load(weight_pole[1], 0)
    first, last, active = 0, 0, -1
    for node in range(len(kinds) + 1):
        if bolus_at[node] >= 0:
            for k in range(size):
                m[k] += boluses[bolus_at[node], k]
        if record_at[node] >= 0:
            t = record_at[node]
            for o in range(len(pairs)):
                values[t, o] = (
                    pair_weights[o, 0] * m[pairs[o, 0]] + pair_weights[o, 1] * m[pairs[o, 1]]
                )
            sums[t] = 0
            for k in range(size):
                if sum_of[k] >= 0:
                    sums[t, sum_of[k]] += m[k]
            for p in range(3):
                absorbed_over_time[t, p] = absorbed[p]
        if node == len(kinds):
            break
        kind = kinds[node]
        if rated[node] != active:
            active = rated[node]
            first, last = cells, 0
            source[:] = 0
            for site in range(len(shares)):
                if rates[active, site] != 0:
                    first, last = min(first, windows[site, 0]), max(last, windows[site, 1])
                    for cell in range(windows[site, 0], windows[site, 1]):
                        source[cell] += rates[active, site] * shares[site, cell]
        p_re, p_im = pivot_re[kind], pivot_im[kind]
        w_re, w_im = load(weight_h[kind, 0], 0), load(weight_h[kind, 1], 0)
        up_re, up_im = zero, zero
        state = 0
        for cell in range(cells + 2):
            layers = shells if bare <= cell < cells else 0
            held = splat(m[state])
            if layers == 0:
                r_re, r_im = add(up_re, mul(w_re, held)), add(up_im, mul(w_im, held))
            else:
                in_re, in_im = held, zero
                for k in range(state + 1, state + 1 + layers):
                    held = splat(m[k])
                    in_re = add(in_re, mul(load(p_re, k * WIDTH), held))
                    in_im = add(in_im, mul(load(p_im, k * WIDTH), held))
                r_re = add(up_re, sub(mul(w_re, in_re), mul(w_im, in_im)))
                r_im = add(up_im, add(mul(w_re, in_im), mul(w_im, in_re)))
            if first <= cell < last:
                entering = splat(source[cell])
                r_re, r_im = add(r_re, mul(v_re, entering)), add(r_im, mul(v_im, entering))
            a, b = load(p_re, state * WIDTH), load(p_im, state * WIDTH)
            up_re, up_im = sub(mul(a, r_re), mul(b, r_im)), add(mul(a, r_im), mul(b, r_re))
            store(g_re, cell * WIDTH, up_re)
            store(g_im, cell * WIDTH, up_im)
            state += layers + 1
        down_re, down_im = zero, zero
        total_re, total_im = zero, zero
        for above in range(cells + 2):
            cell = cells + 1 - above
            layers = shells if bare <= cell < cells else 0
            state -= layers + 1
            a, b = load(p_re, state * WIDTH), load(p_im, state * WIDTH)
            z_re = add(load(g_re, cell * WIDTH), sub(mul(a, down_re), mul(b, down_im)))
            z_im = add(load(g_im, cell * WIDTH), add(mul(a, down_im), mul(b, down_re)))
            m[state] = constant * m[state] + exchange[state] * total(z_re)
            share = splat(back[state])
            down_re, down_im = mul(share, z_re), mul(share, z_im)
            share = splat(loss[state])
            total_re, total_im = add(total_re, mul(share, z_re)), add(total_im, mul(share, z_im))
            for k in range(state + 1, state + 1 + layers):
                a, b = load(p_re, k * WIDTH), load(p_im, k * WIDTH)
                if cord_loses:
                    held, share = splat(m[k]), splat(back[k])
                    r_re = add(mul(w_re, held), mul(share, z_re))
                    r_im = add(mul(w_im, held), mul(share, z_im))
                    share = splat(loss[k])
                    total_re = add(total_re, mul(share, sub(mul(a, r_re), mul(b, r_im))))
                    total_im = add(total_im, mul(share, add(mul(a, r_im), mul(b, r_re))))
                taken = total(sub(mul(a, z_re), mul(b, z_im)))
                m[k] = decay[kind, k] * m[k] + exchange[k] * taken
        store(lost_re, 0, total_re)
        store(lost_im, 0, total_im)
        before = (absorbed[0], absorbed[1], absorbed[2])
        for p in range(3):
            absorbed[p] *= constant
        for lane in range(WIDTH):
            _plasma_pole(
                complex(shifts[kind, 0, lane], shifts[kind, 1, lane]),
                complex(weight_h[kind, 0, lane], weight_h[kind, 1, lane]),
                complex(lost_re[lane], lost_im[lane]),
                plasma_rates,
                before,
                absorbed,
            )


@compiled
def _plasma_pole(
    sigma: Any, weight: Any, lost: Any, rates: Any, before: Any, absorbed: Any
) -> None:
    """Add one pole's share of two compartments and of what is cleared from the first.

    At a shift of 0 what is cleared has no answer, and neither has a plasma that nothing leaves.
    """
    k10, k12, k21 = rates[0], rates[1], rates[2]
    a, d = sigma + k10 + k12, sigma + k21
    r1, r2 = weight * before[0] + lost, weight * before[1]
    determinant = a * d - k12 * k21
    if sigma == 0:
        absorbed[2] = np.nan
    if determinant == 0:
        absorbed[0] = absorbed[1] = np.nan
        return
    scale = 1 / determinant
    central = (d * r1 + k21 * r2) * scale
    absorbed[0] += central.real
    absorbed[1] += ((a * r2 + k12 * r1) * scale).real
    if sigma == 0:
        return
    absorbed[2] += ((weight * before[2] + k10 * central) / sigma).real


@compiled
def march_eight(
    pivot: Any,
    weights: Any,
    constant: Any,
    flux: Any,
    layout: Any,
    steps: Any,
    inputs: Any,
    observed: Any,
    plasma: Any,
    m: Any,
) -> None:
    """March eight individuals at once, one in each lane; the poles follow each other.

    As :func:`march_one`, but pivots are (kinds, poles, size · 8), weights (−weight / h as
    (kinds, 2, poles), −weight / pole as (2, poles)), the flux form and the amounts have eight
    lanes, weights of pairs are (O, 2 · 8), values (T, O · 8), sums (T, R · 8), the plasma's shifts
    (kinds, 2, poles), its rates and amounts (3, 8), over time (T, 3, 8).
    """
    pivot_re, pivot_im, decay = pivot
    weight_h, weight_pole = weights
    exchange, loss, back = flux
    bare, cells, shells, cord_loses = layout
    kinds, rated, bolus_at, record_at = steps
    rates, shares, windows, boluses = inputs
    pairs, pair_weights, sum_of, values, sums = observed
    shifts, plasma_rates, absorbed, absorbed_over_time = plasma
    size = m.size // WIDTH
    g_re = np.empty((cells + 2) * WIDTH, m.dtype)
    g_im = np.empty_like(g_re)
    sum_re = np.empty(m.size, m.dtype)
    lost_re, lost_im = np.zeros(WIDTH, m.dtype), np.zeros(WIDTH, m.dtype)
    source = np.zeros(cells, m.dtype)
    before = np.empty((3, WIDTH))
    zero = splat(m.dtype.type(0))
    first, last, active = 0, 0, -1
    for node in range(len(kinds) + 1):
        if bolus_at[node] >= 0:
            for k in range(size):
                dose = splat(boluses[bolus_at[node], k])
                store(m, k * WIDTH, add(load(m, k * WIDTH), dose))
        if record_at[node] >= 0:
            t = record_at[node]
            for o in range(len(pairs)):
                low = mul(load(pair_weights[o], 0), load(m, pairs[o, 0] * WIDTH))
                high = mul(load(pair_weights[o], WIDTH), load(m, pairs[o, 1] * WIDTH))
                store(values[t], o * WIDTH, add(low, high))
            sums[t] = 0
            for k in range(size):
                if sum_of[k] >= 0:
                    place = sum_of[k] * WIDTH
                    store(sums[t], place, add(load(sums[t], place), load(m, k * WIDTH)))
            absorbed_over_time[t] = absorbed
        if node == len(kinds):
            break
        kind = kinds[node]
        if rated[node] != active:
            active = rated[node]
            first, last = cells, 0
            source[:] = 0
            for site in range(len(shares)):
                if rates[active, site] != 0:
                    first, last = min(first, windows[site, 0]), max(last, windows[site, 1])
                    for cell in range(windows[site, 0], windows[site, 1]):
                        source[cell] += rates[active, site] * shares[site, cell]
        before[:] = absorbed
        absorbed *= constant
        for pole in range(pivot_re.shape[1]):
            p_re, p_im = pivot_re[kind, pole], pivot_im[kind, pole]
            w_re, w_im = splat(weight_h[kind, 0, pole]), splat(weight_h[kind, 1, pole])
            v_re, v_im = weight_pole[0, pole], weight_pole[1, pole]
            up_re, up_im = zero, zero
            state = 0
            for cell in range(cells + 2):
                layers = shells if bare <= cell < cells else 0
                k = state * WIDTH
                held = load(m, k)
                if layers == 0:
                    r_re, r_im = add(up_re, mul(w_re, held)), add(up_im, mul(w_im, held))
                else:
                    in_re, in_im = held, zero
                    for pool in range(k + WIDTH, k + (layers + 1) * WIDTH, WIDTH):
                        held = load(m, pool)
                        in_re = add(in_re, mul(load(p_re, pool), held))
                        in_im = add(in_im, mul(load(p_im, pool), held))
                    r_re = add(up_re, sub(mul(w_re, in_re), mul(w_im, in_im)))
                    r_im = add(up_im, add(mul(w_re, in_im), mul(w_im, in_re)))
                if first <= cell < last:
                    r_re = add(r_re, splat(v_re * source[cell]))
                    r_im = add(r_im, splat(v_im * source[cell]))
                a, b = load(p_re, k), load(p_im, k)
                up_re, up_im = sub(mul(a, r_re), mul(b, r_im)), add(mul(a, r_im), mul(b, r_re))
                store(g_re, cell * WIDTH, up_re)
                store(g_im, cell * WIDTH, up_im)
                state += layers + 1
            down_re, down_im = zero, zero
            total_re, total_im = zero, zero
            for above in range(cells + 2):
                cell = cells + 1 - above
                layers = shells if bare <= cell < cells else 0
                state -= layers + 1
                k = state * WIDTH
                a, b = load(p_re, k), load(p_im, k)
                z_re = add(load(g_re, cell * WIDTH), sub(mul(a, down_re), mul(b, down_im)))
                z_im = add(load(g_im, cell * WIDTH), add(mul(a, down_im), mul(b, down_re)))
                store(sum_re, k, z_re if pole == 0 else add(load(sum_re, k), z_re))
                share = load(back, k)
                down_re, down_im = mul(share, z_re), mul(share, z_im)
                share = load(loss, k)
                total_re = add(total_re, mul(share, z_re))
                total_im = add(total_im, mul(share, z_im))
                for pool in range(k + WIDTH, k + (layers + 1) * WIDTH, WIDTH):
                    a, b = load(p_re, pool), load(p_im, pool)
                    if cord_loses:
                        held, share = load(m, pool), load(back, pool)
                        r_re = add(mul(w_re, held), mul(share, z_re))
                        r_im = add(mul(w_im, held), mul(share, z_im))
                        share = load(loss, pool)
                        total_re = add(total_re, mul(share, sub(mul(a, r_re), mul(b, r_im))))
                        total_im = add(total_im, mul(share, add(mul(a, r_im), mul(b, r_re))))
                    taken = sub(mul(a, z_re), mul(b, z_im))
                    store(sum_re, pool, taken if pole == 0 else add(load(sum_re, pool), taken))
            store(lost_re, 0, total_re)
            store(lost_im, 0, total_im)
            sigma = complex(shifts[kind, 0, pole], shifts[kind, 1, pole])
            weight = complex(weight_h[kind, 0, pole], weight_h[kind, 1, pole])
            for lane in range(WIDTH):
                _plasma_pole(
                    sigma,
                    weight,
                    complex(lost_re[lane], lost_im[lane]),
                    plasma_rates[:, lane],
                    before[:, lane],
                    absorbed[:, lane],
                )
        for k in range(0, m.size, WIDTH):
            grown = mul(load(exchange, k), load(sum_re, k))
            store(m, k, add(mul(load(decay[kind], k), load(m, k)), grown))
