"""The public history of results is never rewritten: the database refuses it."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION results_resultchange_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of results is append-only: % of results_resultchange is refused', lower(TG_OP)
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER resultchange_append_only BEFORE UPDATE OR DELETE ON results_resultchange
    FOR EACH ROW EXECUTE FUNCTION results_resultchange_is_append_only();
"""
BACKWARD = """
DROP TRIGGER resultchange_append_only ON results_resultchange;
DROP FUNCTION results_resultchange_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("results", "0003_public_history_and_site_reviewed_results")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
