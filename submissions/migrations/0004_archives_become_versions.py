"""Each imported submission becomes one submission per round, division and submitter, with its archives as versions.

Until now every archive was a submission of its own. Nothing is lost: the oldest row stays, those of later archives
become its versions, and their events are handed over to it.
"""

from collections import defaultdict

from django.db import migrations

from submissions.models.submission import new_public_id


def forward(apps, schema_editor):
    Submission = apps.get_model("submissions", "Submission")
    Version = apps.get_model("submissions", "Version")
    Event = apps.get_model("submissions", "Event")
    groups = defaultdict(list)
    for row in Submission.objects.order_by("pk"):
        groups[row.round, row.division, row.submitter].append(row)
    if not groups:
        return
    # The log refuses changes; that of its owner column is the one that this move needs.
    schema_editor.execute("ALTER TABLE submissions_event DISABLE TRIGGER event_append_only")
    for rows in groups.values():
        kept = rows[0]
        kept.public_id = new_public_id()
        for number, row in enumerate(rows, start=1):
            checked = bool(row.verdict)
            version = Version.objects.create(
                submission=kept, number=number, archive_id=row.archive_id, absent_files=row.absent_files,
                progress="done" if checked else "failed", verdict=row.verdict, findings=row.findings, runs=row.runs,
                failure="" if checked else "The import was not finished; import the round again.",
            )
            Version.objects.filter(pk=version.pk).update(created_at=row.received_at)
            Event.objects.filter(submission=row).update(submission=kept, version=version)
            kept.current_version = version
            if row.publication_id:
                kept.publications.add(row.publication_id)
                kept.published_version = version
            if row.state == "published" or row is kept:
                kept.state = row.state
        kept.save()
        for row in rows[1:]:
            row.delete()
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    schema_editor.execute("ALTER TABLE submissions_event ENABLE TRIGGER event_append_only")


class Migration(migrations.Migration):
    dependencies = [("submissions", "0003_accounts_versions_review")]

    operations = [migrations.RunPython(forward)]
