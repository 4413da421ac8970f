"""Every address. Sign-in pages are named one by one, so that none is reachable by accident."""

from allauth.account import views as account
from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import include, path, re_path

from trafficking_plan import views

# One way in: the administration pages have no sign-in of their own, which would know no limits.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# What packages put there by themselves: ours are people with seats, and nothing is deleted.
admin.site.unregister([Group, EmailAddress])

account_urls = [
    path("sign-in/", account.login, name="account_login"),
    path("sign-out/", account.logout, name="account_logout"),
    path("sign-up/", account.signup, name="account_signup"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    # The key holds a hyphen of its own; a path's converter would split there.
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
    path("healthz", views.healthz, name="healthz"),
    path("account/", include(account_urls)),
    path("administration/", admin.site.urls),
    path("", include("agencies.urls")),
    path("", include("workitems.urls")),
    path("", include("reports.urls")),
]
