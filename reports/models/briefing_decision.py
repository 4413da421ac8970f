"""Links a decision of the working group to a briefing.

It is here because `workitems`, which holds decisions, must not import `reports`.
"""

from django.db import models

from reports.models.briefing import Briefing
from workitems.models import Decision


class BriefingDecision(models.Model):
    """The briefing that a decision is about.

    Created together with the decision, whose history records the author. Never changed.
    """

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="on_briefing")
    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="group_decisions")

    def __str__(self) -> str:
        return f"{self.decision} ({self.briefing.name})"
