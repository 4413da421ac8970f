"""Which briefing a decision of the working group is about.

Kept on this floor, since meetings and their decisions know nothing of briefings.
"""

from django.db import models

from reports.models.briefing import Briefing
from workitems.models import Decision


class BriefingDecision(models.Model):
    """Written with its decision, whose history says by whom, and never changed."""

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="on_briefing")
    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="group_decisions")

    def __str__(self) -> str:
        return f"{self.decision} ({self.briefing.tracker_number})"
