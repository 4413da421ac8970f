"""What people follow besides what follows from their seats, and when they were last here. Nobody else sees either."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from agencies.models import Agency, User
from workitems.models.item import WorkItem
from workitems.models.plan import Plan


class Follow(models.Model):
    """A person's choice to follow a plan, an agency's items in it, or one item; or not to (`is_on`).

    What people follow without a choice is derived (`workitems.following.followers`).
    """

    person = models.ForeignKey(User, models.PROTECT, related_name="follows")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    item = models.ForeignKey(WorkItem, models.PROTECT, null=True, blank=True, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    is_on = models.BooleanField()
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="follow_item_or_agency", condition=Q(item=None) | Q(agency=None)
            ),
            models.UniqueConstraint(
                fields=["person", "plan"],
                condition=Q(item=None, agency=None),
                name="follow_plan_once",
            ),
            models.UniqueConstraint(fields=["person", "item"], name="follow_item_once"),
            models.UniqueConstraint(
                fields=["person", "plan", "agency"],
                condition=Q(agency__isnull=False),
                name="follow_agency_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.item or self.agency or self.plan}"


class EmailChoice(models.Model):
    """What a person wants to be emailed about besides what they have to do. Without a row: what they follow, too."""

    class Wants(models.TextChoices):
        FOLLOWED = (
            "followed",
            gettext_lazy("What I have to do, and dates and notes of what I follow"),
        )
        DUTIES = "duties", gettext_lazy("Only what I have to do")

    person = models.OneToOneField(User, models.PROTECT, related_name="email_choice")
    wants = models.CharField(max_length=10, choices=Wants)
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="emailchoice_known", condition=Q(wants__in=["followed", "duties"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_wants_display()}"


class Seen(models.Model):
    """When a person's visit to their desk began, and the one before."""

    person = models.OneToOneField(User, models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    before_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="seen_in_order",
                condition=Q(before_at=None) | Q(before_at__lt=models.F("began_at")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)
