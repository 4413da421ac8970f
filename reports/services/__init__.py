"""Everything that can happen to briefings and to papers of meetings. The only code that writes one."""

from reports.services.briefing_decisions import record_decision_on
from reports.services.briefings import COVER_FIELDS, change_cover, create_briefing

__all__ = ["COVER_FIELDS", "change_cover", "create_briefing", "record_decision_on"]
