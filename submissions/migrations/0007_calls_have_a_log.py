"""What happened to a call is kept as it was, and why its publication failed is said on it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION submissions_callevent_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only: % of submissions_callevent is refused', lower(TG_OP)
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER callevent_append_only BEFORE UPDATE OR DELETE ON submissions_callevent
    FOR EACH ROW EXECUTE FUNCTION submissions_callevent_is_append_only();
"""
BACKWARD = """
DROP TRIGGER callevent_append_only ON submissions_callevent;
DROP FUNCTION submissions_callevent_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("submissions", "0006_excerpts_of_checks")]

    operations = [
        migrations.AddField(
            "call", "failure", models.TextField(blank=True, default="", help_text="why the last attempt to publish it failed"),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="CallEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("detail", models.TextField(blank=True)),
                ("data", models.JSONField(default=dict)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("actor", models.ForeignKey(
                    null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("call", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="events", to="submissions.call")),
            ],
            options={"ordering": ["pk"]},
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
