"""Log of emailed notices, so that nobody gets the same notice twice."""

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from agencies.models import Seat, User, by_short_name
from workitems.models.round import Return, Round


class NoticeQuerySet(models.QuerySet["Notice"]):
    def for_round(self, round: Round) -> Self:
        """Notices about a round's returns, newest day first, with all that a list row prints."""
        return (
            self.filter(of_return__round=round)
            .select_related("recipient", "of_return__agency")
            .order_by("-told_on", by_short_name("of_return__agency__"), "recipient__name", "line")
        )

    def about(self, things: Iterable[str]) -> Self:
        """Notices about these values of `about`, newest day first."""
        return (
            self.filter(about__in=list(things))
            .select_related("recipient")
            .order_by("-told_on", "recipient__name", "line")
        )


class Notice(models.Model):
    """One line of an email that was sent. A guard refuses later changes.

    It belongs to a return, or `about` names a row of another app: "clearance 12".
    """

    class Reason(models.TextChoices):
        OPENED = "opened", gettext_lazy("Round opened")
        DUE_WEEK = "due_week", gettext_lazy("Due in 7 days")
        DUE_DAY = "due_day", gettext_lazy("Due in 1 day")
        OVERDUE = "overdue", gettext_lazy("Overdue")
        SENT_BACK = "sent_back", gettext_lazy("Sent back")
        READY = "ready", gettext_lazy("Ready for approval")
        ACCEPTED = "accepted", gettext_lazy("Accepted")
        REMINDED = "reminded", gettext_lazy("Reminded by the coordinator")
        EXTENDED = "extended", gettext_lazy("Due date extended")
        ENTERED = "entered", gettext_lazy("Entered by the coordinator")
        ALONE = "alone", gettext_lazy("One person may submit")
        SUBMITTED = "submitted", gettext_lazy("Receipt")
        ASKED = "asked", gettext_lazy("Asked for clearance")
        ASKED_AGAIN = "again", gettext_lazy("Asked again for clearance")
        ANSWERED = "answered", gettext_lazy("Every agency answered")
        PROPOSED = "proposed", gettext_lazy("Status proposed")
        REPLIED = "replied", gettext_lazy("Proposal answered")
        TO_RELEASE = "to_release", gettext_lazy("Waits for release")
        OUT_OF_SESSION = "out_asked", gettext_lazy("Asked out of session")
        OUT_TO_CLOSE = "out_ready", gettext_lazy("Can be decided out of session")
        OUT_CLOSED = "out_closed", gettext_lazy("Closed out of session")
        ACTION = "action", gettext_lazy("Action to do")
        ACTION_DONE = "act_done", gettext_lazy("Action to confirm")
        ACTION_CONFIRMED = "act_ended", gettext_lazy("Action confirmed as done")
        ACTION_REOPENED = "act_again", gettext_lazy("Action reopened")
        REQUEST_DUE = "oia_due", gettext_lazy("Decision on a request due")
        REQUEST_LATE = "oia_late", gettext_lazy("Decision on a request late")
        CONSULTED = "oia_asked", gettext_lazy("Asked about a paper to release")
        GIVEN = "given", gettext_lazy("Given an item")
        MEETING = "meeting", gettext_lazy("Meeting called or changed")
        PACK = "pack", gettext_lazy("Pack frozen")
        MINUTES = "minutes", gettext_lazy("Record of a meeting closed")
        DECIDED = "decided", gettext_lazy("Variation decided")
        AUDIT = "audit", gettext_lazy("Audit set up")
        FINDING = "finding", gettext_lazy("Finding of an audit")
        DATE_MONTH = "date_30", gettext_lazy("Date in 30 days")
        DATE_WEEK = "date_7", gettext_lazy("Date in 7 days")
        DATE_PASSED = "date_past", gettext_lazy("Date passed")
        DATE_LONG_PASSED = "date_long", gettext_lazy("Date passed ten days ago")
        MOVED = "moved", gettext_lazy("Date moved")
        ESCALATED = "escalated", gettext_lazy("Risk escalated")
        WAIT_ASKED = "wait_asked", gettext_lazy("Asked to confirm a wait")
        WAIT_ANSWERED = "wait_said", gettext_lazy("Wait confirmed or disputed")
        WAIT_MOVED = "wait_moved", gettext_lazy("Date waited for has changed")
        WAIT_IF = "wait_if", gettext_lazy("Date waited for is asked to change")
        ASKED_IN_NOTE = "note_asked", gettext_lazy("Asked in a note")
        NOTE = "note", gettext_lazy("Note written")

    recipient = models.ForeignKey(User, models.PROTECT, related_name="notices")
    told_as = models.CharField(max_length=20, choices=Seat.Role)
    of_return = models.ForeignKey(
        Return, models.PROTECT, null=True, blank=True, related_name="notices"
    )
    about = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=10, choices=Reason)
    # Distinguishes repeated notices: the due date of a reminder, or the version of the row.
    occasion = models.CharField(max_length=20)
    told_on = models.DateField()
    # Sent by an email of its own when it happened, and not by that of the day.
    at_once = models.BooleanField(default=False)
    line = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField()

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "reason", "of_return", "occasion"], name="notice_told_once"
            ),
            models.UniqueConstraint(
                fields=["recipient", "reason", "about", "occasion"],
                condition=~Q(about=""),
                name="notice_about_told_once",
            ),
            models.CheckConstraint(
                name="notice_of_one_thing",
                condition=Q(of_return__isnull=False, about="") | Q(of_return=None) & ~Q(about=""),
            ),
            # Lines of a day's email are numbered from 1, so a second email that day is refused.
            models.UniqueConstraint(
                fields=["recipient", "told_on", "line"],
                condition=Q(at_once=False),
                name="notice_one_mail_a_day",
            ),
            models.CheckConstraint(
                name="notice_values_known",
                condition=Q(
                    told_as__in=[
                        *("contributor", "approver", "coordinator"),
                        *("observer", "authorising_manager"),
                        *("oia_adviser", "oia_decision_maker"),
                    ],
                    reason__in=[
                        *("opened", "due_week", "due_day", "overdue"),
                        *("sent_back", "ready", "accepted", "asked", "again", "answered"),
                        *("proposed", "replied", "to_release"),
                        *("reminded", "extended", "entered", "alone", "submitted"),
                        *("out_asked", "out_ready", "out_closed"),
                        *("action", "act_done", "act_ended", "act_again"),
                        *("oia_due", "oia_late", "oia_asked", "given"),
                        *("meeting", "pack", "minutes", "decided", "audit", "finding"),
                        *("date_30", "date_7", "date_past", "date_long", "moved", "escalated"),
                        *("wait_asked", "wait_said", "wait_moved", "wait_if"),
                        *("note_asked", "note"),
                    ],
                ),
            ),
            models.CheckConstraint(
                name="notice_has_occasion", condition=~Q(occasion="") & Q(line__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return (
            f"{self.recipient}: {self.get_reason_display().lower()}, {self.of_return or self.about}"
        )
