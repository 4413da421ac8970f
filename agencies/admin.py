"""Administration pages for agencies, people, seats and Ministers. History is read-only here."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.db import transaction
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.timezone import localdate

from agencies import history, letters
from agencies.models import Agency, Appointment, Seat, User
from agencies.services.seats import tell_of_seat


def is_administrator(request: HttpRequest) -> bool:
    """Return whether the user may use the administration pages. Permissions elsewhere are rules."""
    user = request.user
    return bool(user.is_active and user.is_superuser)


class TrackedAdmin(admin.ModelAdmin):
    """Open to superusers. Save with a history row that names the signed-in person; never delete.

    Not `SimpleHistoryAdmin`: there, view permission is enough to overwrite a row.
    """

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request)

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        history.save(obj, by=request.user, reason="Administration pages")  # type: ignore[arg-type]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Agency)
class AgencyAdmin(TrackedAdmin):
    list_display = ["short_name", "name", "name_mi", "valid_from", "valid_to", "successor"]
    search_fields = ["short_name", "name"]


@admin.register(Seat)
class SeatAdmin(TrackedAdmin):
    list_display = ["user", "agency", "portfolio", "role", "from_on", "to_on"]
    list_filter = ["role", "agency"]
    autocomplete_fields = ["user"]

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        tell_of_seat(obj, by=request.user, on=localdate(), changed=change)  # type: ignore[arg-type]


@admin.register(Appointment)
class AppointmentAdmin(TrackedAdmin):
    list_display = ["minister", "portfolio", "from_on", "to_on"]


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name")


class ChangedUserForm(UserChangeForm):
    class Meta:
        model = User
        fields = ("email", "name", "is_active", "is_staff", "is_superuser")


@admin.register(User)
class UserAdmin(TrackedAdmin):
    form = ChangedUserForm
    add_form = NewUserForm
    list_display = ["email", "name", "is_active", "is_staff"]
    search_fields = ["email", "name"]

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            # Or an administrator could take over an account unseen, with a new password by e-mail.
            old = form.initial["email"]
            transaction.on_commit(lambda: letters.tell_of_new_address(obj, old=old))

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        # Ask for a password only when adding a user; the change form never shows it.
        return super().get_form(request, obj, change, **kwargs) if obj else self.add_form
