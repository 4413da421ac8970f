"""All URLs. allauth's views are listed one by one, so that none is exposed by accident."""

from allauth.account import views as account
from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as codes_of_app
from allauth.mfa.webauthn import views as passkeys
from django.urls import include, path, re_path
from django.urls.resolvers import RoutePattern

from agencies.pages.late_addresses import LoadedLate
from agencies.pages.transactions import writes_on_get
from trafficking_plan.frame import views
from trafficking_plan.help import views as help_views
from trafficking_plan.maintenance import views as maintenance
from trafficking_plan.sign_in.openid import PROVIDER_ID

FIXED = {"provider_id": PROVIDER_ID}


account_urls = [
    path("colours/", views.choose_colours, name="choose-colours"),
    path("signed-in-for/", views.signed_in_for, name="signed-in-for"),
    path("not-sent/<str:token>/", views.not_sent, name="unsent"),
    path("sign-in/", account.login, name="account_login"),
    path("sign-out/", views.sign_out, name="account_logout"),
    path(
        "sessions/",
        writes_on_get(views.Sessions.as_view()),  # removes the rows of sessions that ended
        name="usersessions_list",
    ),
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

second_step_urls = [
    path("", second_step.index, name="mfa_index"),
    path("code/", views.SecondStepAtSignIn.as_view(), name="mfa_authenticate"),
    path("confirm/", second_step.reauthenticate, name="mfa_reauthenticate"),
    path("app/", codes_of_app.activate_totp, name="mfa_activate_totp"),
    path("app/remove/", codes_of_app.deactivate_totp, name="mfa_deactivate_totp"),
    path("passkeys/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("passkeys/sign-in/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("passkeys/confirm/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path(
        "passkeys/<int:pk>/remove/",
        views.RemovePasskey.as_view(),
        name="mfa_remove_webauthn",
    ),
    path(
        "recovery-codes/",
        writes_on_get(recovery_codes.view_recovery_codes),  # that they were shown
        name="mfa_view_recovery_codes",
    ),
    path(
        "recovery-codes/new/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
]

organisation_urls = [
    path("sign-in/", views.organisation_sign_in, FIXED, name="openid_connect_login"),
    path("come-back/", views.organisation_come_back, FIXED, name="openid_connect_callback"),
    path("signs-out/", views.organisation_signs_out, FIXED, name="organisation-signs-out"),
]

help_urls = [
    path("", help_views.index, name="index"),
    path("<slug:task>/", help_views.detail, name="task"),
]

urlpatterns = [
    path("help/", include((help_urls, "help"))),
    LoadedLate(RoutePattern("api/"), "trafficking_plan.api.urls", "api"),
    path(".well-known/security.txt", views.security_txt, name="security-txt"),
    path("words.js", views.catalogue, name="catalogue"),
    path("product/colours.css", views.product_colours, name="product-colours"),
    path("product/mark", views.product_mark, name="product-mark"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("people/<int:person>/data/", views.data_of_person, name="data-of-person"),
    path("maintenance/", maintenance.index, name="maintenance"),
    path("maintenance/end/", maintenance.end, name="maintenance-end"),
    path("account/", include(account_urls)),
    path("account/second-step/", include(second_step_urls)),
    path("account/organisation/", include(organisation_urls)),
    path("", include("agencies.urls")),
    path("", include("workitems.urls")),
    path("", include("reports.urls")),
]
