"""Form for the working group's decision on a briefing."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from agencies.typed.fields import LinesField
from reports.models import Briefing
from workitems.meetings.forms.meetings import FollowUpFields
from workitems.models import Matter, Meeting


class BriefingDecisionForm(FollowUpFields):
    """A decision may belong to a matter on the agenda, which then counts as considered."""

    briefing = forms.ModelChoiceField(
        label=gettext_lazy("On which briefing"),
        error_messages={"required": gettext_lazy("Choose the briefing.")},
        queryset=Briefing.objects.none(),
        empty_label=None,
    )
    matter = forms.ModelChoiceField(
        label=gettext_lazy("Under which matter of the agenda"),
        queryset=Matter.objects.none(),
        required=False,
        empty_label=gettext_lazy("None"),
    )
    text = LinesField(
        label=gettext_lazy("What was decided"),
        required=True,
        error_messages={"required": gettext_lazy("Write what was decided.")},
    )

    field_order = ("briefing", "matter", "text", "owner_agency", "due_on")

    def __init__(self, *args: Any, meeting: Meeting, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_members(meeting.plan, on)
        briefing: Any = self.fields["briefing"]
        briefing.queryset = Briefing.objects.filter(plan=meeting.plan).newest_first()
        matter: Any = self.fields["matter"]
        matter.queryset = meeting.matters.on_agenda().in_order()
