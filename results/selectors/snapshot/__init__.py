"""A columnar copy of the leaderboard entries: what counts, ranks and fronts are taken from without reading the table.

``columns`` says what is held and how; ``reading`` fills it from the database, whole or by what a generation changed;
``files`` shares one copy between the processes of a machine; ``current`` is what a selector asks. ``written`` keeps the
texts of rows beside it, for exports.
"""

from .columns import Part, Snapshot
from .current import current_snapshot, forget_snapshot, held_snapshot, is_held

__all__ = ["Part", "Snapshot", "current_snapshot", "forget_snapshot", "held_snapshot", "is_held"]
