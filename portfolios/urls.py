"""The addresses of the earner: their own desk below /me/, and what others see at /@handle/."""

from django.urls import path

from portfolios import views

urlpatterns = [
    path("me/", views.me, name="me"),
    path("me/portfolio/", views.portfolio, name="me_portfolio"),
    path("me/credentials/keep/", views.keep, name="me_keep"),
    path("me/credentials/<uuid:pk>/visibility/", views.set_visibility, name="me_visibility"),
    path("me/credentials/<uuid:pk>/add/", views.add_to_portfolio, name="me_add"),
    path("me/leave/", views.leave, name="me_leave"),
    path("me/leave/everything.zip", views.export, name="me_export"),
    path("me/left/", views.left, name="me_left"),
    path("@<slug:handle>/", views.profile, name="profile"),
]
