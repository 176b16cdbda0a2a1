"""The form of a model that is to be analysed."""

from __future__ import annotations

from django import forms


class AnalyseModelForm(forms.Form):
    """One model file."""

    model = forms.FileField(
        label="Model file",
        allow_empty_file=True,  # an empty file is something to report, like all that is wrong with one
        help_text=".tflite (TensorFlow Lite, LiteRT) or .onnx with its weights inside",
    )
