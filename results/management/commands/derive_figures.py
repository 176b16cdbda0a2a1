"""Derive the shipped external figures from the raw tables of their sources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from results.catalog.deriving import qutibench, references, stm32_zoo
from results.catalog.figure_files import FIGURES_FOLDER, write_figures, write_graphs


class Command(BaseCommand):
    help = (
        "Write results/catalog/figures/*.figures.csv and graphs.csv anew from a folder with the raw tables: "
        "stm32_model_zoo_{latency,memory,accuracy}.csv, tflite_graph_features.csv and qutibench/*.csv. "
        "Raw tables are not shipped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("raw", type=Path, help="folder with the raw tables")
        parser.add_argument("--networks", type=Path, required=True,
                            help="folder with the .tflite files of the reference networks, named <slug>_….tflite")  # fmt: skip
        parser.add_argument("--out", type=Path, default=FIGURES_FOLDER, help="folder to write into")

    def handle(self, *args: Any, **options: Any) -> None:
        raw, out = options["raw"], options["out"]
        try:
            zoo, qutis = list(stm32_zoo.figures(raw)), list(qutibench.figures(raw))
            graphs = [
                *stm32_zoo.graphs(raw / "tflite_graph_features.csv"), *qutibench.graphs(raw),
                *references.graphs(options["networks"]),
            ]  # fmt: skip
        except (OSError, KeyError, ValueError) as error:
            raise CommandError(f"the raw tables cannot be read: {error}") from error
        counts = {
            "stm32-model-zoo.figures.csv": write_figures(out / "stm32-model-zoo.figures.csv", zoo),
            "qutibench.figures.csv": write_figures(out / "qutibench.figures.csv", qutis),
            "graphs.csv": write_graphs(out / "graphs.csv", graphs),
        }
        for name, rows in counts.items():
            self.stdout.write(f"{name}: {rows} rows")
