"""What a table of self-reported results says of a run besides its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from results.domain.metrics import METRICS

_LABELS = {
    "notes": "Notes", "repeats": "Repeats", "instruments": "Instruments", "model": "Network", "model_file": "File of the network",
    "model_sha256": "SHA-256 of the network", "dataset": "Dataset", "batch": "Batch",
    "flash_bytes": "Flash, bytes", "metric_names": "Metrics as named by the source", "sources": "Published before",
}  # fmt: skip
_BY_METRIC = frozenset({"repeats", "instruments", "metric_names"})
"""Facts that are written metric by metric, as ``latency_ms: 5; top1_pct: 1``."""


def stated_facts(facts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(label, text) of each fact of a run that its table states; nothing for runs of a round."""
    if "benchmark_version" not in facts:  # only tables state it run by run
        return
    for name, label in _LABELS.items():
        if text := facts.get(name):
            yield label, _in_words(text) if name in _BY_METRIC else text


def _in_words(text: str) -> str:
    """``Latency 5, Top-1 1``; a single word where all metrics say the same."""
    parts = [part.split(": ", 1) for part in text.split("; ")]
    if any(len(part) != 2 or part[0] not in METRICS for part in parts):
        return text
    if len({said for _, said in parts}) == 1:
        return parts[0][1]
    return ", ".join(f"{METRICS[metric].name} {said}" for metric, said in parts)
