"""Load the shipped copy of published figures."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from results.services.figures import load_published_figures


class Command(BaseCommand):
    help = "Load the shipped copy of published figures (results/catalog/published/); quick when nothing has changed."

    def handle(self, *args: Any, **options: Any) -> None:
        changed = load_published_figures()
        if options["verbosity"]:
            self.stdout.write(
                f"{changed} publications changed" if changed else "published figures are up to date"
            )
