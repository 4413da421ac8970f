"""Half-yearly figures of the requests to each agency, as a page and as CSV."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_safe

from agencies.models import Agency
from reports.briefings.views.files import download
from reports.render import csv
from reports.render.tables import Column, Kind, Sheet
from reports.requests.models import InformationRequest
from reports.requests.models.figures import Figures, figures_of, half_year
from reports.requests.models.request_clock import calendar
from reports.requests.pages.register.views import require_reader

TITLES = (
    *(
        gettext_lazy("Completed"),
        gettext_lazy("On time"),
        gettext_lazy("Average working days"),
        gettext_lazy("Extended"),
    ),
    *(gettext_lazy("Transferred"), gettext_lazy("Transferred in part")),
    *(gettext_lazy("Refused"), gettext_lazy("Complaints")),
)


@dataclass(frozen=True)
class HalfYear:
    """The figures of an agency in one half-year."""

    agency: Agency
    first: date
    last: date
    figures: Figures

    @property
    def name(self) -> str:
        """Return "January to June 2013"."""
        return _("{first} to {last}").format(first=f"{self.first:%B}", last=f"{self.last:%B %Y}")

    @property
    def average(self) -> str:
        average = self.figures.average
        return "" if average is None else f"{float(average):.1f}"

    @property
    def on_time_share(self) -> str:
        of = self.figures.completed
        return f"{self.figures.on_time * 100 // of}%" if of else ""

    @property
    def cells(self) -> list[int | str]:
        each = self.figures
        return [
            *(each.completed, each.on_time, self.average, each.extended),
            *(each.transferred, each.transferred_in_part, each.refused, each.complaints),
        ]


def _half_years(request: HttpRequest) -> list[HalfYear]:
    """Return the figures since each agency's first request, newest first. Four queries."""
    rows = InformationRequest.objects.visible_to(require_reader(request)).from_requesters()
    of_agency: dict[Agency, list[InformationRequest]] = defaultdict(list)
    for row in rows.for_list():
        of_agency[row.agency].append(row)
    days, found = calendar(), []
    for agency, requests in sorted(of_agency.items(), key=lambda each: each[0].short_name):
        first, last = half_year(timezone.localdate())
        while last >= requests[0].received_on:
            figures = figures_of(requests, days, first=first, last=last)
            # Half-years in which nothing happened are left out, except the present one.
            if figures != Figures() or last >= timezone.localdate():
                found.append(HalfYear(agency, first, last, figures))
            first, last = half_year(first - timedelta(days=1))
    return found


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Show the figures that agencies publish each half-year."""
    rows = _half_years(request)
    return render(
        request,
        "reports/requests/half_years/figures.html",
        {"rows": rows, "titles": TITLES, "has_agencies": len({row.agency for row in rows}) > 1},
    )


@require_safe
def figures_csv(request: HttpRequest) -> HttpResponse:
    rows = _half_years(request)
    with override("en"):  # as programs read them
        titles = [str(title) for title in TITLES]
    sheet = Sheet(
        name="Requests",
        title="Requests for official information by half-year",
        about=(),
        columns=[
            *(Column(title) for title in ("Agency", "From", "To")),
            *(Column(title, kind=Kind.NUMBER) for title in titles),
        ],
        rows=[
            [row.agency.short_name, row.first.isoformat(), row.last.isoformat(), *row.cells]
            for row in rows
        ],
    )
    return download(csv.write(sheet), "requests by half-year.csv", csv.MIME_TYPE)
