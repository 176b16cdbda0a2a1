"""Bytes of a model file → facts: the one entrance. Whatever the bytes are, the answer is facts or a ModelError."""

from __future__ import annotations

import hashlib
import struct

from results.domain.model_facts import ModelFacts

from . import limits
from .errors import ModelError
from .facts import facts_of
from .graph import Graph

SUFFIXES = (".tflite", ".onnx")


def analyse(data: bytes) -> ModelFacts:
    """Everything that the file tells; nothing of it is ever run.

    Raises ModelError for what is no model, damaged or beyond the limits; MemoryError where memory is bounded.
    """
    graph = read_graph(data)
    try:
        return facts_of(graph, sha256=hashlib.sha256(data).hexdigest(), file_bytes=len(data))
    except (ModelError, MemoryError):
        raise
    except Exception as fault:
        raise _damaged(graph.file_format, fault) from fault


def read_graph(data: bytes) -> Graph:
    """The graph of a .tflite or .onnx file, told apart by content."""
    if len(data) > limits.FILE_BYTES:
        raise ModelError(
            "the file", expected=f"at most {limits.FILE_BYTES:,} bytes", found=f"{len(data):,} bytes",
            mend="Models for microcontrollers are smaller; leave out training data and optimiser state.",
        )  # fmt: skip
    is_tflite = data[4:8] == b"TFL3"
    kind = "tflite" if is_tflite else "onnx"
    try:
        if is_tflite:
            from .tflite_reader import (
                read_tflite,  # the schema of one format is loaded for a file of that format only
            )

            return read_tflite(data)
        from .onnx_reader import read_onnx

        return read_onnx(data)
    except (ModelError, MemoryError):
        raise
    # The accessors of both schemas follow whatever the bytes say; what they raise on nonsense is no finite list.
    except Exception as fault:
        raise _damaged(kind, fault) from fault


def _damaged(kind: str, fault: Exception) -> ModelError:
    points_outside = isinstance(fault, struct.error | IndexError | ValueError | OverflowError)
    found = (
        "a place that points outside the file or into other data" if points_outside else "damaged structure"
    )
    return ModelError(
        f"the .{kind} file", expected="a whole, undamaged file", found=f"{found} ({type(fault).__name__})",
        mend="The file was cut off or altered on its way; send it again from where it was made.",
    )  # fmt: skip
