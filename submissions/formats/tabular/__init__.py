"""Our own table of self-reported results: one row per system, benchmark and metric, as CSV or JSON."""
