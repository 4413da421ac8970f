"""What people of a plan say to each other beside its records: notes in conversations, and whom they ask.

Notes are official information. No paper, plan workbook or public page has them: composing code does not import `Note`.
"""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, Seat, User
from agencies.records.tracking import track
from workitems.models.delay import Variation
from workitems.models.item import Milestone, WorkItem
from workitems.models.meeting import Matter
from workitems.models.plan import READING_ROLES, Member, Plan, left_by_its_agency
from workitems.models.risk import Risk
from workitems.models.round import Return

NOTE_LENGTH = 4000
# What a conversation is about: exactly one.
SUBJECTS = ("item", "milestone", "variation", "risk", "matter", "of_return")


class NoteQuerySet(models.QuerySet["Note"]):
    def beginning(self) -> Self:
        """The notes that begin a conversation."""
        return self.filter(first=None)

    def beginning_for(self, user: User) -> Self:
        """The notes that begin the conversations that a user reads today."""
        return self.beginning().filter(_begins(*_reader(user), way=""))

    def readable_by(self, user: User) -> Self:
        """Notes of the conversations that a user reads today (see `readable`)."""
        return self.filter(readable_by(user))

    def with_people(self) -> Self:
        """With all that a conversation shows of its notes, in one query."""
        return self.select_related(
            "written_by", "written_for", "withdrawn_by", "settled_by", "agency"
        )

    def on_subjects(self) -> Self:
        """With what their conversations are about, in one query."""
        names = ("plan__coordinating_agency", "agency", *OF_SUBJECTS)
        return self.select_related(*names, "first", *(f"first__{name}" for name in names))


OF_SUBJECTS = (
    "item", "milestone__item", "milestone__responsible_agency", "variation__item", "variation__milestone", "risk__item", "matter__meeting", "of_return__agency", "of_return__round",
)  # fmt: skip


def readable_by(user: User, way: str = "") -> Q:
    """Filter what the user may read today; `way` is the lookup of a note, with its underscores."""
    own, coordinating, on = _reader(user)
    return readable(own=own, coordinating=coordinating, on=on, way=way)


def _reader(user: User) -> tuple[Any, Any, date]:
    """Return for which agencies a user reads, for which they coordinate, and today."""
    own, coordinating = user.agencies_as(*READING_ROLES), user.agencies_as(Seat.Role.COORDINATOR)
    return own, coordinating, localdate()


def readable(*, own: Any, coordinating: Any, on: Any, way: str = "") -> Q:
    """Filter notes of conversations that are read by whoever reads for the agencies `own` and coordinates for those of
    `coordinating`: answers have the readers of their conversation.

    A conversation on a return is read only by those who may read that return.
    """
    begins = _begins(own, coordinating, on, way)
    return Q(**{f"{way}first": None}) & begins | _begins(own, coordinating, on, f"{way}first__")


def _begins(own: Any, coordinating: Any, on: Any, way: str) -> Q:
    """Filter notes that begin such conversations, of notes that begin one."""
    members = Member.objects.filter(agency__among=own).values("plan")
    as_member = Q(**{f"{way}plan__in": members})
    as_coordinator = Q(**{f"{way}plan__coordinating_agency__among": coordinating})
    as_coordinator |= left_by_its_agency(coordinating, on, f"{way}plan__")
    for_all = Q(**{f"{way}readers": Note.Readers.ALL})
    for_agency = Q(**{f"{way}agency__among": own})
    for_coordinators = Q(**{f"{way}readers": Note.Readers.WITH_COORDINATORS})
    of_return = f"{way}of_return__"
    is_shown = Q(**{f"{way}of_return": None}) | Q(**{f"{of_return}submitted_at__isnull": False})
    is_shown |= Q(**{f"{of_return}entered_at__isnull": False})
    return (
        as_member & (for_all | for_agency)
        | as_coordinator & for_all
        | as_coordinator & for_coordinators & is_shown
    )


def _only(subject: str) -> Q:
    others = {name: None for name in SUBJECTS if name != subject}
    return Q(**{f"{subject}__isnull": False}, **others)


class Note(models.Model):
    """A note: it begins a conversation, or answers in the conversation that `first` begins.

    What it is about and who reads it never change; its text does until it is withdrawn, and history keeps each. Nothing
    is deleted. Guards hold what spans rows.
    """

    class Readers(models.TextChoices):
        ALL = "all", gettext_lazy("All members")
        AGENCY = "agency", gettext_lazy("One agency")
        WITH_COORDINATORS = "with", gettext_lazy("One agency and the coordinators")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    first = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="answers")
    text = models.TextField(max_length=NOTE_LENGTH)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_for = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    by_email = models.BooleanField(default=False, db_default=False)
    edited_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # What follows is of the note that begins a conversation.
    item = models.ForeignKey(WorkItem, models.PROTECT, null=True, blank=True, related_name="+")
    milestone = models.ForeignKey(
        Milestone, models.PROTECT, null=True, blank=True, related_name="+"
    )
    variation = models.ForeignKey(
        Variation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    risk = models.ForeignKey(Risk, models.PROTECT, null=True, blank=True, related_name="+")
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, blank=True, related_name="+")
    of_return = models.ForeignKey(Return, models.PROTECT, null=True, blank=True, related_name="+")
    readers = models.CharField(max_length=10, choices=Readers, blank=True, default="")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    settled_words = models.TextField(max_length=NOTE_LENGTH, blank=True, default="")
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    # Whether another person wrote it since the reader's last visit, where a page has set it.
    is_new = False

    objects = NoteQuerySet.as_manager()
    history = track(plan_ways=["plan"])

    class Meta:
        constraints = [
            models.CheckConstraint(name="note_has_text", condition=~Q(text="")),
            models.CheckConstraint(
                name="note_about_one_thing",
                condition=Q(first__isnull=False, **dict.fromkeys(SUBJECTS))
                | Q(*(_only(name) for name in SUBJECTS), _connector=Q.OR) & Q(first=None),
            ),
            models.CheckConstraint(
                name="note_readers_known",
                condition=Q(first__isnull=False, readers="", agency=None)
                | Q(first=None, readers="all", agency=None, of_return=None)
                | Q(first=None, readers__in=["agency", "with"], agency__isnull=False),
            ),
            models.CheckConstraint(
                name="note_withdrawn_by_whom_and_when",
                condition=Q(withdrawn_by=None, withdrawn_at=None)
                | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
            ),
            models.CheckConstraint(
                name="note_settled_by_whom_and_how",
                condition=Q(settled_by=None, settled_at=None, settled_words="")
                | Q(first=None, settled_by__isnull=False, settled_at__isnull=False)
                & ~Q(settled_words=""),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        """Return the address of its conversation, with the note's own place."""
        page = reverse("notes:conversation", args=[self.plan.slug, self.first_id or self.pk])
        return f"{page}#note-{self.pk}" if self.first_id else page

    @property
    def begins(self) -> "Note":
        """The note that begins its conversation."""
        return self.first or self

    @property
    def kind(self) -> str:
        """What its conversation is about, one of `SUBJECTS`."""
        begins = self.begins
        return next(name for name in SUBJECTS if getattr(begins, f"{name}_id") is not None)

    @property
    def subject(self) -> Any:
        return getattr(self.begins, self.kind)

    @property
    def of_item(self) -> WorkItem | None:
        """The work item that its conversation concerns, if it concerns one."""
        subject = self.subject
        return subject if isinstance(subject, WorkItem) else getattr(subject, "item", None)

    @property
    def place(self) -> str:
        """What its conversation is about, short: "1.4", "V3", "the return of Police"."""
        subject = self.subject
        match self.kind:
            case "item":
                return str(subject.number)
            case "milestone":
                return _("“{milestone}” of {number}").format(
                    milestone=subject, number=subject.item.number
                )
            case "variation" | "risk":
                return str(subject.reference)
            case "matter":
                return _("“{matter}” on the agenda").format(matter=subject)
        return _("the return of {agency} for {round}").format(
            agency=subject.agency.short_name, round=subject.round
        )

    @property
    def readers_words(self) -> str:
        """Who can read it: "All members", "Only Police", "Police and the coordinators"."""
        begins = self.begins
        return readers_in_words(begins.readers, begins.agency)

    @property
    def is_settled(self) -> bool:
        return self.settled_at is not None


def readers_in_words(readers: str, agency: Agency | None) -> str:
    if agency is None:
        return str(Note.Readers.ALL.label)
    says = _("Only {agency}")
    if readers == Note.Readers.WITH_COORDINATORS:
        says = _("{agency} and the coordinators")
    return says.format(agency=agency.short_name)


class MentionQuerySet(models.QuerySet["Mention"]):
    def open(self) -> Self:
        """Questions that nobody has answered or closed."""
        return self.filter(closed_at=None)


class Mention(models.Model):
    """A note asks a person, an agency or, without either, the coordinators of the plan.

    Open until someone of theirs answers in the conversation, or who asked or was asked says that no answer is needed.
    """

    note = models.ForeignKey(Note, models.PROTECT, related_name="mentions")
    person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField()
    # The answer that closed it; without one, no answer was needed.
    answer = models.ForeignKey(Note, models.PROTECT, null=True, blank=True, related_name="+")
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = MentionQuerySet.as_manager()
    history = track(plan_ways=["note__plan"])

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="mention_of_one", condition=Q(person=None) | Q(agency=None)
            ),
            models.CheckConstraint(
                name="mention_closed_by_whom_and_when",
                condition=Q(closed_by=None, closed_at=None, answer=None)
                | Q(closed_by__isnull=False, closed_at__isnull=False),
            ),
            # A name is asked once, however often the note is edited.
            models.UniqueConstraint(fields=["note", "person"], name="mention_person_once"),
            models.UniqueConstraint(fields=["note", "agency"], name="mention_agency_once"),
            models.UniqueConstraint(
                fields=["note"],
                condition=Q(person=None, agency=None),
                name="mention_coordinators_once",
            ),
        ]

    def __str__(self) -> str:
        if self.person is not None:
            return self.person.name
        return self.agency.short_name if self.agency else _("the coordinators")

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class ReadConversation(models.Model):
    """When a person last read a conversation, when that visit began, and when they read it before. Nobody else sees it."""

    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    first = models.ForeignKey(Note, models.PROTECT, related_name="+")
    before_at = models.DateTimeField(null=True, blank=True)
    began_at = models.DateTimeField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "first"], name="readconversation_once"),
            models.CheckConstraint(
                name="readconversation_in_order",
                condition=Q(read_at__gte=models.F("began_at"))
                & (Q(before_at=None) | Q(before_at__lte=models.F("read_at"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.first}"
