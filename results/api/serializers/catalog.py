"""What is known before any result, as the API writes it."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from results.catalog.reader import catalogue
from results.models import Device, DeviceClass, NeuralModel
from results.selectors.device_columns import number_of_results

from .fields import Address, Stated, count, number


class BenchmarkSerializer(serializers.Serializer):
    """A task with a dataset, a quality metric and a target."""

    id = serializers.CharField()
    name = serializers.CharField()
    question = serializers.CharField(help_text="What the network is asked, in one sentence.")
    description = Stated()
    input_kind = serializers.CharField()
    use_case = serializers.CharField()
    dataset = serializers.CharField()
    evaluation_set = Stated()
    quality_metric = serializers.CharField(help_text="Metric id, or fp_fn for streaming wakeword.")
    closed_target = serializers.FloatField(
        help_text="Least quality in the closed division, in the unit of quality_metric; fp_fn: most of each count."
    )
    reference_model = Stated("Slug of the neural model.", source="reference_model_slug")
    since_round = serializers.CharField()
    url = Address("results-api:benchmark", "id")
    page = Address("results:benchmark", "id", help_text="The page for people.")


class RoundSerializer(serializers.Serializer):
    """One publication round of MLPerf Tiny and the public repository that its figures come from."""

    id = serializers.CharField()
    published_on = serializers.DateField(allow_null=True)
    repository = Stated("owner/name of the public result repository.")
    commit = Stated()
    source_note = Stated()
    results = serializers.IntegerField(help_text="Published runs.", source="result_count")
    url = Address("results-api:round", "id")
    page = Address("results:round", "id", help_text="The page for people.")


class NeuralModelSerializer(serializers.Serializer):
    """A network that is measured; sizes are null where nobody stated or counted them."""

    slug = serializers.CharField()
    name = serializers.CharField()
    architecture = Stated()
    macs = count("Multiply-accumulate operations of one inference, dense: zero weights count.")
    effective_macs = serializers.SerializerMethodField(
        help_text="Without channels whose weights are all zero; null where nobody counted them."
    )
    connection_sparsity = serializers.SerializerMethodField(
        help_text="Share of the int8 weights that are zero, 0 to 1; null where nobody counted them."
    )
    footprint_bytes_int8 = serializers.SerializerMethodField(
        help_text="Bytes of parameters that the int8 file stores; null where nobody counted them."
    )
    parameters = count()
    weight_bytes_int8 = count("Size of the int8 .tflite file.")
    weight_bytes_fp32 = count("Size of the fp32 .tflite file.")
    input_shape = Stated()
    output_shape = Stated()
    source = Stated()
    is_reference = serializers.BooleanField()
    results = serializers.IntegerField(help_text="Published runs.", source="result_count")
    url = Address("results-api:model", "slug")
    page = Address("results:model", "slug", help_text="The page for people.")

    @extend_schema_field({"type": "integer", "nullable": True})
    def get_effective_macs(self, model: NeuralModel) -> int | None:
        known = catalogue().neural_models.get(model.slug)
        return known.effective_macs if known else None

    @extend_schema_field({"type": "number", "nullable": True, "minimum": 0, "maximum": 1})
    def get_connection_sparsity(self, model: NeuralModel) -> float | None:
        known = catalogue().neural_models.get(model.slug)
        return known.connection_sparsity if known else None

    @extend_schema_field({"type": "integer", "nullable": True})
    def get_footprint_bytes_int8(self, model: NeuralModel) -> int | None:
        known = catalogue().neural_models.get(model.slug)
        return known.footprint_bytes if known else None


class SubmitterSerializer(serializers.Serializer):
    """An organisation or person that hands in results."""

    slug = serializers.CharField()
    name = serializers.CharField()
    aliases = serializers.ListField(
        child=serializers.CharField(), help_text="Other spellings in the sources."
    )
    curated = serializers.BooleanField(help_text="False for a name that only a submission states.")
    results = serializers.IntegerField(help_text="Published runs.", source="result_count")
    url = Address("results-api:submitter", "slug")
    page = Address("results:submitter", "slug", help_text="The page for people.")


class DeviceSerializer(serializers.Serializer):
    """The hardware identity: a board or a chip."""

    slug = serializers.CharField()
    name = serializers.CharField()
    short_name = serializers.CharField()
    vendor = Stated()
    device_class = serializers.ChoiceField(choices=DeviceClass.choices)
    soc = Stated()
    board = Stated()
    core = Stated()
    curated = serializers.BooleanField(help_text="False for a device that only a submission names.")
    results = serializers.SerializerMethodField(help_text="Published runs.")
    url = Address("results-api:device", "slug")
    page = Address("results:device", "slug", help_text="The page for people.")

    @extend_schema_field({"type": "integer"})
    def get_results(self, device: Device) -> int:
        return number_of_results(device.slug)


class DeviceFactSerializer(serializers.Serializer):
    """One statement about a device by one source; contradictions stand side by side and are never averaged."""

    field = serializers.CharField()
    value = serializers.CharField()
    unit = Stated()
    source = serializers.CharField()
    source_tier = serializers.IntegerField(help_text="1 vendor … 6 editor's classification.")
    source_kind = Stated()
    note = Stated()


class ScoreSerializer(serializers.Serializer):
    """Normalised score of a system: exp of the mean of ln(reference / value) over the common benchmarks."""

    system = serializers.IntegerField(source="system_id")
    metric = serializers.CharField()
    reference = serializers.CharField(help_text="The fixed reference system and its round.")
    score = number(
        "Dimensionless, above 1 is better than the reference; null unless every benchmark was run."
    )
    covered = serializers.IntegerField(help_text="Benchmarks of the common set that were run …")
    of = serializers.IntegerField(help_text="… of so many.")
    ratios = serializers.DictField(
        child=serializers.FloatField(allow_null=True), help_text="reference / value per benchmark."
    )
    reason = Stated("Why there is no score.")
