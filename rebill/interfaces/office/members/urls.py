"""Addresses of the members."""

from django.urls import path

from rebill.interfaces.office.members import views

urlpatterns = [
    path("", views.members_page, name="members"),
    path("invite/", views.invite, name="members-invite"),
    path("<int:user_id>/role/", views.change_role, name="members-role"),
    path("<int:user_id>/invite/", views.invite_again, name="members-invite-again"),
    path("<int:user_id>/remove/", views.remove, name="members-remove"),
]
