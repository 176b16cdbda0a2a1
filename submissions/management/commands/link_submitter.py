"""Say which submitter of published results an organisation speaks for."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from results.models import Submitter
from submissions.models import Organisation
from submissions.services import organisations


class Command(BaseCommand):
    help = "Link an organisation to a submitter, whose name it takes over; --unlink undoes it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("organisation", help="last step of its address")
        parser.add_argument("submitter", nargs="?", help="last step of its address")
        parser.add_argument("--unlink", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["submitter"]) == options["unlink"]:
            raise CommandError("name a submitter, or say --unlink")
        try:
            organisation = Organisation.objects.get(slug=options["organisation"])
            if options["unlink"]:
                organisations.unlink_submitter(organisation)
            else:
                submitter = Submitter.objects.get(slug=options["submitter"])
                organisations.link_submitter(organisation, submitter)
        except (Organisation.DoesNotExist, Submitter.DoesNotExist) as unknown:
            raise CommandError(str(unknown)) from None
        except organisations.OrganisationRefused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"{organisation.slug}: {organisation.name}")
