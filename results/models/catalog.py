"""What is known before any result: benchmarks, neural models, devices, rounds, submitters."""

from __future__ import annotations

from django.db import models
from django.urls import reverse


class Benchmark(models.Model):
    """A task with a dataset, a quality metric and a target."""

    id = models.SlugField(primary_key=True, max_length=16)
    name = models.CharField(max_length=80)
    question = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    input_kind = models.CharField(max_length=40)
    use_case = models.CharField(max_length=80)
    dataset = models.CharField(max_length=120)
    evaluation_set = models.CharField(max_length=200, blank=True)
    quality_metric = models.CharField(max_length=40, help_text="metric id, or fp_fn for streaming wakeword")
    closed_target = models.FloatField(
        help_text="in the unit of quality_metric; fp_fn: the limit for each count"
    )
    reference_model = models.ForeignKey("NeuralModel", null=True, on_delete=models.PROTECT, related_name="+")
    since_round = models.CharField(max_length=8)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("results:benchmark", args=[self.pk])


class NeuralModel(models.Model):
    """A network that is measured. Sizes are NULL where nobody has stated or counted them."""

    slug = models.SlugField(unique=True, max_length=60)
    name = models.CharField(max_length=120)
    architecture = models.CharField(max_length=120, blank=True)
    macs = models.BigIntegerField(null=True)
    parameters = models.BigIntegerField(null=True)
    weight_bytes_int8 = models.BigIntegerField(null=True, help_text="size of the int8 .tflite file")
    weight_bytes_fp32 = models.BigIntegerField(null=True, help_text="size of the fp32 .tflite file")
    input_shape = models.CharField(max_length=40, blank=True)
    output_shape = models.CharField(max_length=40, blank=True)
    source = models.TextField(blank=True)
    is_reference = models.BooleanField(default=False)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return f"{self.name} ({self.slug})"

    def get_absolute_url(self) -> str:
        return reverse("results:model", args=[self.slug])


class DeviceClass(models.TextChoices):
    """The kinds of hardware, each with its own shape and colour in plots."""

    MCU = "mcu", "MCU"
    MCU_NPU = "mcu-npu", "MCU + NPU"
    MCU_DSP = "mcu-dsp", "MCU + DSP"
    NPU = "npu", "NPU"
    FPGA = "fpga", "FPGA"
    FPGA_SOFTCORE = "fpga-softcore", "FPGA soft core"
    LINUX_SOC = "linux-soc", "Linux SoC"
    MOBILE_NPU = "mobile-npu", "Mobile NPU"
    IN_MEMORY = "in-memory", "In-memory"
    EVENT_BASED = "event-based", "Event-based"
    UNCURATED = "uncurated", "Not yet classified"


class Device(models.Model):
    """The hardware identity: a board or a chip. ``curated`` is false for one that only a submission names."""

    slug = models.SlugField(unique=True, max_length=80)
    name = models.CharField(max_length=160)
    short_name = models.CharField(max_length=60)
    vendor = models.CharField(max_length=120, blank=True)
    device_class = models.CharField(max_length=20, choices=DeviceClass)
    soc = models.CharField(max_length=160, blank=True)
    board = models.CharField(max_length=160, blank=True)
    core = models.CharField(max_length=200, blank=True)
    curated = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(device_class__in=DeviceClass.values), name="device_class_is_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(curated=True, device_class="uncurated"), name="device_curated_has_a_class"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("results:device", args=[self.slug])


class DeviceFact(models.Model):
    """One statement about a device by one source. Contradictions stand as several rows and are never averaged."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="facts")
    field = models.CharField(max_length=60)
    value = models.TextField()
    unit = models.CharField(max_length=40, blank=True)
    source = models.TextField()
    source_tier = models.PositiveSmallIntegerField(help_text="1 vendor … 6 editor's classification")
    source_kind = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(source_tier__gte=1, source_tier__lte=6), name="device_fact_tier_1_to_6"
            ),
            models.CheckConstraint(condition=~models.Q(value=""), name="device_fact_has_a_value"),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.value} {self.unit}".strip()


class Round(models.Model):
    """One publication round of MLPerf Tiny, with the public repository that its figures come from."""

    id = models.CharField(primary_key=True, max_length=8, help_text="v0.5 … v1.3")
    published_on = models.DateField(null=True)
    repository = models.CharField(max_length=120, help_text="owner/name of the public result repository")
    commit = models.CharField(max_length=40, blank=True)
    source_note = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.id

    def get_absolute_url(self) -> str:
        return reverse("results:round", args=[self.pk])


class Submitter(models.Model):
    """An organisation or person that hands in results; aliases are the spellings of folders and descriptions."""

    slug = models.SlugField(unique=True, max_length=60)
    name = models.CharField(max_length=120)
    aliases = models.JSONField(default=list)
    curated = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("results:submitter", args=[self.slug])


class CatalogueState(models.Model):
    """Which catalogue files and published figures the database holds, so that a start does no work twice."""

    name = models.CharField(primary_key=True, max_length=40)
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.name} {self.sha256[:12]}"
