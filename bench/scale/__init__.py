"""The side-by-side benchmarks at scale: `make bench`. Method and table: docs/performance.md."""
