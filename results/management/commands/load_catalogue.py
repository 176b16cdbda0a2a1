"""Load the shipped catalogue."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from results.catalog.reader import CatalogueError
from results.services.catalogue import store_catalogue


class Command(BaseCommand):
    help = "Load the shipped catalogue (results/catalog/); quick when nothing has changed."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            stored = store_catalogue()
        except CatalogueError as error:
            raise CommandError(f"the catalogue is wrong: {error}") from error
        if options["verbosity"]:
            self.stdout.write("catalogue loaded" if stored.changed else "catalogue is up to date")
            for name in stored.kept:
                self.stdout.write(f"no longer in the catalogue, kept for its results: {name}")
