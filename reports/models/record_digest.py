"""The chain of digests: each covers a record and the digest before it.

Whoever can change a record can change a digest that stands beside it. In a chain, all digests after it
change too, so one digest that was noted elsewhere proves every record before it.
"""

import json
from typing import Any, Self

from django.db import models
from django.db.models import Q

from reports.models.issue import IssuedPaper


class RecordDigestQuerySet(models.QuerySet["RecordDigest"]):
    def in_order(self) -> Self:
        return self.order_by("place")

    def newest(self) -> "RecordDigest | None":
        return self.order_by("-place").first()


class RecordDigest(models.Model):
    """A link of the chain. `entry` is canonical JSON, and `digest` its SHA-256.

    The entry says the digest `before`, and names the files of an issued paper with their digests and a
    digest of the other facts about it, or how many rows were added to each table that is kept for good.
    It has no words of a paper and no names, so that it can be published.
    """

    place = models.PositiveIntegerField(unique=True)
    before = models.OneToOneField(
        "self", models.PROTECT, to_field="digest", null=True, blank=True, related_name="after"
    )
    issued = models.OneToOneField(
        IssuedPaper, models.PROTECT, null=True, blank=True, related_name="link"
    )
    entry = models.TextField()
    digest = models.CharField(max_length=64, unique=True)

    objects = RecordDigestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="recorddigest_first_has_none_before",
                condition=Q(place=1, before=None) | Q(place__gt=1, before__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}: {self.short}"

    @property
    def short(self) -> str:
        """The first 16 characters in groups of four, to be read aloud or noted by hand."""
        return " ".join(self.digest[place : place + 4] for place in range(0, 16, 4))

    @property
    def content(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.entry)
        return found
