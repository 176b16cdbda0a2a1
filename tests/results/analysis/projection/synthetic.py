"""Matrices whose truth is known: layer costs, cores that treat them unlike, stacks, clocks, and a little noise."""

from __future__ import annotations

import numpy as np

from results.analysis.projection.cells import Cells, cells_of

KINDS = ("conv", "pointwise", "depthwise", "fully_connected")


def rows(
    models: int = 10,
    boards: int = 8,
    systems: int = 2,
    noise: float = 0.03,
    energy: bool = False,
    seed: int = 0,
) -> list[dict[str, object]]:
    """One row per model, system and metric; ``truth`` is the target without noise."""
    rng = np.random.default_rng(seed)
    families = rng.integers(0, 4, models)
    mixes = rng.dirichlet(np.ones(4), 4)
    macs = np.exp(rng.normal(15, 1, models))[:, None] * np.array(
        [rng.dirichlet(60 * mixes[f] + 0.5) for f in families]
    )
    rates = np.exp(rng.normal([0, 0, 1.5, 0.3], 0.25, (3, 4)))
    stacks = np.exp(rng.normal(0, 0.15, (3, 4)))
    made = []
    for board in range(boards):
        core, clock, power = (
            board % 3,
            float(rng.choice([64, 120, 160, 216, 400])),
            np.exp(rng.normal(-1, 0.3)),
        )
        for system in range(systems):
            stack = int(rng.integers(0, 3))
            for m in range(models):
                time = float((macs[m] * rates[core] * stacks[stack]).sum() / clock / 1e3)
                fixed = {
                    "model": f"m{m}", "device": f"b{board}s{system}", "family": f"f{families[m]}",
                    "device_group": f"b{board}", "class": "mcu", "core": f"c{core}", "stack": f"s{stack}",
                    "stack_version": f"s{stack}@1", "device_clock_mhz": clock,
                    **{f"model_macs_{k}": float(v) for k, v in zip(KINDS, macs[m], strict=True)},
                }  # fmt: skip
                made.append(
                    fixed
                    | {"metric": "latency", "truth": time, "target": time * np.exp(rng.normal(0, noise))}
                )
                if energy:
                    used = time * power * clock * 0.1
                    made.append(
                        fixed
                        | {"metric": "energy", "truth": used, "target": used * np.exp(rng.normal(0, noise))}
                    )
    return made


def cells(**changes) -> Cells:
    made = rows(**changes)
    return cells_of([{k: v for k, v in row.items() if k != "truth"} for row in made])


def truths(**changes) -> np.ndarray:
    """ln of the noiseless targets, in the order of :func:`cells`."""
    return np.log([row["truth"] for row in rows(**changes)])
