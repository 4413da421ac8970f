"""The dashboard of a plan with its pages, the papers of its meetings, and its briefings."""

from django.urls import include, path

from reports.views import (
    briefings,
    changes,
    dashboard,
    decisions,
    exports,
    papers,
    timeline,
    trends,
)

dashboard_urls = [
    path("", dashboard.overview, name="overview"),
    path("changes/", changes.changes, name="changes"),
    path("timeline/", timeline.timeline, name="timeline"),
    path("trends/", trends.trends, name="trends"),
    path("attention/", dashboard.attention, name="attention"),
    path("milestones/", dashboard.milestones, name="milestones"),
    path("delays/", dashboard.delays, name="delays"),
    path("export/<slug:what>.<slug:format>", exports.export, name="export"),
]

briefing_urls = [
    path("", briefings.index, name="list"),
    path("new/", briefings.create, name="create"),
    path("<int:pk>/", briefings.detail, name="detail"),
    path("<int:pk>/cover/", briefings.change_cover, name="change-cover"),
    path("<int:pk>/pdf/", briefings.pdf, name="pdf"),
    path("<int:pk>/docx/", briefings.word, name="docx"),
    path("<int:pk>/json/", briefings.json, name="json"),
    path("decided/<int:pk>/", decisions.record, name="record-decision"),
]

paper_urls = [
    path(f"<int:pk>/{kind}/{address}", view, {"kind": kind}, name=f"{kind}{name}")
    for kind in ("pack", "minutes")
    for address, view, name in (
        ("", papers.show, ""),
        ("draft.pdf", papers.draft, "-draft"),
        ("version-<int:number>.pdf", papers.version, "-version"),
        ("freeze/", papers.freeze, "-freeze"),
    )
]

urlpatterns = [
    path("plans/<slug:slug>/meetings/", include((paper_urls, "papers"))),
    path("plans/<slug:slug>/dashboard/", include((dashboard_urls, "dashboard"))),
    path("plans/<slug:slug>/briefings/", include((briefing_urls, "briefings"))),
]
