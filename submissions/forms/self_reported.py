"""The two ways to hand in a self-reported result: a table, or a form that writes the same table."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any, BinaryIO

from django import forms
from django.core.files.uploadedfile import UploadedFile

from results.catalog.reader import catalogue
from results.domain.metrics import METRICS
from submissions.formats.mlperf_tiny.numbers import parse_number
from submissions.formats.tabular.columns import COLUMNS, REFERENCE_MODEL, UNITS, VERSION, VERSION_COLUMN
from submissions.formats.tabular.packing import write_csv
from submissions.models import Membership, Organisation, OrganisationRole, User
from submissions.rules.rulebook import available_rounds

OTHER_DEVICE = "other"
_METRICS = tuple(metric for metric in UNITS if metric not in ("sww_period_s", "energy_throughput_inf_per_s"))
_ASCII = frozenset({"us", "uJ", "uJ/inf", "nJ", "µJ", "mJ", "J", "uW", "1/s", "1", "fraction"})
"""Second spellings of units, accepted in tables and not offered here."""
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_TABLE_NAMES = frozenset({"results.csv", "results.json"})


_FIRST_OF_METRIC = 3
"""Value, unit and how stand in the open; instrument, repeats and evidence are folded."""
_PARTS = (
    ("System", ("organisation", "system", "device", "device_other", "clock_mhz", "software", "precision"),
     ("software_version", "compiler", "accelerator_clock_mhz", "availability")),
    ("Run", ("benchmark_version", "model", "model_file"), ("reproduces",)),
    ("Energy and evidence", ("supply_voltage_mv", "energy_scope", "evidence"), ("notes",)),
)  # fmt: skip
"""(heading, fields, folded fields) of what does not belong to one metric."""


@dataclass(frozen=True, slots=True)
class FormPart:
    """Fields under one heading; ``more`` are folded until one of them is in use."""

    title: str
    fields: list[forms.BoundField]
    more: list[forms.BoundField]

    @property
    def more_in_use(self) -> bool:
        return any(_in_use(field) for field in self.more)

    @property
    def in_use(self) -> bool:
        """Whether the part of a metric holds a value, or anything that is wrong."""
        return bool(self.fields[0].value()) or any(field.errors for field in self.fields) or self.more_in_use


def _in_use(field: forms.BoundField) -> bool:
    return bool(field.errors or (field.form.is_bound and field.value()))


def _own_metrics(benchmark: str) -> frozenset[str]:
    """What a result of ``benchmark`` is compared by. A stream has a power and a duty cycle, no energy per inference."""
    quality = catalogue().benchmarks[benchmark].quality_metric
    if quality == "fp_fn":
        own = {"average_power_mw", "sww_false_positives", "sww_false_negatives", "sww_duty_cycle"}
    else:
        own = {"energy_uj_per_inf", quality}
    return frozenset({"latency_ms", *own})


class ManyFilesInput(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """All files that were sent under ``name``."""
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class ManyFilesField(forms.FileField):
    """Several files, as a list; their names must be plain and differ."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """The files in the order in which they were chosen."""
        files = [super(ManyFilesField, self).clean(item, initial) for item in data or []]
        names = [file.name for file in files]
        wrong = [name for name in names if not _FILE_NAME.fullmatch(name) or name in _TABLE_NAMES]
        if wrong or len({name.lower() for name in names}) < len(names):
            raise forms.ValidationError(
                "Give each file another plain name: letters, digits, dot, hyphen and underscore."
            )
        return files


def sending_organisations(user: User) -> list[Organisation]:
    """The organisations that ``user`` may send submissions for, by name."""
    roles = (OrganisationRole.SUBMITTER, OrganisationRole.OWNER)
    found = Membership.objects.filter(user=user, role__in=roles).select_related("organisation")
    return sorted((entry.organisation for entry in found), key=lambda organisation: organisation.name)


class _Sent(forms.Form):
    """What both ways ask for."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), empty_label=None)
    benchmark_version = forms.ChoiceField(
        label="Version of the benchmark", help_text="round whose rules and evaluation set you followed"
    )

    def __init__(self, *args: Any, user: User, **named: Any) -> None:
        super().__init__(*args, **named)
        ours = [organisation.pk for organisation in sending_organisations(user)]
        self.fields["organisation"].queryset = Organisation.objects.filter(pk__in=ours).order_by("name")  # type: ignore[attr-defined]
        rounds = [name for name in reversed(available_rounds()) if name in catalogue().rounds]
        self.fields["benchmark_version"].choices = [(name, name) for name in rounds]  # type: ignore[attr-defined]


class TableForm(_Sent):
    """A table, alone or in an archive with the files that it cites."""

    table = forms.FileField(
        help_text="results.csv or results.json; or a .zip or .tar.gz that holds it with its evidence"
    )


class ResultForm(_Sent):
    """One run of one system, field by field. `files_of_archive` gives the archive that a table would have come in."""

    system = forms.RegexField(r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=60, label="Name of the system",
                              help_text="yours to choose: letters, digits, dot, hyphen, underscore")  # fmt: skip
    device = forms.ChoiceField()
    device_other = forms.CharField(label="Name of another board", required=False, max_length=120)
    clock_mhz = forms.CharField(label="Clock in MHz", required=False, max_length=20)
    accelerator_clock_mhz = forms.CharField(
        label="Clock of the accelerator in MHz", required=False, max_length=20
    )
    supply_voltage_mv = forms.CharField(label="Supply in mV", required=False, max_length=20,
                                        help_text="where the energy was measured")  # fmt: skip
    software = forms.CharField(label="Inference framework", required=False, max_length=100)
    software_version = forms.CharField(label="Version of the framework", required=False, max_length=60)
    compiler = forms.CharField(label="Compiler and options", required=False, max_length=200)
    precision = forms.CharField(
        label="Numeric format", required=False, max_length=60, help_text="such as int8"
    )
    availability = forms.ChoiceField(required=False, choices=[
        ("", "not stated"), ("available", "available"), ("preview", "preview"), ("rdi", "research, development, internal"),
    ])  # fmt: skip
    benchmark = forms.ChoiceField(widget=forms.HiddenInput)
    model = forms.CharField(label="Name of the network", initial=REFERENCE_MODEL, max_length=100,
                            help_text="“reference” for the benchmark’s own network")  # fmt: skip
    model_file = forms.FileField(
        label="File of the network", required=False, help_text="needed unless it is the reference"
    )
    energy_scope = forms.ChoiceField(label="The energy includes", required=False, choices=[
        ("", "no energy stated"), ("chip-rail", "the chip’s supply rail"), ("board", "the whole board"),
    ])  # fmt: skip
    evidence = ManyFilesField(
        label="Evidence files", required=False, help_text="logs, exports of the instrument; several at once"
    )
    reproduces = forms.RegexField(r"^[A-Za-z0-9][A-Za-z0-9._-]*$", required=False, max_length=220,
                                  label="Reproduces", help_text="public id of the result that this run repeats")  # fmt: skip
    notes = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, user: User, **named: Any) -> None:
        super().__init__(*args, user=user, **named)
        known = catalogue()
        devices = sorted(
            ((slug, entry.name) for slug, entry in known.devices.items()), key=lambda pair: pair[1]
        )
        self.fields["device"].choices = [("", "choose a device"), *devices, (OTHER_DEVICE, "another board")]  # type: ignore[attr-defined]
        since = [
            (entry.id, entry.name) for entry in known.benchmarks.values() if entry.since_round in known.rounds
        ]
        self.fields["benchmark"].choices = since  # type: ignore[attr-defined]
        self.fields["benchmark"].initial = since[0][0]
        for metric in _METRICS:
            self._add_metric(metric)

    def _add_metric(self, metric: str) -> None:
        units = [unit for unit in UNITS[metric] if unit not in _ASCII]
        parts: dict[str, forms.Field] = {
            "value": forms.CharField(label="Value", required=False, max_length=40),
            "unit": forms.ChoiceField(
                label="Unit", required=False, choices=[(unit, unit or "none") for unit in units]
            ),
            "how": forms.ChoiceField(
                label="How", choices=[(how, how) for how in COLUMNS["how"].choices], required=False
            ),
            "instrument": forms.CharField(label="Instrument", required=False, max_length=100),
            "repeats": forms.IntegerField(label="Repeats", required=False, min_value=1, max_value=10**8),
            "evidence_file": forms.CharField(label="Evidence file", required=False, max_length=100),
            "evidence_line": forms.IntegerField(label="Line", required=False, min_value=1, max_value=10**8),
        }
        for name, field in parts.items():
            self.fields[f"{metric}-{name}"] = field

    @property
    def chosen(self) -> str:
        """The benchmark that the form is for: its id, the first one for an unknown id."""
        known = [key for key, _ in self.fields["benchmark"].choices]  # type: ignore[attr-defined]
        value = self["benchmark"].value()
        return value if value in known else known[0]

    @property
    def parts(self) -> list[FormPart]:
        """The fields in the order of the page, those of metrics apart."""
        return [
            FormPart(title, [self[name] for name in names], [self[name] for name in more])
            for title, names, more in _PARTS
        ]

    @property
    def own_metrics(self) -> list[FormPart]:
        """The metrics that the chosen benchmark is measured by."""
        return [self._metric_part(metric) for metric in _METRICS if metric in _own_metrics(self.chosen)]

    @property
    def other_metrics(self) -> list[FormPart]:
        return [self._metric_part(metric) for metric in _METRICS if metric not in _own_metrics(self.chosen)]

    @property
    def others_in_use(self) -> bool:
        """Whether one of the other metrics holds a value or an error, so that it must not be folded away."""
        return any(part.in_use for part in self.other_metrics)

    def _metric_part(self, metric: str) -> FormPart:
        names = [name for name in self.fields if name.startswith(f"{metric}-")]
        return FormPart(
            METRICS[metric].name, [self[name] for name in names[:_FIRST_OF_METRIC]],
            [self[name] for name in names[_FIRST_OF_METRIC:]],
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Numbers are numbers, and what is cited was uploaded; everything else is said by the rules."""
        data = super().clean() or {}
        if data.get("device") == OTHER_DEVICE and not data.get("device_other"):
            self.add_error("device_other", "Name the board.")
        for name in ("clock_mhz", "accelerator_clock_mhz", "supply_voltage_mv"):
            if data.get(name) and not ((parse_number(data[name]) or 0) > 0):
                self.add_error(name, "Write a positive number with a point, without its unit.")
        if data.get("model") and data["model"] != REFERENCE_MODEL and not data.get("model_file"):
            self.add_error("model_file", "Choose the network’s file, or state the network as “reference”.")
        uploaded = {file.name for file in data.get("evidence") or []}
        stated = [metric for metric in _METRICS if data.get(f"{metric}-value")]
        if not stated:
            raise forms.ValidationError("State at least one value.")
        for metric in stated:
            if parse_number(data[f"{metric}-value"]) is None:
                self.add_error(f"{metric}-value", "Write a number with a point, such as 10.5.")
            cited = data.get(f"{metric}-evidence_file")
            if cited and cited not in uploaded:
                self.add_error(f"{metric}-evidence_file", "Choose this file among the evidence files.")
        return data

    def rows(self) -> list[dict[str, str]]:
        """The rows of the table that a valid form stands for, by column."""
        data = self.cleaned_data
        shared = {
            name: str(data[name])
            for name in COLUMNS
            if data.get(name) and name not in ("model_file", "notes")
        }
        shared[VERSION_COLUMN] = VERSION
        if data["device"] == OTHER_DEVICE:
            shared["device"] = data["device_other"]
        if data.get("model_file"):
            shared["model_file"] = f"model/{_plain(data['model_file'].name)}"
        rows = []
        for metric in _METRICS:
            if not data.get(f"{metric}-value"):
                continue
            own = {name: str(data[f"{metric}-{name}"]) for name in COLUMNS if data.get(f"{metric}-{name}")}
            if cited := own.get("evidence_file"):
                own["evidence_file"] = f"evidence/{cited}"
            rows.append(
                shared
                | own
                | {"metric": metric}
                | ({} if rows else {"notes": " ".join(data["notes"].split())})
            )
        return rows

    def files_of_archive(self) -> dict[str, BinaryIO]:
        """The table, the evidence and the network by their paths in the archive."""
        data = self.cleaned_data
        found: dict[str, Any] = {"results.csv": io.BytesIO(write_csv(self.rows()))}
        found |= {f"evidence/{file.name}": file for file in data["evidence"]}
        if data.get("model_file"):
            found[f"model/{_plain(data['model_file'].name)}"] = data["model_file"]
        return found


def _plain(name: str) -> str:
    """A file's name without what a path in an archive should not hold."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).lstrip(".-") or "model"
