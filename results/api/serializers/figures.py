"""An external figure: what a vendor or a paper published outside the rounds."""

from __future__ import annotations

from rest_framework import serializers

from results.domain.figures import FIGURE_COLUMNS, FIGURE_METRICS, Batch, Quarantine
from results.models import EXTERNAL_PROVENANCES

from .fields import Address, Stated, count, number

_C = FIGURE_COLUMNS


PROVENANCES = [one.value for one in EXTERNAL_PROVENANCES]


class FigureSerializer(serializers.Serializer):
    """One value that somebody published. Not reviewed, not MLPerf; a quarantined one is never used."""

    id = serializers.CharField(source="key", help_text="Stable key of the row.")
    provenance = serializers.ChoiceField(choices=PROVENANCES)
    model = serializers.CharField(source="model.slug", help_text="Network on this site.")
    model_stated = serializers.CharField(help_text=_C["model_stated"])
    family = serializers.CharField(source="model.family", help_text=_C["family"])
    task = Stated(_C["task"], source="model.task")
    dataset = Stated(_C["dataset"])
    input = Stated(_C["input"])
    device = serializers.CharField(
        source="device.slug", default=None, allow_null=True, help_text="Device of the catalogue where it is the same board."
    )  # fmt: skip
    device_stated = Stated(_C["device"], source="device_name")
    clock_mhz = number(_C["clock_mhz"])
    engine = Stated(_C["engine"])
    software = Stated(_C["software"])
    software_version = Stated(_C["software_version"])
    precision = Stated(_C["precision"])
    batch = count(_C["batch"])
    batch_choice = serializers.SerializerMethodField(help_text=_C["batch_choice"])
    metric = serializers.ChoiceField(choices=list(FIGURE_METRICS))
    metric_stated = Stated(_C["metric_stated"])
    value = number(_C["value"])
    unit = serializers.CharField(source="measures.unit", help_text="Unit of the value.")
    raw = serializers.CharField(help_text=_C["raw"])
    quarantine = serializers.SerializerMethodField(help_text="Why the row is never used; null: it may be.")
    quarantine_reason = Stated("The same with its numbers.", source="quarantine_text")
    source = serializers.CharField(help_text=_C["source"])
    commit = Stated(_C["commit"])
    path = serializers.CharField(help_text=_C["path"])
    locator = Stated(_C["locator"])
    dated = serializers.DateField(allow_null=True, help_text=_C["dated"])
    address = serializers.URLField(help_text="The file on the web.")
    url = Address("results-api:figure", "key")

    def get_batch_choice(self, figure: object) -> Batch | None:
        return getattr(figure, "batch_choice", "") or None

    def get_quarantine(self, figure: object) -> Quarantine | None:
        return getattr(figure, "quarantine", "") or None
