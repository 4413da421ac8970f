"""Kinds of briefing with their sections, and the parts of a draft.

`reports.drafting` reads these rows as one draft; `reports.workshop.services.drafts` writes them.
"""

from typing import Self

from django.db import models
from django.db.models import Count, Prefetch, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy

from agencies.records.tracking import track
from reports.document import Verb as PaperVerb
from reports.models.briefing import Briefing
from workitems.models import Plan

KEY_LENGTH = 64
NAME_LENGTH = 100
HEADING_LENGTH = 200
STANDING_LENGTH = 10_000
TITLE_LENGTH = 150


class Content(models.TextChoices):
    """The text that is generated into a section."""

    NONE = "", gettext_lazy("Standing text alone")
    PURPOSE = "purpose", gettext_lazy("What the paper is, and the plan in figures")
    FIGURES = "figures", gettext_lazy("The plan in figures")
    BACKGROUND = (
        "background",
        gettext_lazy("The plan’s background, its working group, what the Minister decided last"),
    )
    ACHIEVEMENTS = "achievements", gettext_lazy("What agencies achieved in the period")
    DELAY = "delay", gettext_lazy("What is late and why, from which date to which")
    MITIGATION = "mitigation", gettext_lazy("What is being done about the delays")
    NEXT_STEPS = (
        "next_steps",
        gettext_lazy("What comes next, and the risks that are with the Minister"),
    )
    RISKS = "risks", gettext_lazy("The risks that are with the Minister")
    TALKING_POINTS = (
        "talking_points",
        gettext_lazy("Three to six points that the Minister can say aloud"),
    )
    QUESTIONS = "questions", gettext_lazy("What the Minister is likely to be asked, with answers")
    RECOMMENDATION = "recommendation", gettext_lazy("What the Minister is asked to do")


class AnnexChoice(models.TextChoices):
    """An annex that a briefing can carry."""

    PROGRESS = "progress", gettext_lazy("Progress at a glance, with the milestone timeline")
    ITEMS = "items", gettext_lazy("Work items")
    ITEMS_TEXTS = "items_texts", gettext_lazy("Work items with their texts")
    DELAYS = "delays", gettext_lazy("Register of delays")
    RISKS = "risks", gettext_lazy("Register of risks")
    CONSULTED = (
        "consulted",
        gettext_lazy("Who was consulted, and their answers"),
    )
    MEASURES = "measures", gettext_lazy("Measures")
    FINDINGS = "findings", gettext_lazy("Findings of the audit")


class BriefingKindQuerySet(models.QuerySet["BriefingKind"]):
    def in_order(self) -> Self:
        return self.order_by("position", "pk")

    def for_list(self) -> Self:
        """Add the number of briefings as `uses` and the sections in use as `live`. Two queries."""
        sections = KindSection.objects.live().in_order()
        return self.annotate(uses=Count("briefings")).prefetch_related(
            Prefetch("sections", queryset=sections, to_attr="live")
        )


class BriefingKind(models.Model):
    """A plan's template for briefings of a kind: annual, interim, risk alert, or its own."""

    USUAL_WORDS = 1_000
    FEWEST_WORDS, MOST_WORDS = 200, 5_000

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="briefing_kinds")
    name = models.CharField(max_length=NAME_LENGTH)
    # Default title of a briefing. Placeholders such as {plan} are filled in.
    title = models.CharField(max_length=TITLE_LENGTH)
    slug = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()
    annexes = models.JSONField(default=list)
    # What generated text may fill before the annexes, in words.
    most_words = models.PositiveSmallIntegerField(default=1_000)
    # Recommendations of a new draft: a list of {"verb", "text"}.
    asks = models.JSONField()
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = BriefingKindQuerySet.as_manager()
    history = track()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "slug"], name="briefingkind_once_in_plan"),
            models.UniqueConstraint("plan", Lower("name"), name="briefingkind_name_once_in_plan"),
            models.CheckConstraint(name="briefingkind_has_name", condition=~Q(name="")),
            models.CheckConstraint(name="briefingkind_has_title", condition=~Q(title="")),
            models.CheckConstraint(name="briefingkind_asks_something", condition=~Q(asks=[])),
            models.CheckConstraint(
                name="briefingkind_words_within_reason",
                condition=Q(most_words__gte=200, most_words__lte=5_000),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("briefings:kind", args=[self.plan.slug, self.slug])


class KindSectionQuerySet(models.QuerySet["KindSection"]):
    def live(self) -> Self:
        return self.filter(withdrawn_on=None)

    def in_order(self) -> Self:
        return self.order_by("position", "pk")


class KindSection(models.Model):
    """A section of a kind of briefing. Its standing text comes before the generated text."""

    kind = models.ForeignKey(BriefingKind, models.PROTECT, related_name="sections")
    key = models.CharField(max_length=KEY_LENGTH)
    position = models.PositiveSmallIntegerField()
    heading = models.CharField(max_length=HEADING_LENGTH)
    content = models.CharField(max_length=20, choices=Content, blank=True)
    standing_text = models.TextField(blank=True, max_length=STANDING_LENGTH)
    withdrawn_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = KindSectionQuerySet.as_manager()
    history = track()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="kindsection_key_once_in_kind"),
            models.UniqueConstraint(
                fields=["kind", "content"],
                condition=Q(withdrawn_on=None) & ~Q(content=""),
                name="kindsection_content_once_in_kind",
            ),
            models.CheckConstraint(name="kindsection_has_heading", condition=~Q(heading="")),
            models.CheckConstraint(
                name="kindsection_recommendation_stays",
                condition=~Q(content="recommendation") | Q(withdrawn_on=None),
            ),
        ]

    def __str__(self) -> str:
        return self.heading

    @property
    def copied(self) -> dict[str, str]:
        """The columns that a copy of the section has too."""
        names = ("key", "heading", "content", "standing_text")
        return {name: getattr(self, name) for name in names}


class DraftSection(models.Model):
    """A section of one briefing, copied from its kind when the draft was begun."""

    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="draft_sections")
    key = models.CharField(max_length=KEY_LENGTH)
    position = models.PositiveSmallIntegerField()
    heading = models.CharField(max_length=HEADING_LENGTH)
    content = models.CharField(max_length=20, choices=Content, blank=True)
    standing_text = models.TextField(blank=True)

    history = track()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["briefing", "key"], name="draftsection_key_once_in_briefing"
            ),
        ]

    def __str__(self) -> str:
        return self.heading


class DraftParagraph(models.Model):
    """One paragraph of a draft with its sub-bullets, as typed. See `reports.drafting.draft.Part`.

    `taken` and `sources` are lists of plain data. A paragraph that was merged into another, or that
    the records no longer generate, is withdrawn: it keeps its history and may come back.
    """

    class Origin(models.TextChoices):
        GENERATED = "generated", gettext_lazy("Generated")
        EDITED = "edited", gettext_lazy("Edited")
        WRITTEN = "written", gettext_lazy("Written")

    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="draft_paragraphs")
    section = models.ForeignKey(DraftSection, models.PROTECT, related_name="paragraphs")
    key = models.CharField(max_length=KEY_LENGTH)
    position = models.PositiveSmallIntegerField()
    text = models.TextField()
    origin = models.CharField(max_length=10, choices=Origin)
    taken = models.JSONField(default=list)
    sources = models.JSONField(default=list)
    is_hidden = models.BooleanField(default=False)
    is_withdrawn = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = track(pauses=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["briefing", "key"], name="draftparagraph_key_once_in_briefing"
            ),
            models.CheckConstraint(
                name="draftparagraph_origin_known",
                condition=Q(origin__in=["generated", "edited", "written"]),
            ),
            models.CheckConstraint(name="draftparagraph_has_text", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class DraftAsk(models.Model):
    """A recommendation of a draft: its verb, its text, and its own options if it has any."""

    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="draft_asks")
    key = models.CharField(max_length=KEY_LENGTH)
    position = models.PositiveSmallIntegerField()
    verb = models.CharField(max_length=10, choices=[(each.value, each.value) for each in PaperVerb])
    text = models.TextField()
    options = models.CharField(max_length=200, blank=True)
    is_hidden = models.BooleanField(default=False)
    # One whose addition was undone. It keeps its history and may come back.
    is_withdrawn = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = track(pauses=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["briefing", "key"], name="draftask_key_once_in_briefing"
            ),
            models.CheckConstraint(name="draftask_has_text", condition=~Q(text="")),
            models.CheckConstraint(
                name="draftask_verb_known",
                condition=Q(verb__in=["note", "agree", "approve", "direct", "forward"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.text}"
