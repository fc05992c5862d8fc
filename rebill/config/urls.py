"""Where each door is: the pages of the office, the accounts of its users, the API."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.urls")),
    path("api/v1/", include(("rebill.interfaces.api.v1", "api"), namespace="api")),
    path("", include("rebill.interfaces.office.urls")),
]
