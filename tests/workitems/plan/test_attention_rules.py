"""Test that the rules for attention match the documentation."""

import re
from pathlib import Path

from django.conf import settings

from workitems.terms.lateness import STALE_AFTER_DAYS, Rank

RULES = (Path(settings.BASE_DIR) / "docs" / "attention.md").read_text()


def test_the_rules_are_applied_in_the_documented_order():
    rows = re.findall(r"^\| (\d+) \| ([a-z ]+) \|", RULES, flags=re.MULTILINE)
    assert [(int(weight), reason) for weight, reason in rows] == [
        (Rank.ACTION_OVERDUE, "action overdue"),
        (Rank.OVERDUE_UNMITIGATED, "overdue without mitigation"),
        (Rank.OVERDUE, "overdue"),
        (Rank.EXPECTED_LATE, "expected late"),
        (Rank.CANNOT_BE_MET, "cannot be met"),
        (Rank.MEASURE_FAILS, "measure fails"),
        (Rank.NOT_SUPPORTED, "not supported"),
        (Rank.SLIPPED_AGAIN, "slipped again"),
        (Rank.OFF_TRACK, "off track"),
        (Rank.RISK_ESCALATED, "risk escalated"),
        (Rank.AT_RISK, "at risk"),
        (Rank.VIEWS_DIFFER, "views differ"),
        (Rank.STALE, "stale"),
        (Rank.VARIATION_WAITS, "variation waits"),
        (Rank.SENT_BACK, "sent back"),
        (Rank.RETURN_MISSING, "return missing"),
    ]
    assert len(rows) == len(Rank)


def test_the_documented_age_of_stale_updates_is_the_one_in_the_code():
    assert f"more than {STALE_AFTER_DAYS} days old" in RULES
