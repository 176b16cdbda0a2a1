"""Projection of values that nobody measured: pure numerics, no database, no web."""
