"""The desk, the plans, their work items."""

from django.urls import include, path

from workitems.views import desk, items, milestones, plans, workbook

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

urlpatterns = [
    path("", desk.home, name="home"),
    path("plans/", include((plan_urls, "plans"))),
    path("plans/<slug:slug>/items/", include((item_urls, "workitems"))),
]
