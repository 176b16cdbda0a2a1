"""What a model file may hold. Models for microcontrollers stay far below: the largest met has 239 operators.

Time and memory are bounded by the kernel in the child that reads the file (``submissions.checking.limits``).
"""

from __future__ import annotations

MIB = 1 << 20

FILE_BYTES = 32 * MIB
OPERATORS = 2_000
TENSORS = 8_000
OPERATOR_CODES = 1_000
SUBGRAPHS = 64
PORTS = 512
"""Inputs or outputs of one operator."""
CONNECTIONS = 100_000
"""Inputs and outputs of all operators together."""
RANK = 8
ELEMENTS = 1 << 28
"""Of one tensor: a small file can claim a shape of any size."""
WEIGHTS_EXAMINED = 1 << 26
"""Elements that are searched for zeros, over all layers: many layers may point at one large buffer."""
MACS = 10**15
NAME_CHARACTERS = 120
NAMES_SHOWN = 40
"""How many unsupported operators, notes or missing figures are listed."""
LIVE_TENSORS = 1_500
"""Activations that the memory planner places: it takes the square of their number."""
