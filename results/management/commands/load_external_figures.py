"""Load the shipped external figures."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from results.catalog.figure_files import FigureFilesError
from results.services.external_figures import load_external_figures


class Command(BaseCommand):
    help = "Load the shipped external figures (results/catalog/figures/); quick when nothing has changed."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_external_figures()
        except FigureFilesError as error:
            raise CommandError(f"the external figures are wrong: {error}") from error
        if not options["verbosity"]:
            return
        if not loaded.changed:
            self.stdout.write("external figures are up to date")
            return
        held = loaded.quarantined or {}
        self.stdout.write(f"{loaded.rows} external figures, {sum(held.values())} of them quarantined")
        for code, number in held.items():
            self.stdout.write(f"  {code}: {number}")
