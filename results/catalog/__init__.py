"""Seed data that people can read and correct, and the pure code that reads it."""
