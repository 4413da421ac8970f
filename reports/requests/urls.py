"""URLs of official information: requests, released papers, and papers from before the product."""

from django.urls import path

from reports.public.views import published
from reports.requests.declared_days import views as working_days
from reports.requests.earlier_papers import views as filing
from reports.requests.pages.checking import views as checking
from reports.requests.pages.decision import views as decision
from reports.requests.pages.half_years import views as half_years
from reports.requests.pages.letters import views as letters
from reports.requests.pages.redacting import views as redacting
from reports.requests.pages.register import views as requests
from reports.requests.pages.releasing import views as releasing
from reports.requests.pages.reviewing import views as reviewing
from reports.requests.pages.schedule import views as schedule
from reports.requests.pages.steps import views as steps
from reports.requests.public import views as released_papers
from reports.requests.publishing import views as publishing

app_name = "requests"

# Of these, the pages below /released/ and /verify/ need no sign-in.
public_urls = [
    path("released/", published.published, name="published"),
    path("released/<slug:slug>/", released_papers.released, name="released"),
    path(
        "released/<slug:slug>/<int:pk>.pdf", released_papers.released_paper, name="released-paper"
    ),
    path("verify/", released_papers.verify, name="released-verify"),
    path("earlier-papers/", filing.index, name="earlier-papers"),
    path("earlier-papers/add/", filing.add, name="add-earlier-paper"),
    path("earlier-papers/<int:pk>/", filing.pdf, name="earlier-paper"),
    path("earlier-papers/<int:pk>/change/", filing.change, name="change-earlier-paper"),
    path("earlier-papers/<int:pk>/replace/", filing.add, name="replace-earlier-paper"),
    path("earlier-papers/<int:pk>/withdraw/", filing.withdraw, name="withdraw-earlier-paper"),
    path("releases/", publishing.index, name="releases"),
    path("releases/proactive/", publishing.start_proactive, name="proactive"),
    path("releases/pages/<slug:slug>/", publishing.change_page, name="released-page"),
    path("releases/<int:pk>/publish/", publishing.publish, name="publish"),
    path("releases/<int:pk>/unpublish/", publishing.unpublish, name="unpublish"),
]

REQUEST, LINE = "requests/<int:pk>/", "requests/<int:pk>/lines/<int:number>/"
LETTER = f"{REQUEST}letters/<int:letter>/"
request_urls = [
    path("requests/", requests.index, name="requests"),
    path("requests/new/", requests.record, name="record-request"),
    path("requests/figures/", half_years.figures, name="request-figures"),
    path("requests/figures.csv", half_years.figures_csv, name="request-figures-csv"),
    path("requests/days/", working_days.days, name="request-days"),
    path("requests/days/<int:pk>/withdraw/", working_days.withdraw, name="request-withdraw-day"),
    path("requests/consulted/<int:pk>/", schedule.consultation, name="request-consultation"),
    path(
        "requests/consulted/<int:pk>/file",
        schedule.consultation_file,
        name="request-consultation-file",
    ),
    path(REQUEST, requests.detail, name="request"),
    path(f"{REQUEST}handling.pdf", requests.handling_file, name="request-handling"),
    path(f"{REQUEST}change/", requests.change, name="request-change"),
    path(f"{REQUEST}events/<int:event>/", requests.correct_event, name="request-correct-event"),
    *(
        path(f"{REQUEST}{name}/", steps.press, {"name": name}, name=f"request-{name}")
        for name in steps.BUTTONS
    ),
    *(
        path(f"{REQUEST}{name}/", steps.dated, {"name": name}, name=f"request-{name}")
        for name in steps.PAGES
    ),
    path(f"{REQUEST}close/", steps.close, name="request-close"),
    path(f"{REQUEST}send/", steps.send_for_review, name="request-send"),
    path(f"{REQUEST}send-back/", steps.send_back, name="request-send-back"),
    path(f"{REQUEST}correct/", steps.correct_release, name="request-correct-release"),
    path(f"{REQUEST}correct/cancel/", steps.cancel_correction, name="request-cancel-correction"),
    path(f"{REQUEST}scope/", schedule.scope, name="request-scope"),
    path(f"{REQUEST}scope/papers/", schedule.add_papers, name="request-add-papers"),
    path(f"{REQUEST}scope/file/", schedule.add_file, name="request-add-file"),
    path(f"{REQUEST}scope/not-held/", schedule.add_not_held, name="request-add-not-held"),
    path(f"{REQUEST}schedule/rest/", schedule.release_rest, name="request-release-rest"),
    path(LINE, schedule.line, name="request-line"),
    path(f"{LINE}file", schedule.line_file, name="request-line-file"),
    path(f"{LINE}copy/", schedule.line_copy, name="request-line-copy"),
    path(f"{LINE}copy/file", schedule.line_copy_file, name="request-line-copy-file"),
    path(f"{LINE}checks/<int:check>/", checking.check, name="request-file-check"),
    path(f"{LINE}checks/<int:check>/state", checking.state, name="request-file-check-state"),
    path(f"{LINE}checks/<int:check>/file", checking.file, name="request-file-check-file"),
    path(f"{LINE}ask/", schedule.ask_agency, name="request-ask-agency"),
    path(
        f"{LINE}answers/<int:consultation>/", schedule.record_answer, name="request-record-answer"
    ),
    path(f"{REQUEST}found/<slug:key>/file", schedule.found_file, name="request-found-file"),
    path(f"{REQUEST}letters/new/<slug:kind>/", letters.write, name="request-write-letter"),
    path(LETTER, letters.letter, name="request-letter"),
    path(f"{LETTER}send/", letters.send, name="request-send-letter"),
    *(
        path(f"{LETTER}letter.{form}", letters.letter_file, {"form": form}, name=f"letter-{form}")
        for form in ("pdf", "docx")
    ),
    path(f"{REQUEST}decision/", decision.decision, name="request-decision"),
    path(f"{REQUEST}release/", releasing.release, name="request-release"),
    path(f"{REQUEST}release/<int:number>.pdf", releasing.paper, name="request-released-paper"),
    path(f"{REQUEST}release/package.zip", releasing.package_file, name="request-package"),
    path(f"{LINE}redact/", redacting.redact, name="request-redact"),
    path(
        f"{LINE}redactions/<int:redaction>/withdraw/",
        redacting.withdraw,
        name="request-withdraw-redaction",
    ),
    path(
        f"{LINE}earlier/<int:earlier>/", redacting.propose_earlier, name="request-propose-earlier"
    ),
    path(f"{LINE}warnings/", redacting.leave_warnings, name="request-leave-warnings"),
    path(f"{LINE}marked-up.pdf", redacting.marked_up, name="request-marked-up"),
    path(f"{LINE}preview/", redacting.preview, name="request-preview"),
    path(f"{LINE}preview.pdf", redacting.preview_pdf, name="request-preview-pdf"),
    path(f"{REQUEST}review/", reviewing.review, name="request-review"),
    path(f"{REQUEST}review/agree/", reviewing.agree_to_all, name="request-agree-all"),
    path(f"{REQUEST}review/<int:redaction>/", reviewing.answer, name="request-review-redaction"),
]

urlpatterns = [*public_urls, *request_urls]
