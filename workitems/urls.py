"""The desk, the plans, their work items."""

from django.urls import include, path

from workitems.views import desk, items, milestones, plans, returns, rounds, workbook

plan_urls = [
    path("", plans.index, name="list"),
    path("import/", workbook.import_new, name="import-new"),
    path("import/empty/", workbook.blank, name="blank-workbook"),
    path("<slug:slug>/", plans.detail, name="detail"),
    path("<slug:slug>/workbook/import/", workbook.import_plan, name="import"),
    path("<slug:slug>/workbook/export/", workbook.export_plan, name="export"),
]

item_urls = [
    path("", items.index, name="list"),
    path("<str:number>/", items.detail, name="detail"),
    path("<str:number>/status/", items.change_status, name="change-status"),
    path("<str:number>/review/", items.review, name="review"),
    path("<str:number>/milestones/<int:milestone>/", milestones.milestone, name="milestone"),
]

return_urls = [
    path("", rounds.index, name="list"),
    path("open/", rounds.open_round, name="open-round"),
    path("<int:round>/", rounds.detail, name="round"),
    path("<int:round>/close/", rounds.close_round, name="close-round"),
    path("<int:round>/reopen/", rounds.reopen_round, name="reopen-round"),
    path("<int:round>/<int:agency>/", returns.detail, name="detail"),
    path("<int:round>/<int:agency>/items/<str:number>/", returns.save, name="save"),
    path("<int:round>/<int:agency>/accept/", returns.accept, name="accept"),
    path("<int:round>/<int:agency>/send-back/", returns.send_back, name="send-back"),
]

urlpatterns = [
    path("", desk.home, name="home"),
    path("plans/", include((plan_urls, "plans"))),
    path("plans/<slug:slug>/items/", include((item_urls, "workitems"))),
    path("plans/<slug:slug>/returns/", include((return_urls, "returns"))),
]
