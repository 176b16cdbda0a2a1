"""What the operations take: JSON, and forms with a file. A field that is not named here is refused."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from submissions.models import Objection, Submission
from submissions.rules.catalogue import RULES
from submissions.services.metadata import MOST_CHARACTERS, MOST_LINK_CHARACTERS, MOST_LINKS
from submissions.workflow.states import Action

LONGEST_TEXT = 20_000
_KINDS = [Submission.Kind.ROUND, Submission.Kind.SELF_REPORTED]
DECISIONS = [
    Objection.State.UPHELD, Objection.State.CORRECTED, Objection.State.MOVED_TO_OPEN, Objection.State.REMOVED,
]  # fmt: skip
ACTIONS = [
    action for action in Action if action not in (Action.VIEW, Action.DOWNLOAD, Action.UPLOAD, Action.EDIT)
]
"""What is done by POST to ``actions/``; the others have addresses of their own."""


@extend_schema_field({"type": "string", "format": "binary"})
class ArchiveField(serializers.FileField):
    """A file that was sent."""


class BodySerializer(serializers.Serializer):
    """A request whose unknown fields are refused."""

    refuses_unknown_fields = True


class TextField(serializers.CharField):
    """A text as it was sent: a number is none."""

    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


def text(help_text: str, *, required: bool = True, longest: int = LONGEST_TEXT) -> TextField:
    """A text; where it is not required it may be left out or empty."""
    return TextField(
        help_text=help_text,
        required=required,
        allow_blank=not required,
        max_length=longest,
        trim_whitespace=False,
    )


class CheckBodySerializer(BodySerializer):
    """An archive to be checked without an account."""

    archive = ArchiveField(help_text=".zip or .tar.gz of a whole round or of one submitter's folder.")
    round = text("The round whose rules it is judged by, such as v1.3.", longest=8)
    division = serializers.ChoiceField(
        ["closed", "open"], required=False,
        help_text="Of use for one submitter's folder only, which does not say it.",
    )  # fmt: skip


class SubmissionBodySerializer(BodySerializer):
    """A new submission. Beside it the header Idempotency-Key may stand."""

    archive = ArchiveField(help_text=".zip or .tar.gz of the submitter's folder, or a table of results.")
    kind = serializers.ChoiceField(_KINDS, default=Submission.Kind.ROUND)
    call = serializers.IntegerField(
        required=False, min_value=1, help_text="The call that it answers; else the open one of `round`."
    )
    round = text("The round whose rules it is judged by, such as v1.3.", required=False, longest=8)
    organisation = text(
        "Slug of the organisation for which it is sent; needed by accounts with several.",
        required=False, longest=60,
    )  # fmt: skip
    title = text("Title.", required=False, longest=MOST_CHARACTERS["title"])
    contact = text(
        "How to reach somebody; for reviewers only.", required=False, longest=MOST_CHARACTERS["contact"]
    )
    note = text("What is sent, in the sender's words.", required=False)


class VersionBodySerializer(BodySerializer):
    """A new version of a submission. Beside it the header Idempotency-Key may stand."""

    archive = ArchiveField(help_text=".zip or .tar.gz: the whole submission, not only what changed.")
    note = text("What changed, in the sender's words.", required=False)


class ActionBodySerializer(BodySerializer):
    """What is to be done with a submission."""

    action = serializers.ChoiceField([str(action) for action in ACTIONS])
    comment = text("Kept with the submission; some actions are refused without one.", required=False)
    version = serializers.IntegerField(
        required=False,
        min_value=1,
        help_text="Number of the version that was looked at: when another has come in since, nothing is done.",
    )
    runs = serializers.ListField(
        child=TextField(max_length=500), required=False, max_length=1000,
        help_text="For move-to-open: keys of the closed runs to move; all of them when left out.",
    )  # fmt: skip


class MessageBodySerializer(BodySerializer):
    """A word to the other side of a submission."""

    body = text("Plain text.")


class ObjectionBodySerializer(BodySerializer):
    """An objection to a published result; it is public from the first word."""

    result = text("Id of the result.", longest=220)
    rule_code = serializers.ChoiceField(sorted(RULES), help_text="The rule that it breaks.")
    statement = text("What is wrong.")
    evidence = text("What shows it: file and line, an address, a measurement.")
    organisation = text(
        "Slug of the organisation in whose name it is made; else it is public as one of an account holder.",
        required=False, longest=60,
    )  # fmt: skip


class StatementBodySerializer(BodySerializer):
    """A public word about an objection."""

    body = text("Plain text.")


class DecisionBodySerializer(BodySerializer):
    """A reviewer's decision about an objection."""

    outcome = serializers.ChoiceField([str(state) for state in DECISIONS])
    decision = text("The reasons; they are public.")


class EditBodySerializer(BodySerializer):
    """What may be edited and is no evidence, and why. What is left out stays as it is."""

    title = text("Title.", required=False, longest=MOST_CHARACTERS["title"])
    contact = text(
        "How to reach somebody; for reviewers only.", required=False, longest=MOST_CHARACTERS["contact"]
    )
    notes = text("Notes.", required=False, longest=MOST_CHARACTERS["notes"])
    reproduces = text(
        "Id of the result that is measured again.", required=False, longest=MOST_CHARACTERS["reproduces"]
    )
    links = serializers.ListField(
        child=TextField(max_length=MOST_LINK_CHARACTERS), required=False, max_length=MOST_LINKS
    )
    reason = text("Why; it is logged.", longest=4000)
