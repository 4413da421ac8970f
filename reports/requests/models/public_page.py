"""Whether the released papers of a plan have a page that anybody can read."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.records.tracking import track
from workitems.models import Plan


class PublicPageQuerySet(models.QuerySet["PublicPage"]):
    def open(self) -> Self:
        return self.filter(is_open=True)


class PublicPage(models.Model):
    """The page of one plan. Without a row, or closed, it is not there for anybody.

    Search engines are asked to leave it out unless `is_indexed`.
    """

    plan = models.OneToOneField(Plan, models.PROTECT, related_name="public_page")
    is_open = models.BooleanField(default=False)
    is_indexed = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = PublicPageQuerySet.as_manager()
    history = track(table="reports_historicalpublicpage")

    class Meta:
        db_table = "reports_publicpage"
        constraints = [
            models.CheckConstraint(
                name="publicpage_indexed_while_open",
                condition=Q(is_open=True) | Q(is_indexed=False),
                violation_error_message=gettext_lazy(
                    "A closed page cannot be listed by search engines."
                ),
            ),
        ]

    def __str__(self) -> str:
        return _("Released papers of {plan}").format(plan=self.plan)
