"""Organisations: who hands in results, who belongs to them, and how one comes to belong."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from datetime import timedelta

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from results.models import Submitter
from submissions.models import Invitation, Membership, Organisation, OrganisationRole, User

from .mail import queue_mail

INVITATION_LIFE = timedelta(days=14)
RESERVED_NAMES = frozenset({"mlcommons", "mlperf", "mlperftiny", "eembc", "tinysite"})
_NAMES_LOCK = 0x6F7267616E
"""Key of the database's lock under which the name of an organisation is given away."""
_PUNCTUATION = frozenset(" .,&'()+-/")
_PLAIN = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "0": "o", "1": "l"})


class OrganisationRefused(ValueError):
    """What was asked for cannot be done; the message says why, in words for the person who asked."""


def name_key(name: str) -> str:
    """What two names share that a reader takes for one: letters without case, accents, punctuation, 0/o and 1/l."""
    folded = unicodedata.normalize("NFKD", name.casefold().translate(_PLAIN))
    return "".join(char for char in folded if char.isascii() and char.isalnum())


def checked_name(name: str) -> str:
    """``name`` with single spaces, in one Unicode form. Raises OrganisationRefused for characters that deceive."""
    name = " ".join(unicodedata.normalize("NFKC", name).split())
    for char in name:
        base = unicodedata.normalize("NFKD", char.casefold().translate(_PLAIN))[0]
        if not (base.isascii() and base.isalnum()) and char not in _PUNCTUATION:
            raise OrganisationRefused(f"Use Latin letters, digits and . , & ' ( ) + - / only, not “{char}”.")
    most = Organisation._meta.get_field("name").max_length
    if most is not None and len(name) > most:  # a ligature is written out, so it may have grown
        raise OrganisationRefused(f"Use at most {most} characters.")
    if len(name_key(name)) < 2:
        raise OrganisationRefused("Use at least two letters or digits.")
    return name


def known_submitter(name: str) -> Submitter | None:
    """The submitter of published results that goes by this name, folder or spelling."""
    key = name_key(name)
    for submitter in Submitter.objects.all():
        if key in {name_key(text) for text in (submitter.slug, submitter.name, *submitter.aliases)}:
            return submitter
    return None


@transaction.atomic
def create_organisation(user: User, name: str) -> Organisation:
    """A new organisation whose owner is ``user``. Raises OrganisationRefused for a name that others are known by."""
    name = checked_name(name)
    slug = slugify(name)[:60].strip("-")
    if name_key(name) in RESERVED_NAMES or slug in ("", "new"):
        raise OrganisationRefused(f"“{name}” cannot be the name of an organisation here.")
    if (submitter := known_submitter(name)) is not None:
        raise OrganisationRefused(
            f"“{submitter.name}” already has published results. If you speak for it, create the organisation under "
            "another name, such as your team's, and ask the operators of this site to link it to those results: "
            "it then takes over the name."
        )
    # Two of one name at the same moment would each find it free: one waits here.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NAMES_LOCK])
    taken = {name_key(other) for other in Organisation.objects.values_list("name", flat=True)}
    if name_key(name) in taken or Organisation.objects.filter(slug=slug).exists():
        raise OrganisationRefused(
            "There is an organisation of this name. Ask one of its owners to invite you, or choose another name."
        )
    organisation = Organisation.objects.create(slug=slug, name=name)
    Membership.objects.create(user=user, organisation=organisation, role=OrganisationRole.OWNER)
    return organisation


def link_submitter(organisation: Organisation, submitter: Submitter) -> None:
    """Say that ``organisation`` speaks for ``submitter``, whose name it takes over. Raises OrganisationRefused."""
    other = submitter.organisations.exclude(pk=organisation.pk).first()
    if other is not None:
        raise OrganisationRefused(f"{other.slug} is linked to {submitter.slug} already")
    organisation.submitter, organisation.name = submitter, submitter.name
    organisation.save(update_fields=["submitter", "name"])


def unlink_submitter(organisation: Organisation) -> None:
    """Undo :func:`link_submitter`; the name then says that it is the submitter's no more."""
    organisation.submitter = None
    organisation.name = f"{organisation.name[:100]} (unlinked)"
    organisation.save(update_fields=["submitter", "name"])


def may_manage(user: User, organisation: Organisation) -> bool:
    """Whether ``user`` may invite, change roles and remove: owners, and staff where an owner cannot."""
    return user.is_staff or organisation.memberships.filter(user=user, role=OrganisationRole.OWNER).exists()


@transaction.atomic
def invite(organisation: Organisation, *, email: str, role: str, invited_by: User, origin: str) -> Invitation:
    """Mail an invitation that holds for 14 days; an open one to the same address ends. Raises OrganisationRefused."""
    email = email.strip().lower()
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if organisation.memberships.filter(user__email=email).exists():
        raise OrganisationRefused(f"{email} is a member already.")
    now = timezone.now()
    organisation.invitations.filter(email=email, accepted_at=None, revoked_at=None).update(revoked_at=now)
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        organisation=organisation, email=email, role=role, invited_by=invited_by,
        token_sha256=_secret_hash(secret), expires_at=now + INVITATION_LIFE,
    )  # fmt: skip
    queue_mail(
        "invitation", email, f"invitation to {organisation.name}", organisation=organisation, invitation=invitation,
        url=origin + reverse("submissions:invitation", args=[secret]),
    )  # fmt: skip
    return invitation


def _secret_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def open_invitation(secret: str) -> Invitation | None:
    """The invitation with this secret, unless it was accepted, revoked, or has expired."""
    return (
        Invitation.objects.select_related("organisation", "invited_by")
        .filter(
            token_sha256=_secret_hash(secret),
            accepted_at=None,
            revoked_at=None,
            expires_at__gt=timezone.now(),
        )
        .first()
    )


@transaction.atomic
def accept_invitation(secret: str, user: User) -> Membership:
    """Make ``user`` a member. Raises OrganisationRefused for an invitation that ended or went to another address.

    Whoever is a member by then keeps the role that they have.
    """
    invitation = open_invitation(secret)
    if invitation is None or invitation.email != user.email:
        raise OrganisationRefused(
            "This invitation has ended, or was sent to another address than your account's."
        )
    claimed = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(
        accepted_at=timezone.now()
    )
    if claimed != 1:
        raise OrganisationRefused("This invitation has ended.")
    membership, _ = Membership.objects.get_or_create(
        user=user, organisation=invitation.organisation, defaults={"role": invitation.role}
    )
    return membership


def revoke_invitation(organisation: Organisation, invitation_id: int) -> None:
    """End an open invitation; one that has ended stays as it is. Raises Invitation.DoesNotExist."""
    invitation = organisation.invitations.get(pk=invitation_id)
    organisation.invitations.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(
        revoked_at=timezone.now()
    )


@transaction.atomic
def change_role(organisation: Organisation, membership_id: int, role: str) -> Membership:
    """Give a member another role. Raises OrganisationRefused for the last owner, Membership.DoesNotExist."""
    membership = _locked_member(organisation, membership_id)
    if role != OrganisationRole.OWNER:
        _keep_an_owner(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    return membership


@transaction.atomic
def remove_member(organisation: Organisation, membership_id: int) -> None:
    """End a membership and the open invitations that this member sent. Raises as :func:`change_role`."""
    membership = _locked_member(organisation, membership_id)
    _keep_an_owner(membership)
    end_membership(membership)


def end_membership(membership: Membership) -> None:
    """Delete the row; what the member sent stays the organisation's, open invitations do not stay open."""
    membership.organisation.invitations.filter(
        invited_by=membership.user, accepted_at=None, revoked_at=None
    ).update(revoked_at=timezone.now())
    membership.delete()


def _locked_member(organisation: Organisation, membership_id: int) -> Membership:
    # Two owners who leave at the same moment would each find the other: one waits here.
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    return organisation.memberships.select_related("user").get(pk=membership_id)


def is_last_owner(membership: Membership) -> bool:
    """Whether nobody would own the organisation without this member."""
    others = membership.organisation.memberships.exclude(pk=membership.pk)
    return (
        membership.role == OrganisationRole.OWNER and not others.filter(role=OrganisationRole.OWNER).exists()
    )


def _keep_an_owner(membership: Membership) -> None:
    if is_last_owner(membership):
        raise OrganisationRefused("An organisation keeps an owner: make another member owner first.")
