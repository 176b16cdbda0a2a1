"""The database itself refuses to change or delete an event: the log is the record of who did what when."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION submissions_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only: % of submissions_event is refused', lower(TG_OP)
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON submissions_event
    FOR EACH ROW EXECUTE FUNCTION submissions_event_is_append_only();
"""
BACKWARD = """
DROP TRIGGER event_append_only ON submissions_event;
DROP FUNCTION submissions_event_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("submissions", "0001_archives_submissions_events")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
