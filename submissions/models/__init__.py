"""Archives, submissions and their append-only log."""

from .submission import Archive, Event, Submission

__all__ = ["Archive", "Event", "Submission"]
