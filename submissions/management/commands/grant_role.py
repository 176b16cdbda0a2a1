"""Give an account a position, or take it back."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from submissions.models import User
from submissions.services.accounts import set_role


class Command(BaseCommand):
    help = "Make a confirmed account a reviewer or staff; --remove takes the position back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("role", choices=["reviewer", "staff"])
        parser.add_argument("--remove", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = set_role(options["email"], options["role"], given=not options["remove"])
        except User.DoesNotExist:
            raise CommandError(f"{options['email']}: no confirmed account has this address") from None
        self.stdout.write(f"{user.email}: {'not ' if options['remove'] else ''}{options['role']}")
