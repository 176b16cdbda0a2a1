"""What figures published elsewhere do for networks that no round measured: errors, bands and refusals, with and without.

    OMP_NUM_THREADS=1 python manage.py shell -v0 < bench/new_networks.py

Hides each reference network in turn; then projects the networks of two vendor boards on a submitted system with the same
or the nearest core. The same chip is not the same system: a lasting difference between the two stays in the error.
Needs the published and the external figures in the database (``make run`` once). Some minutes.
"""

import numpy as np

from results.analysis.projection.cells import cells_of
from results.analysis.projection.published_cells import table_rows
from results.analysis.projection.scoring import score, typical_band
from results.analysis.projection.tinysite import TinySite
from results.services.cells_elsewhere import rows_elsewhere
from results.services.measured_runs import published_runs

TWINS = {"b-u585i-iot02a": "nucleo-u575zi-q", "stm32h747i-disco": "nucleo-h7a3zi-q"}
SYSTEM = ("device", "device_group", "class", "core", "vendor", "stack", "stack_version", "submitter", "precision",
          "device_clock_mhz", "round")  # fmt: skip


def without_key(row):
    return {name: value for name, value in row.items() if name != "key"}


def report(name, train, held):
    """One line of figures of the ``held`` rows, projected from ``train`` as networks of a new family."""
    engine = TinySite(("family",)).fit(cells_of([without_key(row) for row in train]))
    cells = cells_of([without_key(row) | {"target": None} for row in held])
    said = engine.predict(cells, "family")
    truth = np.log([row["target"] for row in held])
    found = score(truth, said.log_median, cells.device, said.log_half_80, said.log_half_90)
    print(
        f"{name:34s} n {len(held):3d}  MdAPE {found['mdape']:5.1f}  P90 {found['p90']:6.1f}  in bands "
        f"{found['coverage80']:3.0f}/{found['coverage90']:3.0f}  band x/{typical_band(said.log_half_90):.2f}  "
        f"shown {said.answered.mean():4.0%}",
        flush=True,
    )


rounds, elsewhere = table_rows(published_runs()), rows_elsewhere()
for label, more in (("rounds alone", []), ("with elsewhere", elsewhere)):
    for slug in ("kws01", "vww01", "ic01", "ad01"):
        hidden = [row for row in rounds if row["model"] == slug and row["metric"] == "latency"]
        report(f"{slug}, {label}", [row for row in rounds if row["model"] != slug] + more, hidden)
    for board, twin in TWINS.items():
        system = next(
            row for row in rounds
            if row["device_group"] == twin and row["stack"] == "x-cube-ai" and row["round"] == "v1.1"
            and str(row["submitter"]).lower().startswith("st")
        )  # fmt: skip
        own = {name: system[name] for name in SYSTEM}
        hidden = [dict(row) | own for row in elsewhere if row["device_group"] == board]
        report(f"{board}, {label}", rounds + [r for r in more if r["device_group"] != board], hidden)
