"""What the pages of results may know of the rules: their titles, by code."""

from submissions.rules.catalogue import RULES


def rule_titles() -> dict[str, str]:
    return {code: rule.title for code, rule in RULES.items()}
