"""Settings with the room ``record`` alone, so that a database for its tests is there in a moment."""

from mingjing.settings import *  # noqa: F403

INSTALLED_APPS = ["mingjing.record"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "bench.record_only"
AUTH_USER_MODEL = "auth.User"
urlpatterns: list[object] = []
