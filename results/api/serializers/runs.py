"""One result in full: every number with its evidence, what the rules say, and the system it was measured on."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from results.domain.links import public_file_address, public_tree_address, rule_address
from results.domain.metrics import METRICS
from results.models import (
    Availability,
    DeviceClass,
    Division,
    Evidence,
    LeaderboardEntry,
    Measurement,
    Provenance,
    Publication,
    PublishedFinding,
    Run,
    System,
)

from .changes import ChangeSerializer
from .entries import EntrySerializer
from .fields import Address, Stated, number


class EvidenceSerializer(serializers.Serializer):
    """Where a value stands in the submitted files."""

    path = serializers.CharField(help_text="Relative to the top of the round's repository.")
    line = serializers.IntegerField(allow_null=True, help_text="Counted from 1; null for the whole file.")
    last_line = serializers.IntegerField(allow_null=True, help_text="Where the evidence spans several lines.")
    sha256 = Stated("Hash of the file.")
    reading = serializers.ChoiceField(choices=["stated", "recomputed"])
    text = Stated("The line as submitted; null while only the shipped copy of the figures was read.")
    url = serializers.SerializerMethodField(help_text="The line in the public repository; null without one.")

    def get_url(self, evidence: Evidence) -> str | None:
        publication: Publication = self.context["publication"]
        repository, commit = publication.repository, publication.commit
        return (
            public_file_address(repository, commit, evidence.path, evidence.line, evidence.last_line) or None
        )


class MeasurementSerializer(serializers.Serializer):
    """One metric of a run. A metric that was not measured has no entry at all."""

    metric = serializers.ChoiceField(choices=list(METRICS))
    value = serializers.FloatField()
    unit = serializers.SerializerMethodField(help_text="The unit of value; null for a dimensionless metric.")
    printed = serializers.CharField(help_text="The digits as submitted.")
    how = serializers.ChoiceField(choices=["measured", "derived", "declared"])
    reading = serializers.ChoiceField(choices=["stated", "recomputed"])
    energy_scope = serializers.ChoiceField(
        choices=["none", "chip-rail", "board", "unknown"], help_text="none: the metric is not an energy."
    )
    recomputed_value = number("The same metric computed again from the raw log.")
    recomputed_printed = Stated()
    evidence = EvidenceSerializer(many=True)

    def get_unit(self, measurement: Measurement) -> str | None:
        return METRICS[measurement.metric].unit or None


class MeasurementRowSerializer(MeasurementSerializer):
    """A row of a result's CSV: one metric with one place of its evidence."""

    result = serializers.CharField()
    evidence = EvidenceSerializer()


class FindingSerializer(serializers.Serializer):
    """What a rule says of the run, its system or the whole submission."""

    code = serializers.CharField()
    severity = serializers.ChoiceField(choices=["error", "warning", "note"])
    concerns = serializers.SerializerMethodField()
    file = Stated(source="path")
    line = serializers.IntegerField(allow_null=True)
    expected = Stated()
    found = Stated()
    mend = Stated()
    url = serializers.SerializerMethodField(help_text="Where the rule is explained.")

    @extend_schema_field(serializers.ChoiceField(choices=["run", "system", "submission"]))
    def get_concerns(self, finding: PublishedFinding) -> str:
        if finding.run_id is not None:
            return "run"
        return "system" if finding.system_id is not None else "submission"

    def get_url(self, finding: PublishedFinding) -> str:
        return rule_address(finding.code)


class DescriptionFieldSerializer(serializers.Serializer):
    """One key of the system description, as submitted."""

    key = serializers.CharField()
    value = serializers.CharField(allow_blank=True)
    line = serializers.IntegerField(allow_null=True)


class SystemSerializer(serializers.Serializer):
    """A system under test: device, operating point, software stack. Texts are as submitted."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField(source="system_id", help_text="The system id as submitted.")
    round = serializers.CharField(source="publication.round_id")
    division = serializers.ChoiceField(choices=Division.choices, source="publication.division")
    submitter = serializers.CharField(source="publication.submitter.slug")
    device = serializers.CharField(source="device.slug")
    device_class = serializers.ChoiceField(choices=DeviceClass.choices, source="device.device_class")
    availability = Stated(f"One of {', '.join(Availability.values)}.")
    clock_mhz = number()
    accelerator_clock_mhz = number()
    processor = Stated()
    accelerator = Stated()
    software = Stated()
    framework = Stated()
    framework_version = Stated()
    compiler = Stated()
    deployment_style = Stated()
    url = Address("results-api:system", "pk")
    page = Address("results:system", "pk", help_text="The page for people.")


class DescribedSystemSerializer(SystemSerializer):
    """A system with its whole description."""

    description = serializers.SerializerMethodField()
    description_path = Stated()
    description_sha256 = Stated()
    description_url = serializers.SerializerMethodField(help_text="The file in the public repository.")

    @extend_schema_field(DescriptionFieldSerializer(many=True))
    def get_description(self, system: System) -> list[dict[str, str | int | None]]:
        return [{"key": key, "value": value, "line": line} for key, value, line in system.description]

    def get_description_url(self, system: System) -> str | None:
        publication = system.publication
        return (
            public_file_address(publication.repository, publication.commit, system.description_path) or None
        )


class SystemDetailSerializer(DescribedSystemSerializer):
    """A system with its whole description and its runs."""

    results = serializers.SerializerMethodField(help_text="Ids of the system's published runs.")

    def get_results(self, system: System) -> list[str]:
        return [run.public_id for run in system.published_runs]


class PublicationSerializer(serializers.Serializer):
    """What one submitter published in one division of one round."""

    round = serializers.CharField(source="round_id")
    division = serializers.ChoiceField(choices=Division.choices)
    submitter = serializers.CharField(source="submitter.slug")
    submitter_directory = serializers.CharField()
    provenance = serializers.ChoiceField(choices=Provenance.choices)
    repository = Stated()
    commit = Stated()
    archive_sha256 = Stated("The archive that was read; null while the figures stand on the shipped copy.")
    url = serializers.SerializerMethodField(help_text="The folder in the public repository.")

    def get_url(self, publication: Publication) -> str | None:
        return public_tree_address(publication.repository, publication.commit) or None


class DerivedInputSerializer(serializers.Serializer):
    """What a derived figure is computed from; null where it was not measured or nobody states it."""

    name = serializers.CharField()
    value = number()
    unit = serializers.CharField()


class DerivedFigureSerializer(serializers.Serializer):
    """A figure computed from the numbers of one result. Not measured, and not verified by MLCommons."""

    name = serializers.CharField()
    value = number("Null exactly where refusal says why.")
    unit = serializers.CharField()
    direction = serializers.ChoiceField(choices=["lower", "higher"])
    inputs = DerivedInputSerializer(many=True)
    refusal = Stated("Why there is no value.")
    remark = Stated("Why a value is to be doubted.")
    formula = serializers.CharField()
    reference = serializers.CharField()
    method = serializers.CharField(help_text="Where the formula is explained.")


class ResultSerializer(EntrySerializer):
    """One published run in full. The instance is its leaderboard entry; ``findings`` come with the context."""

    measurements = MeasurementSerializer(many=True, source="run.measurements")
    publication = PublicationSerializer(source="run.system.publication")
    system_under_test = DescribedSystemSerializer(source="run.system")
    runner = Stated(source="run.runner")
    runner_version = Stated(source="run.runner_version")
    energy_monitor = Stated(source="run.energy_monitor")
    folder = serializers.CharField(
        source="run.folder", help_text="Relative to the top of the round's repository."
    )
    folder_url = serializers.SerializerMethodField(help_text="The folder in the public repository.")
    performance_log_sha256 = Stated(source="run.performance_log_sha256")
    windows = serializers.ListField(
        child=serializers.DictField(),
        source="run.windows",
        help_text="Timed windows; units stand in the keys.",
    )
    notes = serializers.DictField(
        source="run.facts", help_text="What else the submitted files state, by name."
    )

    status = serializers.ChoiceField(choices=Run.Status.choices, source="run.status")
    status_reason = Stated("Why it no longer counts.", source="run.status_reason")
    moved_to = Stated("Id of the result in the open division that counts instead.", source="run.moved_to")
    history = serializers.SerializerMethodField(
        help_text="What happened since it was published, newest first."
    )
    derived = serializers.SerializerMethodField(help_text="Figures that follow from it, by id.")
    reproduced_by = serializers.SerializerMethodField(
        help_text="Ids of results that measured the same again."
    )
    reproduces = serializers.SerializerMethodField(help_text="Ids of results that this one measured again.")

    @extend_schema_field(ChangeSerializer(many=True))
    def get_history(self, entry: LeaderboardEntry) -> list[dict[str, Any]]:
        return ChangeSerializer(self.context["detail"].history, many=True).data

    @extend_schema_field(serializers.DictField(child=DerivedFigureSerializer()))
    def get_derived(self, entry: LeaderboardEntry) -> dict[str, dict[str, object]]:
        found: dict[str, dict[str, object]] = self.context["derived"]
        return found

    def get_reproduced_by(self, entry: LeaderboardEntry) -> list[str]:
        return [run.public_id for run in self.context["detail"].reproductions]

    def get_reproduces(self, entry: LeaderboardEntry) -> list[str]:
        return [run.public_id for run in self.context["detail"].originals]

    @extend_schema_field(FindingSerializer(many=True))
    def get_findings(self, entry: LeaderboardEntry) -> list[dict[str, Any]]:
        return FindingSerializer(self.context["findings"], many=True).data

    def get_folder_url(self, entry: LeaderboardEntry) -> str | None:
        publication = entry.run.system.publication
        return public_tree_address(publication.repository, publication.commit, entry.run.folder) or None
