"""Everything that can happen to briefings and to papers of meetings. The only code that writes one."""

from reports.services.briefings import COVER_FIELDS, change_cover, create_briefing
from reports.services.decisions import record_decision_on

__all__ = ["COVER_FIELDS", "change_cover", "create_briefing", "record_decision_on"]
