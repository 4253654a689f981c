"""All addresses of the platform, door by door."""

from django.urls import include, path

urlpatterns = [
    path("", include("mingjing.web.public.urls")),
    path("", include("mingjing.web.desk.urls")),
    path("uploads/", include("mingjing.web.uploads.urls")),
    path("field/", include("mingjing.web.field.urls")),
]

handler403 = "mingjing.web.ui.errors.forbidden"
handler404 = "mingjing.web.ui.errors.not_found"
handler500 = "mingjing.web.ui.errors.broken"
