"""Requests and answers as the schema shows them: one submission's way from a check to a decided objection."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

_ID, _SHA256 = "u488mjvggjdd", "b8d583e5e3e5e7abf750519966d2148160d98dc5325b7bdd1fa71e9932976aa1"
_RESULT = f"v1.1-closed-acme-acme_board-kws-{_ID}"
_FOLDER = "closed/acme/results/acme_board/kws"

_FINDING = {
    "code": "system.key-missing", "severity": "warning", "file": "closed/acme/systems/acme_board.json", "line": None,
    "expected": "all keys of the template", "found": "1 key missing: “Software Notes”",
    "mend": "Copy the missing lines from the template of the round; leave what does not apply empty.",
    "submitter": "acme", "division": "closed", "system": "acme_board", "run": None,
}  # fmt: skip
_RUN = {
    "division": "closed", "submitter": "acme", "system": "acme_board", "benchmark": "kws", "variant": "",
    "folder": _FOLDER, "runner": "EEMBC", "valid": True,
    "values": [
        {
            "metric": "throughput_inf_per_s", "value": 90.909, "printed": "90.909", "how": "measured",
            "reading": "stated",
            "evidence": [{"file": f"{_FOLDER}/performance/results.txt", "line": 27, "sha256": _SHA256}],
        }
    ],
}  # fmt: skip
_REPORT = {"state": "done", "verdict": "valid", "findings": [_FINDING], "runs": [_RUN], "failure": None}
_VERSION = {
    "number": 2, "state": "queued", "verdict": None, "sha256": _SHA256, "size_bytes": 3434,
    "filename": "acme-mended.zip", "note": "Longer run", "created_at": "2026-11-23T23:59:26.051562Z",
    "finished_at": None, "url": f"/api/v1/submissions/{_ID}/versions/2/",
}  # fmt: skip
_CHECKED = {**_VERSION, "state": "done", "verdict": "valid", "finished_at": "2026-11-23T23:59:26.634010Z"}
_SUBMISSION = {
    "id": _ID, "kind": "round", "round": "v1.1", "organisation": "acme", "submitter": "acme", "state": "received",
    "verdict": None, "version": 2, "received_at": "2026-11-23T23:59:22.813342Z", "handed_in_at": None,
    "url": f"/api/v1/submissions/{_ID}/", "page": f"/submissions/{_ID}/",
}  # fmt: skip
_EVENT = {
    "id": 86, "at": "2026-11-23T23:59:29.290483Z", "kind": "hand-in", "role": "submitter", "version": 2,
    "from_state": "valid", "to_state": "in-review", "detail": "", "data": {"version": 2},
}  # fmt: skip
_STATEMENT = {
    "result": _RESULT, "rule_code": "closed.accuracy-below-target",
    "statement": "The accuracy is that of another model.", "evidence": "results.txt, line 3",
}  # fmt: skip
_OBJECTION = {
    "id": 1, **_STATEMENT, "state": "open", "opened_at": "2026-11-23T23:59:31.214107Z", "decided_at": None,
    "decision": None, "url": "/api/v1/objections/1/", "page": "/objections/1/", "who": "an account holder",
    "statements": [],
}  # fmt: skip
_DECISION = {"outcome": "upheld", "decision": "Line 3 names the model that was measured."}
_DECIDED = {
    **_OBJECTION, "state": "upheld", "decision": _DECISION["decision"], "decided_at": "2026-11-23T23:59:32.502118Z",
}  # fmt: skip
_PREVIEW = {
    "state": "done",
    "looks": 0,
    "runs": [
        {
            "system": "acme_board", "benchmark": "kws", "variant": None, "division": "closed",
            "ranks": [{"name": "Latency", "value": "11.0", "unit": "ms", "rank": "18", "of": 68, "among": ""}],
            "before": None, "before_url": None, "changes": [], "looks": [],
        }
    ],
}  # fmt: skip
_COMPARISON = {
    "from_version": 1, "to_version": 2, "files_added": [], "files_removed": [],
    "files_changed": [f"{_FOLDER}/performance/log.txt", f"{_FOLDER}/performance/results.txt"],
    "findings_gone": [], "findings_new": [],
    "values": [{"run": "closed/acme_board/kws", "metric": "latency_ms", "old": "10.050", "new": "11.000"}],
}  # fmt: skip
_TENSOR = {
    "name": "audio", "role": "input", "type": "int8", "shape": [1, 64], "bytes": 64, "scale": 0.5, "zero_point": -128,
    "scales": 1,
}  # fmt: skip
_LAYER = {
    "number": 1, "name": "scores", "operator": "FULLY_CONNECTED", "kind": "fully-connected", "input_shape": [1, 64],
    "output_shape": [1, 4], "kernel": None, "macs": 256, "effective_macs": 192, "parameters": 260, "weight_bytes": 272,
    "weights": 256, "zero_weights": 70, "channels": 4, "dead_channels": 1, "activation_type": "int8",
    "weight_type": "int8", "output_bytes": 4, "fused": False,
}  # fmt: skip
_MODEL_FACTS = {
    "file": {
        "format": "tflite", "version": "schema 3", "producer": "MLIR Converted.", "bytes": 1320, "sha256": _SHA256,
    },
    "complete": True, "missing": [], "unsupported_operators": [], "notes": [], "numeric_format": "int8",
    "macs": {
        "dense": 256, "effective": 192, "counted": 256,
        "by_kind": {"fully-connected": {"dense": 256, "effective": 192, "share": 1.0}},
    },
    "parameters": 260, "weight_bytes": 272, "weights": 256, "zero_weights": 70, "zero_weight_share": 0.2734375,
    "activation_bytes": {"written": 4, "peak_live": 68, "state": 0},
    "memory": [
        {
            "runtime": "live-set", "label": "Live set", "low_bytes": 68, "typical_bytes": None, "high_bytes": 68,
            "basis": "Every tensor has memory of its own from first to last use, without gaps.",
        }
    ],
    "operators": {"FULLY_CONNECTED": 1}, "inputs": [_TENSOR],
    "outputs": [{**_TENSOR, "name": "scores", "role": "output", "shape": [1, 4], "bytes": 4}], "layers": [_LAYER],
    "tensors": [_TENSOR],
}  # fmt: skip
_ANALYSIS = "cxzu8juubygrjab2q8apxssj"


def _sent(value: dict[str, Any], media_type: str = "application/json") -> OpenApiExample:
    return OpenApiExample("Request", value, request_only=True, media_type=media_type)


def _answered(value: dict[str, Any], status: int = 200) -> OpenApiExample:
    return OpenApiExample("Answer", value, response_only=True, status_codes=[str(status)])


Examples = tuple[OpenApiExample, ...]

CHECK: Examples = (
    _answered(
        {"id": "cxzu8juubygrjab2q8apxssj", **_REPORT, "expires_at": "2026-11-24T00:59:19.507460+00:00"}
    ),
)
SUBMISSION_SENT: Examples = (
    _answered({"submission": {**_SUBMISSION, "version": 1}, "version": {**_VERSION, "number": 1}}, 201),
)
VERSION_SENT: Examples = (_answered({"submission": _SUBMISSION, "version": _VERSION}, 201),)
REPORT: Examples = (_answered({**_REPORT, "version": _CHECKED}),)
PREVIEW: Examples = (_answered(_PREVIEW),)
COMPARISON: Examples = (_answered(_COMPARISON),)
EDIT: Examples = (_sent({"title": "Second board", "reason": "It had no title."}),)
MESSAGE: Examples = (
    _sent({"body": "Thank you, all clear."}),
    _answered(
        {"id": 16, "at": "2026-11-23T23:59:29.885203Z", "role": "reviewer", "version": 2, "body": "Thank you, all clear."},
        201,
    ),
)  # fmt: skip
ACTION: Examples = (_sent({"action": "hand-in"}), _answered({"state": "in-review", "event": _EVENT}))
OBJECTION: Examples = (_sent(_STATEMENT), _answered(_OBJECTION, 201))
STATEMENT: Examples = (_sent({"body": "Line 3 is of the run that was measured."}),)
DECISION: Examples = (_sent(_DECISION), _answered(_DECIDED))
MODEL_ANALYSED: Examples = (
    _answered(
        {
            "id": _ANALYSIS, "filename": "wake.tflite", "expires_at": "2026-11-25T00:59:19.507460+00:00",
            "page": f"/models/analyse/{_ANALYSIS}/", "facts": _MODEL_FACTS,
        },
        201,
    ),
)  # fmt: skip
