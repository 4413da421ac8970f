"""Services of briefings and of papers of meetings: the only code that writes them."""

from reports.models.briefing import COVER_FIELDS
from reports.services.briefing_decisions import record_decision_on
from reports.services.briefings import change_cover, create_briefing
