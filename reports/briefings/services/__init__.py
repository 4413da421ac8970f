"""Services of briefings and of papers of meetings: the only code that writes them."""

from reports.briefings.services.briefing_decisions import record_decision_on
from reports.briefings.services.briefings import change_cover, create_briefing
from reports.models.briefing import COVER_FIELDS
