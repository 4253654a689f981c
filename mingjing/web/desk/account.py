"""账号: sign-in, sign-out, password, sessions, and the demo's switch-user page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from mingjing.kernel.refused import Refused
from mingjing.organs import actions, queries
from mingjing.organs.passwords import HELP
from mingjing.web.ui import flash, kept
from mingjing.web.ui.limits import address_of
from mingjing.web.ui.refusals import status_of

from .frame import menu

HOME = "/desk"
BACKEND = "mingjing.organs.backend.OfficerBackend"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: Any) -> HttpResponse:
    """The sign-in form; after success where the person wanted to go, or the desk."""
    if request.user.is_authenticated and request.method != "POST":
        return redirect(HOME)
    target = _next(request)
    fields = kept.handed_on(request.POST)
    restores = request.POST.get("restores") == "1"
    context: dict[str, Any] = {
        "username": "",
        "refused": None,
        "next": target,
        "kept": fields,
        "restores": restores,
    }
    if request.method != "POST":
        return render(request, "desk/account_sign_in.html", context)
    username = request.POST.get("username", "")
    try:
        account = actions.sign_in(
            username=username,
            password=request.POST.get("password", ""),
            address=address_of(request),
            at=request.at,
        )
    except Refused as refused:
        context |= {"username": username, "refused": refused}
        return render(request, "desk/account_sign_in.html", context, status=status_of(refused))
    entered = _enter(request, account, target)
    if not fields or account.must_change_password:
        return entered
    context = {
        "fields": fields if restores else [],
        "words": kept.words(fields),
        "address": target,
        "nav": [],
    }
    return render(request, "desk/account_resume.html", context)


def _enter(request: Any, account: Any, target: str) -> HttpResponseRedirect:
    """Start a fresh session: what was in the anonymous one, and its key, are thrown away."""
    request.session.flush()
    login(request, account, backend=BACKEND)
    _open_session(request, account)
    return redirect("desk:password" if account.must_change_password else target)


def _open_session(request: Any, account: Any) -> None:
    request.session["seen"] = request.at.timestamp()
    actions.open_session(
        account=account,
        session_key=request.session.session_key,
        address=address_of(request),
        agent=request.headers.get("User-Agent", ""),
        at=request.at,
    )


@require_POST
def sign_out(request: Any) -> HttpResponse:
    """End the session and go to the sign-in form."""
    if request.user.is_authenticated:
        actions.sign_out(account_id=request.user.pk, session_key=request.session.session_key, at=request.at)
    logout(request)
    return redirect("desk:sign-in")


@login_required
@never_cache
def account(request: Any) -> HttpResponse:
    """Who I am on this platform, and where my account is open."""
    sessions = queries.sessions_of(request.user.pk, request.at)
    context = {
        "account": request.user,
        "sessions": [
            {"row": session, "here": session.session_key == request.session.session_key}
            for session in sessions
        ],
        "nav": _menu(request),
    }
    return render(request, "desk/account_page.html", context)


@login_required
@require_POST
def end_session(request: Any, session_id: int) -> HttpResponse:
    """End one of my sessions."""
    actions.end_session(account_id=request.user.pk, session_id=session_id, at=request.at)
    flash.say(request, "已结束那处登录。")
    return redirect("desk:account")


@login_required
@never_cache
@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: Any) -> HttpResponse:
    """Change my password; all other sessions end."""
    context: dict[str, Any] = {
        "rules": HELP,
        "refused": None,
        "must_change": request.user.must_change_password,
        "nav": _menu(request),
    }
    if request.method != "POST":
        return render(request, "desk/account_password.html", context)
    try:
        account = actions.change_password(
            account_id=request.user.pk,
            old=request.POST.get("old", ""),
            new=request.POST.get("new", ""),
            again=request.POST.get("again", ""),
            address=address_of(request),
            session_key=request.session.session_key,
            at=request.at,
        )
    except Refused as refused:
        context["refused"] = refused
        return render(request, "desk/account_password.html", context, status=status_of(refused))
    update_session_auth_hash(request, account)
    _open_session(request, account)
    flash.say(request, "密码已修改，其他地方的登录都已结束。")
    return redirect("desk:account")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def switch(request: Any) -> HttpResponse:
    """In the demo only: become another person without a password."""
    if not settings.MINGJING_DEMO:
        raise Http404
    if request.method != "POST":
        people = queries.demo_accounts()
        organs = list(dict.fromkeys(person["organ"] for person in people))
        groups = [(organ, [person for person in people if person["organ"] == organ]) for organ in organs]
        return render(
            request,
            "desk/account_switch.html",
            {"groups": groups, "next": _next(request), "nav": _menu(request)},
        )
    account = queries.account_by_username(request.POST.get("username", ""))
    if account is None or not account.is_active:
        raise Refused("no-such-account", "没有这个演示账号。", remedy="请从名单中选择。")
    return _enter(request, account, _next(request))


def _menu(request: Any) -> list[dict[str, Any]]:
    return menu(request.actor, "", request.at) if request.actor else []


def _next(request: HttpRequest) -> str:
    """Where to go afterwards: only to a page of ours."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if ours else HOME
