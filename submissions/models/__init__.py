"""The models of everything before publication."""

from .accounts import ApiToken, Invitation, Membership, Organisation, OrganisationRole, User
from .analysis import ModelAnalysis, ModelProjection
from .objections import Objection, ObjectionStatement
from .submission import (
    Archive,
    Call,
    CallEvent,
    Check,
    Checked,
    Event,
    Message,
    Progress,
    Reading,
    Submission,
    Version,
    new_public_id,
)

__all__ = [
    "ApiToken", "Archive", "Call", "CallEvent", "Check", "Checked", "Event", "Invitation", "Membership", "Message",
    "ModelAnalysis", "ModelProjection", "Objection",
    "ObjectionStatement", "Organisation", "OrganisationRole", "Progress", "Reading", "Submission", "User", "Version",
    "new_public_id",
]  # fmt: skip
