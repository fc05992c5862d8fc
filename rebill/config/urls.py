"""Where each door is: the pages of the office, the accounts of its users, the portal of customers, the API."""

from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    # Browsers ask for it by themselves, also where a page names another icon.
    path("favicon.ico", RedirectView.as_view(url=static("office/icon.svg"))),
    path("account/", include("allauth.urls")),
    path("api/v1/", include(("rebill.interfaces.api.v1", "api"), namespace="api")),
    path("p/", include("rebill.interfaces.portal.urls")),
    path("", include("rebill.interfaces.office.urls")),
]
