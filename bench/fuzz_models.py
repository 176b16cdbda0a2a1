"""Damaged model files through the static analysis: how many are read, refused, or bring it down, and at what cost.

    python bench/fuzz_models.py [--cases 5000] [--seed 0] [--child 100] [--keep FOLDER] [FILE …]

makes CASES files out of the given .tflite and .onnx files (without any: out of models made here) by flipping bits, cutting
off, splicing, overwriting lengths and offsets, and adds protobuf nested thousands deep and shapes of absurd size. Each is
analysed in a process of its own kind, bounded in memory and watched by a clock; every CASES / CHILD-th also goes through
the isolated child that serves the site. Prints, as Markdown, counts and the peak memory. A crash is anything but facts or
a ModelError: an exception, a signal, a run out of time. Files that crash are kept in FOLDER. The exit code is 1 when
there was any.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import select
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

MEMORY_BYTES = 1 << 30
CASE_S = 15
EXTREMES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)

Mutation = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


def flipped(dice: random.Random, data: bytes, _pool: Sequence[bytes]) -> bytes:
    """One to 64 bits, half of the time near the start, where structure is."""
    changed = bytearray(data)
    reach = len(changed) if dice.random() < 0.5 else min(len(changed), 4096)
    for _ in range(dice.choice((1, 2, 8, 64))):
        changed[dice.randrange(reach)] ^= 1 << dice.randrange(8)
    return bytes(changed)


def cut(dice: random.Random, data: bytes, _pool: Sequence[bytes]) -> bytes:
    return data[: dice.randrange(len(data))]


def spliced(dice: random.Random, data: bytes, pool: Sequence[bytes]) -> bytes:
    """A piece of one file in the place of a piece of another."""
    other = dice.choice(pool)
    start, end = sorted(dice.randrange(len(other) + 1) for _ in range(2))
    at = dice.randrange(len(data))
    return data[:at] + other[start:end] + data[at + dice.choice((0, end - start)) :]


def lengthened(dice: random.Random, data: bytes, _pool: Sequence[bytes]) -> bytes:
    """Words where lengths, offsets and counts stand, overwritten with extreme or shifted values."""
    changed = bytearray(data)
    reach = len(changed) - 8 if dice.random() < 0.5 else min(len(changed) - 8, 8192)
    for _ in range(dice.choice((1, 1, 2, 4, 16))):
        at = dice.randrange(max(reach, 1))
        at -= at % dice.choice((1, 2, 4))
        old = int.from_bytes(changed[at : at + 4], "little")
        value = dice.choice(
            (*EXTREMES, old + 1, old - 1, old * 2, old ^ 0xFFFF, len(data), dice.getrandbits(32))
        )
        width = dice.choice((1, 2, 4))
        changed[at : at + width] = (value & (1 << 8 * width) - 1).to_bytes(width, "little")
    return bytes(changed)


def _field(number: int, content: bytes) -> bytes:
    length, size = b"", len(content)
    while size > 127:
        length += bytes([size & 127 | 128])
        size >>= 7
    return bytes([number << 3 | 2]) + length + bytes([size]) + content


def nested(dice: random.Random, _data: bytes, _pool: Sequence[bytes]) -> bytes:
    """A graph within an attribute of a node of a graph, and so on."""
    graph = _field(1, _field(4, b"Relu"))
    for _ in range(dice.choice((50, 99, 101, 1_000, 10_000))):
        graph = _field(1, _field(4, b"If") + _field(5, _field(1, b"g") + _field(6, graph)))
        if len(graph) > 1 << 20:
            break
    return b"\x08\x08" + _field(7, graph)


def shape_bomb(dice: random.Random, _data: bytes, _pool: Sequence[bytes]) -> bytes:
    """Small files that claim, or lead to, tensors of absurd size."""
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper

    from tests.submissions.formats.neural_models.tflite_files import TfliteFile

    size = dice.choice((1 << 10, 1 << 16, 1 << 20, 1 << 31, 1 << 40, 1 << 62))
    rank = dice.choice((1, 2, 4, 8, 9, 200))
    if dice.random() < 0.4:
        made = TfliteFile()
        x = made.tensor("x", [min(size, (1 << 31) - 1)] * rank)
        y = made.tensor("y", [min(size, (1 << 31) - 1)] * rank)
        made.inputs, made.outputs = [x], [y]
        made.operator(dice.choice(("RELU", "SOFTMAX", "ADD")), [x, x], [y])
        return made.content()
    shape = numpy_helper.from_array(np.array([min(size, 1 << 40)] * min(rank, 8), np.int64), "shape")
    operator, inputs = dice.choice(
        (("ConstantOfShape", ["shape"]), ("Expand", ["x", "shape"]), ("Tile", ["x", "shape"]), ("Relu", ["x"]),
         ("Range", ["x", "x", "x"]), ("Reshape", ["x", "shape"]))
    )  # fmt: skip
    nodes = [helper.make_node(operator, inputs, ["y"])]
    nodes += [helper.make_node("Concat", ["y"] * dice.choice((1, 2, 400)), ["z"], axis=0)]
    graph = helper.make_graph(
        nodes, "bomb", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [min(size, (1 << 62))] * rank)],
        [helper.make_tensor_value_info("z", TensorProto.FLOAT, None)], [shape],
    )  # fmt: skip
    return helper.make_model(graph).SerializeToString()


def many(dice: random.Random, _data: bytes, _pool: Sequence[bytes]) -> bytes:
    """Thousands of operators, or one tensor that thousands of operators read."""
    from tests.submissions.formats.neural_models.tflite_files import TfliteFile

    made, count = TfliteFile(), dice.choice((500, 1_999, 2_001, 4_000))
    x = made.tensor("x", [1, 4, 4, 8])
    made.inputs = [x]
    held = []
    for number in range(count):
        y = made.tensor(f"t{number}", [1, 4, 4, 8])
        made.operator("ADD", [x, y if dice.random() < 0.01 else x], [y])
        held.append(y)
    made.outputs = held if dice.random() < 0.5 else held[-1:]
    made.operator("ADD_N", held[: dice.choice((2, 512, 513, len(held)))], [made.tensor("z", [1, 4, 4, 8])])
    return made.content()


MUTATIONS: dict[str, tuple[Mutation, int]] = {
    "bit flips": (flipped, 28), "truncated": (cut, 14), "spliced": (spliced, 20), "lengths": (lengthened, 30),
    "nested protobuf": (nested, 2), "shape bombs": (shape_bomb, 5), "many operators": (many, 1),
}  # fmt: skip
"""Name → how it is done, and its share of the cases in per cent."""


class OutOfTime(BaseException):
    """No ``except Exception`` on the way catches it."""


def case(seed: int, number: int, pool: Sequence[bytes]) -> tuple[str, bytes]:
    """The kind and content of one case; the same for the same seed and files."""
    dice = random.Random(f"{seed}-{number}")
    name = dice.choices(list(MUTATIONS), [share for _, share in MUTATIONS.values()])[0]
    data = MUTATIONS[name][0](dice, dice.choice(pool), pool)
    if dice.random() < 0.2 and len(data) > 16:  # two kinds of damage at once
        data = flipped(dice, data, pool)
    return name, data


def analysed(data: bytes) -> str:
    """ok, incomplete, refused, memory, or the crash."""
    from submissions.formats.neural_models.analyse import analyse
    from submissions.formats.neural_models.errors import ModelError

    try:
        facts = analyse(data)
    except ModelError:
        return "refused"
    except MemoryError:
        return "memory"
    except OutOfTime:
        return "timeout"
    except BaseException as fault:
        return f"crash: {type(fault).__name__}"
    assert all((layer.macs or 0) >= 0 for layer in facts.layers)
    return "ok" if facts.is_complete else "incomplete"


def worker(first: int, options: argparse.Namespace, pool: Sequence[bytes], out: int) -> None:
    """Analyse from ``first`` on; one line per case goes to ``out`` before the next begins."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def ring(_number: int, _frame: object) -> None:
        raise OutOfTime

    signal.signal(signal.SIGALRM, ring)
    for number in range(first, options.cases):
        name, data = case(options.seed, number, pool)
        began = time.perf_counter()
        signal.alarm(CASE_S)
        try:
            outcome = analysed(data)
        except OutOfTime:
            outcome = "timeout"
        signal.alarm(0)
        took_ms = (time.perf_counter() - began) * 1000
        peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        os.write(out, f"{number}\t{name}\t{outcome}\t{took_ms:.1f}\t{peak_kib}\n".encode())
    os._exit(0)


def run(options: argparse.Namespace, pool: Sequence[bytes]) -> list[tuple[int, str, str, float, int]]:
    """Every case; a worker that dies has crashed on the case after its last line, and another goes on behind it."""
    rows: list[tuple[int, str, str, float, int]] = []
    while len(rows) < options.cases:
        read, write = os.pipe()
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            os.close(read)
            worker(len(rows), options, pool, write)
        os.close(write)
        rest = b""
        silent = False
        while True:
            ready, _, _ = select.select([read], [], [], 4 * CASE_S)
            if not ready:  # native code does not hear the alarm
                silent = True
                os.kill(child, signal.SIGKILL)
            chunk = os.read(read, 1 << 16)
            if not chunk:
                break
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                number, name, outcome, took_ms, peak_kib = line.decode().split("\t")
                rows.append((int(number), name, outcome, float(took_ms), int(peak_kib)))
                if len(rows) % 500 == 0:
                    print(f"{len(rows)} of {options.cases}", file=sys.stderr, flush=True)
        os.close(read)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if len(rows) < options.cases:
            outcome = "timeout" if silent else f"crash: ended with status {status}"
            rows.append((len(rows), case(options.seed, len(rows), pool)[0], outcome, 0.0, 0))
    return rows


def through_the_child(options: argparse.Namespace, pool: Sequence[bytes]) -> Counter[str]:
    """A sample through the process that serves the site."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinysite.settings")
    import django

    django.setup()
    from submissions.services.confined import CheckFailed
    from submissions.services.model_analysis import ModelRefused, analyse_file

    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder) / "model"
        for number in range(0, options.cases, max(options.cases // options.child, 1)):
            path.write_bytes(case(options.seed, number, pool)[1])
            try:
                analyse_file(path)
                counts["read"] += 1
            except ModelRefused:
                counts["refused"] += 1
            except CheckFailed:
                counts["fault of the site"] += 1
    return counts


def self_made() -> list[bytes]:
    from tests.submissions.formats.neural_models import onnx_files, tflite_files

    return [
        tflite_files.mobilenet(), tflite_files.mobilenet("float32"), onnx_files.mobilenet(),
        onnx_files.mobilenet(quantised=True),
    ]  # fmt: skip


def report(rows: Sequence[tuple[int, str, str, float, int]]) -> int:
    """Print the tables; how many crashes there were."""
    kinds = ("ok", "incomplete", "refused", "memory", "timeout", "crash")
    print(f"| damage | cases | {' | '.join(kinds)} |")
    print(f"|---|{'---|' * (len(kinds) + 1)}")
    for name in (*MUTATIONS, "all"):
        held = [row for row in rows if name in ("all", row[1])]
        counts = Counter(row[2].partition(":")[0] for row in held)
        print(f"| {name} | {len(held)} | {' | '.join(str(counts[kind]) for kind in kinds)} |")
    times = sorted(row[3] for row in rows)
    print(
        f"\nmedian {times[len(times) // 2]:.1f} ms, 99th percentile {times[int(len(times) * 0.99)]:.1f} ms, "
        f"slowest {times[-1]:.0f} ms; peak memory {max(row[4] for row in rows) / 1024:.0f} MiB"
    )
    bad = [row for row in rows if row[2] == "timeout" or row[2].startswith("crash")]
    for number, name, outcome, *_ in bad:
        print(f"case {number} ({name}): {outcome}")
    return len(bad)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--child", type=int, default=100, help="how many also go through the isolated child")
    parser.add_argument("--keep", type=Path, help="folder for files that crash")
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    pool = [path.read_bytes() for path in options.files] or self_made()
    rows = run(options, pool)
    bad = report(rows)
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        for number, _, outcome, *_ in rows:
            if outcome == "timeout" or outcome.startswith("crash"):
                (options.keep / f"case-{number}").write_bytes(case(options.seed, number, pool)[1])
    if options.child:
        counts = through_the_child(options, pool)
        print("through the isolated child: " + ", ".join(f"{n} {what}" for what, n in counts.items()))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
