"""The facts of an analysed model, as :func:`results.domain.model_facts_data.facts_json` writes them."""

from __future__ import annotations

from rest_framework import serializers

from results.domain.model_facts import COUNTED_KINDS, LayerKind, Runtime, TensorRole

from .bodies import ArchiveField, BodySerializer


class ModelBodySerializer(BodySerializer):
    """A model file to be analysed."""

    model = ArchiveField(help_text=".tflite or .onnx, with its weights inside.")


def _count(text: str, *, nullable: bool = False) -> serializers.IntegerField:
    return serializers.IntegerField(help_text=text, allow_null=nullable)


def _shape() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.IntegerField(), allow_null=True, help_text="null: the file does not tell."
    )


class FileFactsSerializer(serializers.Serializer):
    """The file itself; it is deleted once it has been read."""

    format = serializers.ChoiceField(["tflite", "onnx"])
    version = serializers.CharField()
    producer = serializers.CharField(help_text="What made the file, as it says; empty where it does not.")
    bytes = serializers.IntegerField()
    sha256 = serializers.CharField()


class MissingSerializer(serializers.Serializer):
    """A figure that the file does not give."""

    what = serializers.CharField()
    why = serializers.CharField()


class KindMacsSerializer(serializers.Serializer):
    """The counted MACs of one kind of layer."""

    dense = serializers.IntegerField()
    effective = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True, help_text="Of the counted dense MACs, 0 to 1.")


class MacsSerializer(serializers.Serializer):
    """Multiply-accumulates of one inference."""

    dense = _count("All of them; null when those of any operator are unknown.", nullable=True)
    effective = _count("Without channels that are constants; null when unknown.", nullable=True)
    counted = _count("Those that are known: a lower bound where dense is null.")
    by_kind = serializers.DictField(
        child=KindMacsSerializer(),
        help_text=f"By {', '.join(COUNTED_KINDS)}; kinds that do not occur are left out.",
    )


class ActivationBytesSerializer(serializers.Serializer):
    """Sizes of activations that no runtime changes."""

    written = _count("What all operators write in one inference.", nullable=True)
    peak_live = _count("The most that is alive at once.", nullable=True)
    state = _count("Kept from one inference to the next.", nullable=True)


class MemorySerializer(serializers.Serializer):
    """Activation memory under one runtime."""

    runtime = serializers.ChoiceField([str(runtime) for runtime in Runtime])
    label = serializers.CharField()
    low_bytes = _count("Least; null without an estimate.", nullable=True)
    typical_bytes = _count("Where most models of the calibration stand; null without one.", nullable=True)
    high_bytes = _count("Most; null without an estimate.", nullable=True)
    basis = serializers.CharField(help_text="How it is estimated, or why it is not.")


class TensorSerializer(serializers.Serializer):
    """One tensor. Real value = scale × (stored − zero point)."""

    name = serializers.CharField()
    role = serializers.ChoiceField([str(role) for role in TensorRole])
    type = serializers.CharField()
    shape = _shape()
    bytes = serializers.IntegerField(allow_null=True)
    scale = serializers.FloatField(allow_null=True, help_text="null: not quantised, or one for each channel.")
    zero_point = serializers.IntegerField(allow_null=True)
    scales = _count("How many scales there are.")


class LayerSerializer(serializers.Serializer):
    """One operator, in the order of the file."""

    number = _count("From 1.")
    name = serializers.CharField(help_text="Name of its first output.")
    operator = serializers.CharField()
    kind = serializers.ChoiceField([str(kind) for kind in LayerKind])
    input_shape, output_shape, kernel = _shape(), _shape(), _shape()
    macs = _count("null: unknown, never 0.", nullable=True)
    effective_macs = _count("null: unknown.", nullable=True)
    parameters, weight_bytes, weights = (serializers.IntegerField() for _ in range(3))
    zero_weights = _count("null: the weights cannot be read.", nullable=True)
    channels = _count("Output channels of a layer with weights.", nullable=True)
    dead_channels = _count("Those that are constants.", nullable=True)
    activation_type, weight_type = serializers.CharField(), serializers.CharField()
    output_bytes = serializers.IntegerField(allow_null=True)
    fused = serializers.BooleanField(help_text="Worked out beforehand, or run inside its neighbour.")


class FactsSerializer(serializers.Serializer):
    """What a model file states, counted without running it. null is unknown and is named under `missing`."""

    file = FileFactsSerializer()
    complete = serializers.BooleanField()
    missing = MissingSerializer(many=True)
    unsupported_operators = serializers.ListField(child=serializers.CharField())
    notes = serializers.ListField(child=serializers.CharField())
    numeric_format = serializers.CharField(
        help_text="int8, int16, float32 …, mixed, or unknown: type of all that is multiplied."
    )
    macs = MacsSerializer()
    parameters = _count("Each tensor once.")
    weight_bytes = _count("Each stored buffer once.")
    weights = _count("Elements of filters and matrices.")
    zero_weights = _count("How many of them are zero.", nullable=True)
    zero_weight_share = serializers.FloatField(allow_null=True, help_text="0 to 1.")
    activation_bytes = ActivationBytesSerializer()
    memory = MemorySerializer(many=True)
    operators = serializers.DictField(child=serializers.IntegerField(), help_text="How often each occurs.")
    inputs, outputs = TensorSerializer(many=True), TensorSerializer(many=True)
    layers = LayerSerializer(many=True)
    tensors = TensorSerializer(many=True)


class ModelAnalysisSerializer(serializers.Serializer):
    """The facts of one model, and until when they are kept."""

    id = serializers.CharField(
        help_text="Whoever knows it may read the facts, unless an account sent the model."
    )
    filename = serializers.CharField()
    expires_at = serializers.DateTimeField()
    page = serializers.CharField(help_text="The same for people.")
    facts = FactsSerializer()
