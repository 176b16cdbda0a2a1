"""The rules page."""

import json
import re

import pytest
from django.test import Client

from results.domain.links import rule_address
from submissions.rules.catalogue import RULES

pytestmark = pytest.mark.django_db


def test_every_code_has_an_anchor_where_its_findings_lead(client: Client) -> None:
    page = client.get("/rules/").content.decode()
    anchors = set(re.findall(r'<article [^>]*id="([^"]+)"', page))
    assert anchors == set(RULES)
    assert {rule_address(code) for code in RULES} == {f"/rules/#{code}" for code in anchors}


def test_a_rule_says_what_it_checks_why_and_how_to_mend(client: Client) -> None:
    rule = RULES["system.status-missing"]
    page = client.get("/rules/").content.decode()
    assert rule.title in page
    assert "does not apply" in page
    assert "v0.5 to v1.3" in page


def test_the_rules_as_json_hold_every_code_with_its_weights(client: Client) -> None:
    rules = json.loads(client.get("/rules.json").content)
    assert {rule["code"] for rule in rules} == set(RULES)
    severities = {weight["severity"] for rule in rules for weight in rule["weights"]}
    assert severities == {"error", "warning", "note", None}
