"""Portfolios for whoever runs the site: to read, and to close one that breaks the house rules."""

from django.contrib import admin

from portfolios.models import Block, FormerHandle, Page, Profile


class ReadOnly:
    """Earners arrange their own pages; nobody adds, changes or deletes them here."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class PageInline(ReadOnly, admin.TabularInline):
    model = Page
    fields = readonly_fields = ("slug", "title", "position")


class FormerHandleInline(ReadOnly, admin.TabularInline):
    model = FormerHandle
    fields = readonly_fields = ("handle", "given_up_at")


@admin.register(Profile)
class ProfileAdmin(ReadOnly, admin.ModelAdmin):
    """Only the audience can be changed: set to private, a portfolio is seen by its owner alone."""

    list_display = ["handle", "name", "audience", "updated_at"]
    list_filter = ["audience"]
    search_fields = ["handle", "name", "former_handles__handle"]
    fields = ["user", "handle", "name", "headline", "about", "audience", "updated_at"]
    readonly_fields = ["user", "handle", "name", "headline", "about", "updated_at"]
    inlines = [PageInline, FormerHandleInline]


@admin.register(Block)
class BlockAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["page", "kind", "award", "position"]
    list_select_related = ["page__profile", "award__version"]
    list_filter = ["kind"]

    def has_change_permission(self, request, obj=None):
        return False
