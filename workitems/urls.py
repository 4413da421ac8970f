"""URLs of the home page, plans and everything in a plan."""

from django.urls import URLPattern, URLResolver, include, path

from agencies.pages.late_addresses import LateViews
from workitems.audits import views as audits
from workitems.calendar import views as feeds
from workitems.desk import views as desk
from workitems.following import views as following
from workitems.glossary import views as glossary
from workitems.intake.views import plan_making, plans
from workitems.items.views import assignments, delays, evidence, item_texts, items, milestones
from workitems.measures.views import pages as measures
from workitems.meetings.views import decisions, matters
from workitems.meetings.views import pages as meeting_pages
from workitems.narrative import views as item_history
from workitems.notes import views as notes
from workitems.out_of_session import views as out_of_session
from workitems.plan.views import date_box, stem_box
from workitems.presenting import views as present
from workitems.returns.views import (
    no_change,
    reading,
    return_handover,
    returns,
    round_levers,
    rounds,
    status_proposals,
)
from workitems.risks import views as risks
from workitems.variations.views import (
    additions,
    change_requests,
    held_entries,
    measure_requests,
    variations,
)
from workitems.waits import views as waits

# They read and write workbooks: openpyxl takes 7 MiB.
workbook = LateViews("workitems.intake.views.workbook")
tracker_people = LateViews("workitems.intake.views.tracker_people")
trackers = LateViews("workitems.intake.views.trackers")
return_sheet = LateViews("workitems.returns.views.return_sheet")
by_email = LateViews("workitems.by_email.views")

measure_urls = [
    path("", measures.register, name="register"),
    path("add/", measures.add_outcome, name="add-outcome"),
    path("<int:measure>/", measures.detail, name="detail"),
    path("<int:measure>/set-up/", measures.set_up, name="set-up"),
    path("<int:measure>/change/", measure_requests.change_measure, name="change"),
    path("<int:measure>/give/", measures.give, name="give"),
    path("<int:measure>/values/<int:value>/accept/", measures.accept, name="accept"),
    path("<int:measure>/values/<int:value>/take-back/", measures.take_back, name="take-back"),
]

note_urls = [
    path("<str:kind>/<int:pk>/", notes.on_subject, name="on"),
    path("<int:note>/", notes.conversation, name="conversation"),
    path("<int:note>/edit/", notes.edit, name="edit"),
    path("<int:note>/withdraw/", notes.withdraw, name="withdraw"),
    path("<int:note>/settle/", notes.settle, name="settle"),
    path("questions/<int:mention>/close/", notes.close_question, name="close-question"),
]

audit_urls = [
    path("", audits.index, name="list"),
    path("set-up/", audits.set_up, name="set-up"),
    path("<int:audit>/end/", audits.end, name="end"),
    path("<int:audit>/find/", audits.find, name="find"),
    path("findings/<int:finding>/", audits.finding, name="finding"),
]

wait_urls = [
    path("items/<str:number>/milestones/<int:milestone>/waits/add/", waits.add, name="add"),
    path("waits/<int:wait>/", waits.detail, name="detail"),
    path("waits/<int:wait>/end/", waits.end, name="end"),
]

making_urls = [
    path("add/", plan_making.add_item, name="add-item"),
    path("item/<str:number>/", plan_making.change_item, name="change-item"),
    path("item/<str:number>/remove/", plan_making.remove_item, name="remove-item"),
    path("item/<str:number>/milestones/add/", plan_making.add_milestone, name="add-milestone"),
    path(
        "item/<str:number>/milestones/<int:milestone>/",
        plan_making.change_milestone,
        name="change-milestone",
    ),
    path(
        "item/<str:number>/milestones/<int:milestone>/remove/",
        plan_making.remove_milestone,
        name="remove-milestone",
    ),
    path("item/<str:number>/measures/add/", plan_making.add_measure, name="add-measure"),
    path(
        "item/<str:number>/measures/<int:measure>/",
        plan_making.change_measure,
        name="change-measure",
    ),
    path(
        "item/<str:number>/measures/<int:measure>/remove/",
        plan_making.remove_measure,
        name="remove-measure",
    ),
]

plan_urls: list[URLPattern | URLResolver] = [
    path("", plans.index, name="list"),
    path("import/", workbook.import_new, name="import-new"),
    path("import/empty/", workbook.blank, name="blank-workbook"),
    path("import/tracker/", trackers.choose, name="import-tracker"),
    path("import/tracker/columns/", trackers.columns, name="tracker-columns"),
    path("import/tracker/preview/", trackers.preview, name="tracker-preview"),
    path("new/", plan_making.start, name="start"),
    path("<slug:slug>/", plans.detail, name="detail"),
    path("<slug:slug>/change/", plan_making.change, name="change"),
    path("<slug:slug>/follow/", plan_making.follow, name="follow"),
    path("<slug:slug>/adopt/", plan_making.adopt, name="adopt"),
    path("<slug:slug>/delete/", plan_making.delete, name="delete"),
    path("<slug:slug>/make/pillars/add/", plan_making.add_pillar, name="add-pillar"),
    path("<slug:slug>/make/pillars/<int:pillar>/", plan_making.change_pillar, name="change-pillar"),
    path(
        "<slug:slug>/make/pillars/<int:pillar>/remove/",
        plan_making.remove_pillar,
        name="remove-pillar",
    ),
    path("<slug:slug>/make/items/", include(making_urls)),
    path("<slug:slug>/history/", item_history.of_plan, name="history"),
    path("<slug:slug>/about/", plans.about, name="about"),
    path("<slug:slug>/quorum/", plans.quorum, name="quorum"),
    path("<slug:slug>/glossary/", glossary.index, name="glossary"),
    path("<slug:slug>/glossary/<int:entry>/", glossary.change, name="glossary-entry"),
    path("<slug:slug>/tracker/", trackers.notes, name="tracker-notes"),
    path("<slug:slug>/tracker/people/", tracker_people.invite, name="tracker-people"),
    path("<slug:slug>/workbook/import/", workbook.import_plan, name="import"),
    path("<slug:slug>/workbook/export/", workbook.export_plan, name="export"),
]

item_urls = [
    path("", items.index, name="list"),
    path("<str:number>/", items.detail, name="detail"),
    path("<str:number>/history/", item_history.of_item, name="history"),
    path("<str:number>/status/", items.change_status, name="change-status"),
    path("<str:number>/propose/", status_proposals.propose, name="propose-status"),
    path(
        "<str:number>/proposals/<int:proposal>/answer/",
        status_proposals.answer,
        name="answer-proposal",
    ),
    path(
        "<str:number>/proposals/<int:proposal>/withdraw/",
        status_proposals.withdraw,
        name="withdraw-proposal",
    ),
    path("<str:number>/review/", items.review, name="review"),
    path("<str:number>/given/<int:agency>/", assignments.give, name="give"),
    path("<str:number>/texts/<str:field>/", item_texts.of_item, name="set-text"),
    path("<str:number>/milestones/<int:milestone>/", milestones.milestone, name="milestone"),
    path(
        "<str:number>/milestones/<int:milestone>/for-agency/",
        milestones.record_for_agency,
        name="record-delay",
    ),
    path(
        "<str:number>/milestones/<int:milestone>/texts/<str:field>/",
        item_texts.of_milestone,
        name="set-milestone-text",
    ),
    path(
        "<str:number>/milestones/<int:milestone>/delays/<int:delay>/end/",
        delays.end,
        name="end-delay",
    ),
    path(
        "<str:number>/milestones/<int:milestone>/delays/<int:delay>/cause/",
        delays.settle,
        name="settle-cause",
    ),
    path(
        "<str:number>/milestones/<int:milestone>/delays/<int:delay>/steps/add/",
        delays.add_mitigation,
        name="add-mitigation",
    ),
    path(
        "<str:number>/milestones/<int:milestone>/delays/<int:delay>/steps/<int:mitigation>/done/",
        delays.finish,
        name="finish-mitigation",
    ),
]

return_urls = [
    path("", rounds.index, name="list"),
    path("open/", rounds.open_round, name="open-round"),
    path("<int:round>/", rounds.detail, name="round"),
    path("<int:round>/close/", rounds.close_round, name="close-round"),
    path("<int:round>/reopen/", rounds.reopen_round, name="reopen-round"),
    path("<int:round>/remind/", round_levers.remind, name="remind"),
    path("<int:round>/extend/", round_levers.extend, name="extend"),
    path("<int:round>/<int:agency>/", returns.detail, name="detail"),
    path("<int:round>/<int:agency>/history/", item_history.of_return, name="history"),
    path("<int:round>/<int:agency>/items/<str:number>/", returns.save, name="save"),
    path("<int:round>/<int:agency>/accept/", return_handover.accept, name="accept"),
    path("<int:round>/<int:agency>/send-back/", return_handover.send_back, name="send-back"),
    path("<int:round>/<int:agency>/read/", reading.read_return, name="read"),
    path("<int:round>/<int:agency>/recall/", return_handover.recall, name="recall"),
    path("<int:round>/<int:agency>/notes/<int:note>/", returns.reply, name="reply"),
    path("<int:round>/<int:agency>/measures/<int:measure>/", returns.measure, name="measure"),
    path("<int:round>/<int:agency>/no-change/", no_change.no_change, name="no-change"),
    path("<int:round>/<int:agency>/enter/", round_levers.enter, name="enter"),
    path("<int:round>/<int:agency>/one-person/", round_levers.allow_alone, name="allow-alone"),
    path("<int:round>/<int:agency>/workbook/", return_sheet.index, name="workbook"),
    path(
        "<int:round>/<int:agency>/workbook/download/",
        return_sheet.download,
        name="download-workbook",
    ),
    path(
        "<int:round>/<int:agency>/workbook/<int:sheet>/",
        return_sheet.comparison,
        name="compare-workbook",
    ),
    path(
        "<int:round>/<int:agency>/workbook/<int:sheet>/discard/",
        return_sheet.discard,
        name="discard-workbook",
    ),
]

variation_urls: list[URLPattern | URLResolver] = [
    path("variations/", variations.index, name="list"),
    path("variations/propose-item/", additions.propose_item, name="propose-item"),
    path(
        "items/<str:number>/propose-milestone/",
        additions.propose_milestone,
        name="propose-milestone",
    ),
    path("variations/change/<slug:what>/", change_requests.change_plan, name="change-plan"),
    path("items/<str:number>/change/<slug:what>/", change_requests.change_item, name="change-item"),
    path(
        "items/<str:number>/milestones/<int:milestone>/change/<slug:what>/",
        change_requests.change_milestone,
        name="change-milestone",
    ),
    path("variations/<int:variation>/", variations.detail, name="detail"),
    path("variations/<int:variation>/recommend/", variations.recommend, name="recommend"),
    path("variations/<int:variation>/decide/", variations.decide, name="decide"),
    path("variations/<int:variation>/take-back/", variations.take_back, name="take-back"),
    path("variations/<int:variation>/out-of-session/ask/", out_of_session.ask, name="ask-agencies"),
    path(
        "variations/<int:variation>/out-of-session/<int:pk>/",
        include(
            [
                path("", out_of_session.detail, name="out-of-session"),
                path("close/", out_of_session.close, name="close"),
                path("extend/", out_of_session.extend, name="extend"),
                path("end/", out_of_session.end, name="end"),
                path("<int:agency>/answer/", out_of_session.give_answer, name="give-answer"),
                path("<int:agency>/record/", out_of_session.record_answer, name="record-answer"),
            ]
        ),
    ),
    path(
        "items/<str:number>/milestones/<int:milestone>/ask/",
        variations.request_date,
        name="request-date",
    ),
    path(
        "items/<str:number>/ask/<str:wording>/", variations.request_wording, name="request-wording"
    ),
    path("items/<str:number>/withdraw/", variations.request_withdrawal, name="request-withdrawal"),
]

meeting_urls = [
    path("meetings/", meeting_pages.index, name="list"),
    path("meetings/call/", meeting_pages.call, name="call"),
    path("meetings/<int:pk>/", meeting_pages.detail, name="detail"),
    path("meetings/<int:pk>/change/", meeting_pages.change, name="change"),
    path("meetings/<int:pk>/cancel/", meeting_pages.cancel, name="cancel"),
    path("meetings/<int:pk>/attendance/", meeting_pages.attendance, name="attendance"),
    path("meetings/<int:pk>/close/", meeting_pages.close, name="close"),
    path("meetings/<int:pk>/reopen/", meeting_pages.reopen, name="reopen"),
    path("meetings/<int:pk>/present/", present.present, name="present"),
    path("meetings/<int:pk>/present/show/", present.show_slide, name="show-slide"),
    path("meetings/<int:pk>/follow/", present.follow, name="follow"),
    path("meetings/<int:pk>/follow/shown/", present.shown, name="shown"),
    path("meetings/<int:pk>/draft/", matters.draft, name="draft"),
    path("meetings/<int:pk>/matters/add/", matters.add, name="add-matter"),
    path("meetings/<int:pk>/matters/<int:matter>/change/", matters.change, name="change-matter"),
    path("meetings/<int:pk>/matters/<int:matter>/move/", matters.move, name="move-matter"),
    path("meetings/<int:pk>/matters/<int:matter>/remove/", matters.remove, name="remove-matter"),
    path("meetings/<int:pk>/matters/<int:matter>/restore/", matters.restore, name="restore-matter"),
    path("meetings/<int:pk>/matters/<int:matter>/consider/", matters.consider, name="consider"),
    path("meetings/<int:pk>/matters/<int:matter>/discuss/", present.discuss, name="discuss"),
    path("meetings/<int:pk>/matters/<int:matter>/decide/", present.decide, name="decide"),
    path("meetings/<int:pk>/matters/<int:matter>/record/", present.record, name="record-on"),
    path("meetings/<int:pk>/decisions/record/", decisions.record, name="record"),
    path("decisions/", decisions.index, name="decisions"),
    path("decisions/<int:decision>/", decisions.detail, name="decision"),
    path("decisions/<int:decision>/change/", decisions.change, name="change-decision"),
    path("decisions/<int:decision>/done/", decisions.finish, name="finish-decision"),
    path("decisions/<int:decision>/confirm/", decisions.confirm, name="confirm-decision"),
    path("decisions/<int:decision>/reopen/", decisions.reopen, name="reopen-decision"),
]

evidence_urls = [
    path("evidence/<int:evidence>/", evidence.download, name="download"),
    path("evidence/<int:evidence>/withdraw/", evidence.withdraw, name="withdraw"),
    path(
        "returns/<int:round>/<int:agency>/items/<str:number>/evidence/",
        evidence.add_to_answer,
        name="add-to-answer",
    ),
    path(
        "items/<str:number>/milestones/<int:milestone>/evidence/",
        evidence.add_to_milestone,
        name="add-to-milestone",
    ),
    path(
        "items/<str:number>/milestones/<int:milestone>/evidence/missing/",
        evidence.mark,
        name="mark",
    ),
]

following_urls = [
    path("account/emails/", following.emails, name="emails"),
    path("plans/<slug:slug>/following/", following.plan, name="plan"),
    path("plans/<slug:slug>/items/<str:number>/following/", following.item, name="item"),
]

feed_urls = [
    path("agencies/<int:agency>/calendar/", feeds.index, name="list"),
    path("agencies/<int:agency>/calendar/<int:feed>/revoke/", feeds.revoke, name="revoke"),
    path("calendar/<str:token>.ics", feeds.calendar, name="calendar"),
]

mail_urls = [
    path("", by_email.posted_email, name="post"),
    path("<int:mail>/", by_email.detail, name="detail"),
    path("notes/<int:note>/", by_email.of_note, name="of-note"),
]

risk_urls = [
    path("", risks.index, name="list"),
    path("raise/", risks.raise_new, name="raise"),
    path("<int:risk>/", risks.detail, name="detail"),
    path("<int:risk>/change/", risks.change, name="change"),
    path("<int:risk>/escalate/", risks.escalate, name="escalate"),
    path("<int:risk>/lower/", risks.lower, name="lower"),
    path("<int:risk>/close/", risks.close, name="close"),
    path("<int:risk>/reopen/", risks.reopen, name="reopen"),
]

held_urls = [
    path("<int:entry>/", held_entries.detail, name="detail"),
    path("<int:entry>/release/", held_entries.release, name="release"),
    path("<int:entry>/withdraw/", held_entries.withdraw, name="withdraw"),
]

urlpatterns = [
    path("", desk.home, name="home"),
    path("plans/", include((plan_urls, "plans"))),
    path("plans/<slug:slug>/items/", include((item_urls, "workitems"))),
    path("plans/<slug:slug>/returns/", include((return_urls, "returns"))),
    path("plans/<slug:slug>/", include((variation_urls, "variations"))),
    path("plans/<slug:slug>/measures/", include((measure_urls, "measures"))),
    path("plans/<slug:slug>/audits/", include((audit_urls, "audits"))),
    path("plans/<slug:slug>/notes/", include((note_urls, "notes"))),
    path("plans/<slug:slug>/risks/", include((risk_urls, "risks"))),
    path("plans/<slug:slug>/", include((wait_urls, "waits"))),
    path("plans/<slug:slug>/held/", include((held_urls, "held"))),
    path("plans/<slug:slug>/", include((evidence_urls, "evidence"))),
    path("plans/<slug:slug>/", include((meeting_urls, "meetings"))),
    path("", include((following_urls, "following"))),
    path("", include((feed_urls, "feeds"))),
    path("mail/", include((mail_urls, "by-email"))),
    path("dates/", date_box.understood, name="read-date"),
    path("sentences/", stem_box.reading, name="read-sentence"),
]
