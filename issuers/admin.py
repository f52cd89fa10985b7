"""Issuers in the admin: to look at and to suspend. Keys and the journal can be read, never written."""

from django.contrib import admin

from issuers.models import Entry, Issuer, Member, SigningKey


class ReadOnly(admin.ModelAdmin):
    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Issuer)
class IssuerAdmin(admin.ModelAdmin):
    """Whoever runs the site suspends an issuer here; its words are changed at its own desk."""

    list_display = ["name", "slug", "verified_domain", "suspended_at", "created_at"]
    search_fields = ["name", "slug"]
    fields = ["name", "slug", "url", "email", "verified_domain", "domain_verified_at", "suspended_at"]
    readonly_fields = ["name", "slug", "url", "email"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Member)
class MemberAdmin(ReadOnly):
    list_display = ["issuer", "user", "role", "since"]
    list_filter = ["role"]
    list_select_related = ["issuer", "user"]


@admin.register(SigningKey)
class SigningKeyAdmin(ReadOnly):
    list_display = ["issuer", "number", "active_from", "retired_at", "compromised_at"]
    exclude = ["wrapped_private", "wrapped_by"]


@admin.register(Entry)
class EntryAdmin(ReadOnly):
    list_display = ["issuer", "number", "at", "actor", "verb", "label"]
    list_filter = ["verb"]
    list_select_related = ["issuer", "actor"]
