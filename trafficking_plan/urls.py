"""All URLs. allauth's views are listed one by one, so that none is exposed by accident."""

from allauth.account import views as account
from django.urls import include, path, re_path

from trafficking_plan import views

account_urls = [
    path("colours/", views.choose_colours, name="choose-colours"),
    path("sign-in/", account.login, name="account_login"),
    path("sign-out/", account.logout, name="account_logout"),
    path("sign-up/", account.signup, name="account_signup"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    # The key contains a hyphen, at which a path() pattern could split.
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]

urlpatterns = [
    path("api/", include("trafficking_plan.api.urls")),
    path(".well-known/security.txt", views.security_txt, name="security-txt"),
    path("account/", include(account_urls)),
    path("", include("agencies.urls")),
    path("", include("workitems.urls")),
    path("", include("reports.urls")),
]
