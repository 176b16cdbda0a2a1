"""Under whose name the results of an organisation are published."""

from __future__ import annotations

from django.db import transaction

from results.models import Submitter
from submissions.models import Organisation


@transaction.atomic
def public_submitter(organisation: Organisation) -> Submitter:
    """The submitter that staff linked to ``organisation``, else one of its own that no known name is mistaken for.

    A folder name in an archive never decides this: whoever uploads could write any name there.
    """
    if organisation.submitter is not None:
        return organisation.submitter
    slug = f"{organisation.slug[:40]}-organisation-{organisation.pk}"
    submitter, _ = Submitter.objects.get_or_create(
        slug=slug, defaults={"name": organisation.name, "aliases": [], "curated": False}
    )
    return submitter
