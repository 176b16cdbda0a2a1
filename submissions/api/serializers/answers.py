"""What the operations answer. The findings and runs of a report are those of `check_submission --json`."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from results.api.serializers.fields import Address, Stated
from results.models import Run
from submissions.models import Call, Event, Membership, Message, Submission, User, Version
from submissions.selectors.objections import ObjectionPage
from submissions.selectors.report import report_json
from submissions.selectors.submission import offers
from submissions.services.access import role_of
from submissions.workflow.states import Action, State, allowed, comment_needed

from .bodies import ACTIONS


@extend_schema_field(OpenApiTypes.OBJECT)
class Plain(serializers.Field):
    """A JSON object as it is."""

    def to_representation(self, value: Any) -> Any:
        return value


class ReportSerializer(serializers.Serializer):
    """How far a check is, and its report once it is done."""

    state = serializers.CharField(help_text="queued, reading, checking, done or failed.")
    verdict = serializers.CharField(
        allow_null=True, help_text="valid, invalid or unreadable; null until the check is done."
    )
    findings = serializers.ListField(child=Plain(), help_text="In the shape of check_submission --json.")
    runs = serializers.ListField(child=Plain(), help_text="In the shape of check_submission --json.")
    failure = serializers.CharField(
        allow_null=True, help_text="Why there is no report although the check ended; null otherwise."
    )


class VersionReportSerializer(ReportSerializer):
    """The report on one version."""

    version = Plain(help_text="The archive that it is about.")

    def to_representation(self, version: Version) -> dict[str, Any]:
        return {**report_json(version), "version": VersionSerializer(version).data}


class RankSerializer(serializers.Serializer):
    """The place of one value among the published ones that it compares with."""

    name = serializers.CharField()
    value = serializers.CharField(help_text="As the pages print it.")
    unit = serializers.CharField(help_text="Empty for a ratio or a count.")
    rank = serializers.CharField(
        allow_null=True,
        help_text="1 is the best; 3–5 where results cannot be told apart; null where nothing compares.",
    )
    of = serializers.IntegerField(
        help_text="How many are compared, this one among them; 0 where nothing compares."
    )
    among = serializers.CharField(help_text="What it is compared with; empty for all of the benchmark.")


class ValueChangeSerializer(serializers.Serializer):
    """One value against the same system's last published one."""

    name = serializers.CharField()
    unit = serializers.CharField()
    old = serializers.CharField(allow_null=True)
    new = serializers.CharField(allow_null=True)
    ratio = serializers.CharField(allow_null=True, help_text="New to old; null where the two do not compare.")


class LookSerializer(serializers.Serializer):
    """Something worth a second look, and the published result that it is seen beside."""

    text = serializers.CharField()
    url = serializers.CharField(help_text="The page of that result.")
    label = serializers.CharField()


class RunPreviewSerializer(serializers.Serializer):
    """One valid run as it would be published."""

    system = serializers.CharField()
    benchmark = serializers.CharField()
    variant = serializers.CharField(allow_null=True)
    division = serializers.CharField(help_text="After a move to the open division: open.")
    ranks = RankSerializer(many=True)
    before = serializers.CharField(
        allow_null=True, help_text="The published result that changes compare with."
    )
    before_url = serializers.CharField(allow_null=True, help_text="Its page.")
    changes = ValueChangeSerializer(many=True)
    looks = LookSerializer(many=True)


class PreviewSerializer(serializers.Serializer):
    """Where a version would stand among what is published now."""

    state = serializers.CharField(help_text="queued, reading, checking, done or failed.")
    looks = serializers.IntegerField(
        allow_null=True, help_text="How much is worth a second look; null until the check is done."
    )
    runs = RunPreviewSerializer(
        many=True, allow_null=True, help_text="The valid runs; null until the check is done."
    )


class CheckSerializer(ReportSerializer):
    """A check without an account."""

    id = serializers.CharField(help_text="Whoever knows it may read the report.")
    expires_at = serializers.DateTimeField(help_text="When file and report are deleted.")


class CallSerializer(serializers.ModelSerializer):
    """A round that takes submissions."""

    round = serializers.CharField(source="round_id")
    state = serializers.SerializerMethodField(help_text="upcoming, open, closed or published.")

    class Meta:
        model = Call
        fields = ("id", "round", "state", "opens_at", "closes_at", "publishes_at", "published_at")

    def get_state(self, call: Call) -> str:
        now = timezone.now()
        if call.published_at is not None:
            return "published"
        return "upcoming" if now < call.opens_at else "open" if now < call.closes_at else "closed"


class SubmissionSerializer(serializers.Serializer):
    """A submission as it stands in a list."""

    id = serializers.CharField(source="public_id")
    kind = serializers.CharField()
    round = serializers.CharField()
    organisation = serializers.CharField(
        source="organisation.slug", default=None, allow_null=True, help_text="Slug; null for imports."
    )
    submitter = Stated("Folder name in the archive; null until it was read.")
    state = serializers.CharField()
    verdict = Stated("Of the newest version; null until it was checked.", source="current_version.verdict")
    version = serializers.IntegerField(source="current_version.number", default=None, allow_null=True)
    received_at = serializers.DateTimeField()
    handed_in_at = serializers.DateTimeField(allow_null=True)
    url = Address("submissions-api:submission", "public_id")
    page = serializers.CharField(source="get_absolute_url", help_text="The page for people.")


class PossibleActionSerializer(serializers.Serializer):
    """What this account may do with the submission now."""

    action = serializers.CharField()
    comment_needed = serializers.BooleanField()


class SubmissionDetailSerializer(SubmissionSerializer):
    """One submission, with what the account that asks may do with it."""

    state_label = serializers.CharField(source="get_state_display", help_text="The state in words.")
    role = serializers.SerializerMethodField(help_text="What the account is to this submission.")
    call = CallSerializer(allow_null=True)
    metadata = Plain(help_text="What may be edited and is no evidence.")
    moved_to_open = serializers.ListField(child=serializers.CharField())
    published_version = serializers.IntegerField(
        source="published_version.number", default=None, allow_null=True
    )
    results = serializers.SerializerMethodField(help_text="Ids of the results that it has published.")
    actions = serializers.SerializerMethodField()

    def get_results(self, submission: Submission) -> list[str]:
        runs = Run.objects.filter(
            system__publication__in=submission.publications.all(), status=Run.Status.PUBLISHED
        )
        return list(runs.order_by("public_id").values_list("public_id", flat=True))

    def get_role(self, submission: Submission) -> str:
        return role_of(self.context["user"], submission)

    @extend_schema_field(PossibleActionSerializer(many=True))
    def get_actions(self, submission: Submission) -> list[dict[str, object]]:
        role, state = role_of(self.context["user"], submission), State(submission.state)
        offered = {offer.action for offer in offers(submission, role)}
        return [
            {"action": str(action), "comment_needed": comment_needed(action)}
            for action in Action
            if allowed(role, action, state) and (action not in ACTIONS or action in offered)
        ]


class VersionSerializer(serializers.ModelSerializer):
    """One archive of a submission."""

    state = serializers.CharField(source="progress", help_text="queued, reading, checking, done or failed.")
    verdict = Stated("Null until it was checked.")
    sha256 = serializers.CharField(source="archive_id", help_text="Of the archive's bytes.")
    size_bytes = serializers.IntegerField(source="archive.size_bytes")
    url = Address("submissions-api:version", "submission.public_id", "number")

    class Meta:
        model = Version
        fields = (
            "number", "state", "verdict", "sha256", "size_bytes", "filename", "note", "created_at", "finished_at",
            "url",
        )  # fmt: skip


class ReceivedSerializer(serializers.Serializer):
    """The submission and the version that an archive became."""

    submission = SubmissionSerializer()
    version = VersionSerializer()


class MessageSerializer(serializers.ModelSerializer):
    """One entry of the conversation about a submission."""

    version = serializers.IntegerField(source="version.number", default=None, allow_null=True)

    class Meta:
        model = Message
        fields = ("id", "at", "role", "version", "body")


class EventSerializer(serializers.ModelSerializer):
    """One step in the life of a submission."""

    role = Stated("What the person who did it was to the submission; null for the site itself.")
    version = serializers.IntegerField(source="version.number", default=None, allow_null=True)
    from_state = Stated("Null where the step moved nothing.")
    to_state = Stated("Null where the step moved nothing.")
    data = Plain()

    class Meta:
        model = Event
        fields = ("id", "at", "kind", "role", "version", "from_state", "to_state", "detail", "data")


class ActionDoneSerializer(serializers.Serializer):
    """What an action has led to."""

    state = serializers.CharField(help_text="The state of the submission now.")
    event = EventSerializer()


class QueuedSerializer(SubmissionSerializer):
    """A submission as a reviewer sees it in the queue."""

    may_decide = serializers.SerializerMethodField(
        help_text="False where this account belongs to the submitter's side."
    )

    def get_may_decide(self, submission: Submission) -> bool:
        return submission.pk not in self.context["conflicts"]


class MembershipSerializer(serializers.ModelSerializer):
    """An organisation that the account belongs to."""

    organisation = serializers.CharField(source="organisation.slug")
    name = serializers.CharField(source="organisation.name")

    class Meta:
        model = Membership
        fields = ("organisation", "name", "role")


class AccountSerializer(serializers.ModelSerializer):
    """The account that asks."""

    organisations = MembershipSerializer(source="memberships", many=True)

    class Meta:
        model = User
        fields = ("email", "name", "is_reviewer", "is_staff", "organisations")


class DifferingValueSerializer(serializers.Serializer):
    """One value of one run; null where a version has none."""

    run = serializers.CharField()
    metric = serializers.CharField()
    old = serializers.CharField(allow_null=True)
    new = serializers.CharField(allow_null=True)


class VersionDifferencesSerializer(serializers.Serializer):
    """What differs between two versions. Files are those that runs and systems were read from."""

    from_version = serializers.IntegerField()
    to_version = serializers.IntegerField()
    files_added = serializers.ListField(child=serializers.CharField())
    files_removed = serializers.ListField(child=serializers.CharField())
    files_changed = serializers.ListField(child=serializers.CharField())
    findings_gone = serializers.ListField(child=Plain())
    findings_new = serializers.ListField(child=Plain())
    values = DifferingValueSerializer(many=True)


class StatementSerializer(serializers.Serializer):
    """One public entry of the conversation about an objection."""

    part = serializers.CharField(help_text="objector, submitter or reviewer.")
    who = Stated("The organisation's name; null for a person, who is never named.")
    at = serializers.DateTimeField()
    body = serializers.CharField()


class ObjectionSerializer(serializers.Serializer):
    """An objection as it stands in a list."""

    id = serializers.IntegerField(source="pk")
    result = serializers.CharField(help_text="Id of the result.")
    state = serializers.CharField()
    rule_code = serializers.CharField()
    statement = serializers.CharField()
    evidence = serializers.CharField()
    opened_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    decision = Stated("The reasons; null until it is decided.")
    url = Address("submissions-api:objection", "pk")
    page = serializers.CharField(source="get_absolute_url", help_text="The page for people.")


class ObjectionDetailSerializer(ObjectionSerializer):
    """One objection with its conversation."""

    who = serializers.CharField(help_text="In whose name it was made.")
    statements = StatementSerializer(many=True)

    def to_representation(self, seen: ObjectionPage) -> dict[str, Any]:
        return {
            **ObjectionSerializer(seen.objection).data,
            "who": seen.who,
            "statements": StatementSerializer(seen.statements, many=True).data,
        }
