"""The slide of a meeting that members see on their own devices."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from workitems.meetings.meeting_slides import is_on, slides_of
from workitems.meetings.services.meetings import open_record
from workitems.models import Meeting
from workitems.plan.services.refusals import Refused


@transaction.atomic
def show_slide(*, meeting: Meeting, slide: str, on: date) -> None:
    """Show members a slide of the meeting (`meeting_slides`) on their own devices.

    Raise `Refused` on another day than the meeting's, and for what is not a slide of its agenda. It is
    not kept in history: it moves all the time, and the record says what was considered.
    """
    meeting = open_record(meeting)
    if not is_on(meeting, on):
        raise Refused(_("Members can follow a meeting on its day only."))
    if all(each.key != slide for each in slides_of(list(meeting.matters.on_agenda().in_order()))):
        raise Refused(_("That is no longer on the agenda."))
    Meeting.objects.filter(pk=meeting.pk).update(slide=slide)
