"""URLs of a plan's dashboard, the papers of its meetings, and its briefings."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from agencies.pages.late_addresses import LateViews, LoadedLate, in_folders
from reports.extensions import registry
from reports.portfolio import views as portfolio
from reports.progress.views import changes, dashboard, slips, timeline, trends
from reports.public.views import plan_progress, progress_publishing, published
from reports.search import views as search

# They write workbooks.
exports = LateViews("reports.progress.views.exports")
# They make papers, which most requests do not need: 5 MiB.
agency_covers = LateViews("reports.kinds.views.agency_covers")
annex_choices = LateViews("reports.kinds.views.annex_choices")
briefing_decisions = LateViews("reports.briefings.views.briefing_decisions")
briefings = LateViews("reports.workshop.views.briefings")
checks = LateViews("reports.workshop.views.checks")
clearance = LateViews("reports.clearance.views")
comparing = LateViews("reports.comparison.views")
drafting = LateViews("reports.workshop.views.drafting")
issuing = LateViews("reports.issuing.views.issuing")
kinds = LateViews("reports.kinds.views.kinds")
meeting_papers = LateViews("reports.meetings.views")
renderings = LateViews("reports.issuing.views.renderings")
responses = LateViews("reports.responses.views")
return_papers = LateViews("reports.return_papers.views")
word_copies = LateViews("reports.word_copies.views")

dashboard_urls = [
    path("", dashboard.overview, name="overview"),
    path("wall/", dashboard.wall, name="wall"),
    path("late.svg", dashboard.late, name="late"),
    path("changes/", changes.changes, name="changes"),
    path("timeline/", timeline.timeline, name="timeline"),
    path("slips/", slips.slips, name="slips"),
    path("trends/", trends.trends, name="trends"),
    path("attention/", dashboard.attention, name="attention"),
    path("milestones/", dashboard.milestones, name="milestones"),
    path("completed/", dashboard.completed, name="completed"),
    path("delays/", dashboard.delays, name="delays"),
    path("evidence.zip", exports.evidence, name="evidence"),
    path("export/<slug:what>.<slug:format>", exports.export, name="export"),
]

kind_urls = [
    path("", kinds.index, name="kinds"),
    path("<slug:kind>/", kinds.detail, name="kind"),
    path("<slug:kind>/change/", kinds.change, name="change-kind"),
    path("<slug:kind>/copy/", kinds.copy, name="copy-kind"),
    path("<slug:kind>/paper/", kinds.paper, name="kind-paper"),
    path("<slug:kind>/history/", kinds.history, name="kind-history"),
    path("<slug:kind>/sections/add/", kinds.add_section, name="add-section"),
    path("<slug:kind>/sections/<slug:key>/", kinds.section, name="change-section"),
    path("<slug:kind>/sections/<slug:key>/move/", kinds.move_section, name="move-section"),
    path(
        "<slug:kind>/sections/<slug:key>/withdraw/", kinds.withdraw_section, name="withdraw-section"
    ),
    path("<slug:kind>/sections/<slug:key>/restore/", kinds.restore_section, name="restore-section"),
]

# Steps of a briefing: those of one click, and those that take a reason.
ACTS = ("ask", "send", "close")
STEPS = ("recall", "send-back", "withdraw", "correct", "give-up")

briefing_urls: list[URLPattern | URLResolver] = [
    path("", issuing.index, name="list"),
    path("new/", briefings.create, name="create"),
    path("kinds/", include(kind_urls)),
    path("cover/", agency_covers.change, name="cover-design"),
    path("cover/mark/", agency_covers.mark, name="cover-mark"),
    path("cover/mark/remove/", agency_covers.remove_mark, name="remove-cover-mark"),
    path("cover/history/", agency_covers.history, name="cover-history"),
    path("<int:pk>/", briefings.detail, name="detail"),
    path("<int:pk>/cover/", briefings.change_cover, name="change-cover"),
    path("<int:pk>/checks/", checks.check_list, name="checks"),
    path("<int:pk>/annexes/", annex_choices.annexes, name="annexes"),
    path("<int:pk>/pdf/", renderings.download, {"form": "pdf"}, name="pdf"),
    path("<int:pk>/preview.pdf", renderings.preview, name="preview"),
    path("<int:pk>/docx/", renderings.download, {"form": "docx"}, name="docx"),
    path("<int:pk>/files/<int:rendering>/", renderings.progress, name="file-progress"),
    path("<int:pk>/files/<int:rendering>/state.json", renderings.state, name="file-state"),
    path("<int:pk>/files/<int:rendering>/file", renderings.file, name="file"),
    path("<int:pk>/files/<int:rendering>/again/", renderings.again, name="file-again"),
    path("<int:pk>/json/", briefings.json, name="json"),
    path("<int:pk>/xlsx/", briefings.xlsx, name="xlsx"),
    path("decided/<int:pk>/", briefing_decisions.record, name="record-decision"),
    *(path(f"<int:pk>/{name}/", issuing.act, {"name": name}, name=name) for name in ACTS),
    *(path(f"<int:pk>/{name}/", issuing.step, {"name": name}, name=name) for name in STEPS),
    path("<int:pk>/clearance/", clearance.overview, name="clearance"),
    path("<int:pk>/clearance/ask/", clearance.ask, name="ask-agencies"),
    path("<int:pk>/clearance/remind/", clearance.remind, name="remind-agencies"),
    path("<int:pk>/clearance/comments/<int:comment>/", clearance.thread, name="thread"),
    path("<int:pk>/clearance/<int:agency>/", clearance.clear, name="clear"),
    path("<int:pk>/clearance/<int:agency>/paper/", clearance.paper, name="consulted-paper"),
    path("<int:pk>/clearance/<int:agency>/answer/", clearance.give, name="give-clearance"),
    path("<int:pk>/clearance/<int:agency>/comment/", clearance.comment, name="comment"),
    path("<int:pk>/authorise/", issuing.authorise, name="authorise"),
    path("<int:pk>/authorise/<slug:sha256>.pdf", issuing.unsigned, name="unsigned"),
    path("<int:pk>/compare/", comparing.compare, name="compare"),
    path("<int:pk>/issued/", issuing.issued, name="issued"),
    path("<int:pk>/version-<int:number>/", issuing.show, name="version"),
    path("<int:pk>/version-<int:number>.pdf", issuing.pdf, name="version-pdf"),
    path("<int:pk>/version-<int:number>.json", issuing.json, name="version-json"),
    path("<int:pk>/version-<int:number>.docx", issuing.word, name="version-docx"),
    path("<int:pk>/version-<int:number>.xlsx", issuing.xlsx, name="version-xlsx"),
    path("<int:pk>/answer/", responses.answer, name="answer"),
    path("<int:pk>/answer/keep/", responses.keep, name="keep-answer"),
    path("<int:pk>/answer/<int:response>/scan/", responses.scan, name="scan"),
    path("<int:pk>/follow-up/<int:choice>/", responses.follow_up, name="follow-up"),
    path(
        "<int:pk>/answer/<int:response>/follow-up/",
        responses.follow_up_comment,
        name="follow-up-comment",
    ),
    path("<int:pk>/to-do/<int:follow_up>/", responses.action, name="action"),
    path(
        "<int:pk>/to-do/<int:follow_up>/change/",
        responses.change_follow_up,
        name="change-follow-up",
    ),
    path("<int:pk>/to-do/<int:follow_up>/done/", responses.finish, name="finish-action"),
    path("<int:pk>/to-do/<int:follow_up>/confirm/", responses.confirm, name="confirm-action"),
    path("<int:pk>/to-do/<int:follow_up>/reopen/", responses.reopen, name="reopen-action"),
]

workshop_urls = [
    path("", drafting.draft, name="draft"),
    path("begin/", drafting.begin, name="begin"),
    path("update/", drafting.update, name="update"),
    path("undo/", drafting.undo, name="undo"),
    path("sections/<str:key>/", drafting.section, name="section"),
    path("paragraphs/<str:key>/", drafting.paragraph, name="paragraph"),
    path("paragraphs/<str:key>/acts/", drafting.paragraph_acts, name="acts"),
    path("paragraphs/<str:key>/versions/", drafting.versions, name="versions"),
    path("recommendations/<str:key>/", drafting.ask, name="ask"),
    path("word/", word_copies.index, name="word"),
    path("word/<int:copy>/", word_copies.copy, name="word-copy"),
    path("word/<int:copy>/<int:suggestion>/", word_copies.suggestion, name="suggestion"),
]

paper_urls = [
    path(f"<int:pk>/{kind}/{address}", view, {"kind": kind}, name=f"{kind}{name}")
    for kind in ("pack", "minutes")
    for address, view, name in (
        ("", meeting_papers.show, ""),
        ("draft.pdf", meeting_papers.draft, "-draft"),
        ("version-<int:number>.pdf", meeting_papers.version, "-version"),
        ("freeze/", meeting_papers.freeze, "-freeze"),
    )
]

return_paper_urls = [path("<int:round>/<int:agency>/return.pdf", return_papers.pdf, name="pdf")]

COLOUR = "[0-9a-f]{6}"
cover_urls = [
    re_path(f"^(?P<ink>{COLOUR})-(?P<rule>{COLOUR}).css$", agency_covers.colours, name="colours")
]

# Of these, the pages below /progress/ need no sign-in.
public_urls = [
    path("progress/", published.published, name="published"),
    path("progress/<slug:slug>/", plan_progress.progress, name="progress"),
    path(
        "progress/<slug:slug>/<slug:what>.<slug:format>",
        plan_progress.progress_data,
        name="progress-data",
    ),
    path("plans/<slug:slug>/public/", progress_publishing.page, name="progress-page"),
    path(
        "plans/<slug:slug>/public/<int:edition>/take-down/",
        progress_publishing.take_down,
        name="progress-take-down",
    ),
]

portfolio_urls = [
    path("", portfolio.side_by_side, name="plans"),
    path("due/", portfolio.due, name="due"),
    path("due.csv", portfolio.due_csv, name="due-csv"),
]

urlpatterns = [
    path("all-plans/", include((portfolio_urls, "portfolio"))),
    path("search/", include(([path("", search.search, name="search")], "search"))),
    path("", include((public_urls, "reports"))),
    *(LoadedLate(in_folders(each.folders), each.module, each.namespace) for each in registry.URLS),
    path("covers/", include((cover_urls, "covers"))),
    path("plans/<slug:slug>/returns/", include((return_paper_urls, "return_papers"))),
    path("plans/<slug:slug>/meetings/", include((paper_urls, "papers"))),
    path("plans/<slug:slug>/dashboard/", include((dashboard_urls, "dashboard"))),
    path("plans/<slug:slug>/briefings/<int:pk>/draft/", include((workshop_urls, "workshop"))),
    path("plans/<slug:slug>/briefings/", include((briefing_urls, "briefings"))),
]
