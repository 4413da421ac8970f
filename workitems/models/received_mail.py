"""Answers by email: the keys in the addresses that emails give to answer to, and what came of each answer.

Neither has a history: what an answer became, a note or a workbook, has its own.
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import User
from workitems.models.note import Note
from workitems.models.return_sheet import ReturnSheet


class AnswerKey(models.Model):
    """The key of one email to a person: to whom it was given, and what an answer with it does.

    Only the SHA-256 of the key is kept, so that a copy of the database answers nothing. A key alone opens nothing either.
    """

    class Act(models.TextChoices):
        NOTE = "note", gettext_lazy("Answer in a conversation")
        RETURN = "return", gettext_lazy("Send the workbook of a return")

    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    act = models.CharField(max_length=10, choices=Act)
    # The id of the note that begins the conversation, or of the return.
    about = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64, unique=True)
    last_day = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="answerkey_act_known", condition=Q(act__in=["note", "return"])
            ),
            models.CheckConstraint(
                name="answerkey_is_hashed", condition=Exact(Length("digest"), 64)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_act_display().lower()} {self.about}"


class ReceivedMail(models.Model):
    """An email of a person, and what came of it. Only they are shown it.

    The digest of its Message-ID stays, so that the same email is never taken again. `below` is what stood below their own
    words, and is emptied after 30 days. `left_out` counts the files that were not taken.
    """

    class Outcome(models.TextChoices):
        NOTE = "note", gettext_lazy("It is an answer in the conversation.")
        SHEET = "sheet", gettext_lazy("Its workbook can be compared with the return.")
        UNVERIFIED = "unverified", gettext_lazy("the mail server could not verify its sender.")
        NOT_YOURS = "not_yours", gettext_lazy("the address was given to another person.")
        UNKNOWN = "unknown", gettext_lazy("the address has expired, or was mistyped.")
        MAY_NOT = "may_not", gettext_lazy("you may not write there.")
        NOT_HERE = "not_here", gettext_lazy("the plan has ended, or takes no answers by email.")
        TOO_MANY = "too_many", gettext_lazy("more than 20 came within an hour.")
        REFUSED = "refused", gettext_lazy("it could not be read.")

    TAKEN = (Outcome.NOTE, Outcome.SHEET)

    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    message_digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    # Why it was refused, in a sentence, if the outcome does not say so; and the path of the page that it was to answer on.
    why = models.CharField(max_length=500, blank=True)
    path = models.CharField(max_length=300, blank=True)
    note = models.OneToOneField(
        Note, models.PROTECT, null=True, blank=True, related_name="received_mail"
    )
    sheet = models.OneToOneField(
        ReturnSheet, models.PROTECT, null=True, blank=True, related_name="received_mail"
    )
    below = models.TextField(blank=True)
    left_out = models.PositiveSmallIntegerField(default=0)
    # When the person removed it from their desk.
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="receivedmail_became_what_it_says",
                condition=Q(outcome="note", note__isnull=False, sheet=None, why="")
                | Q(outcome="sheet", sheet__isnull=False, note=None, why="")
                | Q(
                    outcome__in=[
                        *("unverified", "not_yours", "unknown", "may_not", "not_here"),
                        *("too_many", "refused"),
                    ],
                    note=None,
                    sheet=None,
                    below="",
                ),
            ),
            models.CheckConstraint(
                name="receivedmail_is_hashed", condition=Exact(Length("message_digest"), 64)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_outcome_display()}"

    @property
    def is_taken(self) -> bool:
        return self.outcome in self.TAKEN

    @property
    def says(self) -> str:
        """What came of it, in a sentence."""
        if self.is_taken:
            return str(self.get_outcome_display())
        if self.why:
            return _("An email in your name was not taken. {why}").format(why=self.why)
        return _("An email in your name was not taken: {why}").format(
            why=self.get_outcome_display()
        )

    @property
    def is_on_desk(self) -> bool:
        """Whether its line stays on the person's desk until they remove it, or for two weeks."""
        return self.removed_at is None and (not self.is_taken or self.left_out > 0)
