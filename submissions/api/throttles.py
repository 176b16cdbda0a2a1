"""The rates of requests that change something."""

from __future__ import annotations

from results.api.throttles import WriteThrottle


class SubmissionThrottle(WriteThrottle):
    """Archives that one account sends."""

    scope = "submissions"


class CheckThrottle(WriteThrottle):
    """Checks without an account from one address."""

    scope = "checks"


class ModelThrottle(WriteThrottle):
    """Model files that one account, or one address without an account, has analysed."""

    scope = "models"


class OtherWriteThrottle(WriteThrottle):
    """Everything else that one account writes."""

    scope = "writes"
