"""Open a call: let submissions come in for a round."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from results.services.catalogue import store_catalogue
from submissions.services.calls import CannotCall, open_call


class Command(BaseCommand):
    help = "Open a call for a round. Moments are ISO 8601 and in UTC unless they say otherwise."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("round", help="a round of the catalogue, such as v1.3")
        parser.add_argument("--opens", help="default: now")
        parser.add_argument("--closes", required=True, help="such as 2027-03-01T12:00")
        parser.add_argument("--publishes", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        store_catalogue()
        try:
            call = open_call(
                round_id=options["round"],
                opens_at=_moment(options["opens"]) if options["opens"] else timezone.now(),
                closes_at=_moment(options["closes"]),
                publishes_at=_moment(options["publishes"]),
            )
        except CannotCall as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(
            f"{call.round_id}: open until {call.closes_at:%Y-%m-%d %H:%M}, "
            f"published at {call.publishes_at:%Y-%m-%d %H:%M} UTC"
        )


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(f"{text}: no moment; write it as 2027-03-01T12:00")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
