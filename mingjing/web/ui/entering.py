"""Who may enter a page for officials: one guard for the desk and the field app."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import why_not

from . import kept
from .refusals import wants_json

View = Callable[..., HttpResponseBase]


def officers_only(*needs: str) -> Callable[[View], View]:
    """Let in only signed-in officers who hold one of the permissions; ``Refused`` says who may instead.

    A person whose first password was given by somebody else must change it before anything else.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def enter(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            if request.actor is None:
                raise Refused(
                    "no-permission",
                    "这个账号没有对应的执法人员，不能进入工作台。",
                    remedy="请联系系统管理员。",
                )
            if request.user.must_change_password:
                return redirect("desk:password")
            refusals = [why_not(request.actor, one) for one in needs]
            if all(refusals) and refusals[0] is not None:
                raise refusals[0]
            return view(request, *args, **kwargs)

        return enter

    return wrap


def _to_sign_in(request: Any) -> HttpResponseBase:
    """To the sign-in form; what was typed before the session ended goes along on the page.

    A script is told with 401 and keeps what it holds.
    """
    if wants_json(request):
        return _signed_out()
    if getattr(request, "htmx", False):
        return render(request, "desk/session_over.html", status=401)
    fields = kept.typed(request.POST) if request.method == "POST" and kept.from_us(request) else []
    if not fields:
        return redirect_to_login(request.get_full_path())
    context = {
        "username": "",
        "refused": None,
        "next": request.get_full_path(),
        "kept": fields,
        "restores": kept.restores(request),
    }
    return render(request, "desk/account_sign_in.html", context, status=401)


def _signed_out() -> HttpResponse:
    body = {"code": "signed-out", "reason": "登录已经过期。", "remedy": "请重新登录；没有上传的内容都还在。"}
    answer = JsonResponse(body, status=401, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "no-store"
    return answer
