"""验真: is this paper what an organ issued, and does the log hold together?

The browser computes the digest and asks by digest, so the file never leaves the reader's machine. Without
scripts the file is sent, hashed in memory and forgotten.
"""

from __future__ import annotations

import hashlib
import mimetypes
import re
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from mingjing.kernel.checkpoint import Checkpoint
from mingjing.kernel.refused import Refused
from mingjing.oversight import queries as oversight
from mingjing.oversight.queries import ReportView
from mingjing.publicity import queries as publicity
from mingjing.publicity.queries import PaperFacts, Published
from mingjing.record import bundling
from mingjing.record import queries as record
from mingjing.record.queries import State
from mingjing.web.ui import english
from mingjing.web.ui.asked import word
from mingjing.web.ui.limits import count_look_up
from mingjing.web.ui.wording import at as at_words
from mingjing.web.ui.wording import long_date as day_in_words

from .. import proof_words
from ..cached import public_page

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
LARGEST_BYTES = 30 * 1024 * 1024
TEXT = "text/plain; charset=utf-8"
STATIC = Path(settings.STATICFILES_DIRS[0])


# Changes nothing and knows nobody, so a forged request gains nothing; and the door stays without cookies.
@csrf_exempt
@gzip_page
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: Any) -> HttpResponse:
    """Drop a file or type a code; a posted file is judged here."""
    code = str(request.POST.get("code", "")).replace("\x00", "").strip()[:100] or word(request, "code")
    upload = request.FILES.get("file") if request.method == "POST" else None
    answer = None
    if upload is not None:
        if code:
            count_look_up(request, "code", request.at)
        answer = judge(_digest(upload), code)
    elif _SHA256.fullmatch(code):
        answer = judge(code.lower())
    elif code:
        answer = _by_code(request, code)
    return _page(request, code, answer)


@require_safe
def verify_sha256(request: Any, sha256: str) -> HttpResponse:
    """The answer for a digest: JSON for the page's script, a page for people. Cost: at most 4 queries."""
    code = word(request, "code")
    if code:
        count_look_up(request, "code", request.at)
    answer = judge(sha256.lower(), code)
    if "application/json" in request.headers.get("Accept", ""):
        response: HttpResponse = JsonResponse(
            _told(request, answer), json_dumps_params={"ensure_ascii": False}
        )
    else:
        response = _page(request, code, answer)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def proof(request: HttpRequest, sha256: str) -> HttpResponse:
    """The proof that the record names the file with this digest; for whoever holds it. Cost: about 8 queries.

    Raises: Refused ``no-such-paper``, ``not-sealed``.
    """
    entry = oversight.entry_of_sheet(sha256.lower()) or publicity.entry_of_file(sha256.lower())
    found = record.prove(entry)
    response = JsonResponse(found, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def short(request: Any, code: str) -> HttpResponse:
    """Where the QR code on a paper leads: what was issued under this code. Cost: 2 queries."""
    count_look_up(request, "code", request.at)
    return _short(request, code)


@public_page
def _short(request: HttpRequest, code: str) -> HttpResponse:
    return _page(request, code, _issued(code))


def _page(request: HttpRequest, code: str, answer: dict[str, Any] | None) -> HttpResponse:
    spoken = proof_words.words(english=english.is_english(request.path))
    context = {"code": code, "answer": answer and _told(request, answer), "spoken": spoken}
    return render(request, "public/verify.html", context)


def _told(request: HttpRequest, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer in the language of the page; what the organ wrote stays as it is."""
    said = partial(english.said, request.path)
    return answer | {
        "mark": said(answer["mark"]),
        "title": said(answer["title"]),
        "text": said(answer["text"]),
        "paper": [(said(label), value) for label, value in answer["paper"]],
        "address": english.link(request.path, answer["address"]),
        "proof": f"/verify/{answer['sha256']}/proof.json" if answer["kind"] in _ISSUED else "",
    }


def judge(sha256: str, code: str = "") -> dict[str, Any]:
    """真, 改动 or 查无 for a file's digest, and, where the paper's code is known, which paper it pretends to be."""
    paper = publicity.paper_by_sha256(sha256)
    if paper is not None:
        return _answer("genuine", paper, sha256)
    published = publicity.shown_by_sha256(sha256)
    if published is not None:
        return _of_text(published, sha256)
    report = oversight.of_sheet(sha256)
    if report is not None:
        return _of_report(report, sha256)
    meant = publicity.paper_by_code(code) if code else None
    if meant is not None:
        return _answer("changed", meant, sha256)
    return _answer("unknown", None, sha256)


def _by_code(request: Any, code: str) -> dict[str, Any]:
    count_look_up(request, "code", request.at)
    return _issued(code)


def _issued(code: str) -> dict[str, Any]:
    paper = publicity.paper_by_code(code)
    return _answer("issued" if paper else "no-code", paper, "")


# The kinds of answer to a file that was issued exactly so.
_ISSUED = ("genuine", "voided", "withdrawn", "returned")
# Per kind of answer: the word on the tag and its colour, and the headline.
_HEADS = {
    "genuine": ("真", "green", "与登记的文书一字不差"),
    "changed": ("改动", "red", "与登记的文书不一致"),
    "unknown": ("查无", "red", "没有登记过这份文件"),
    "issued": ("有此文书", "green", "请再核对文件内容"),
    "no-code": ("查无", "red", "没有这个验证码"),
    "voided": ("作废", "amber", "内容是真的，但这份文书已经作废"),
    "withdrawn": ("撤下", "amber", "内容是真的，但这份决定的公示已经撤下"),
    "returned": ("已更正", "amber", "内容是真的，但这一版年报已经退回更正"),
}
_TEXTS = {
    "genuine": "这份文件的 SHA-256 摘要与出具时存入的相同，内容没有被改动过。",
    "changed": "验证码对应的文书确实出具过，但这份文件的内容与它不同，可能被改动过，不要据此行事。",
    "unknown": "它可能不是本平台出具的，也可能被改动过。请填写文书上的验证码再试，或者联系出具机关核实。",
    "issued": "以下是登记的内容，请与手中的文书逐项对照；要确认内容一字未改，请再选择文件核验。",
    "no-code": "请核对文书首页下方的验证码；验证码不含数字 0、1 和字母 I、O。",
    "voided": "文书内容没有被改动，但已经作废，不再有效。",
    "genuine-text": "这份文件与公示时存入的公示文本一字不差，内容没有被改动过。",
    "withdrawn": "这份文件与公示时存入的公示文本一字不差；公示后来撤下，请勿继续传播。",
    "genuine-report": "这份文件与签发、公布时存入的年报一字不差，内容没有被改动过。",
    "returned": "这份文件与签发、公布时存入的年报一字不差；这一版已经退回更正，请以后一版为准。",
}


def _answer(kind: str, paper: PaperFacts | None, sha256: str) -> dict[str, Any]:
    if paper is not None and paper.voided_at is not None and kind in ("genuine", "issued"):
        kind = "voided"
    mark, tone, title = _HEADS[kind]
    return {
        "kind": kind,
        "mark": mark,
        "tone": tone,
        "title": title,
        "text": _TEXTS[kind],
        "sha256": sha256,
        "paper": _shown(paper) if paper else [],
        "address": f"/decisions/{paper.slug}" if paper and paper.slug else "",
    }


def _of_text(published: Published, sha256: str) -> dict[str, Any]:
    """The answer for a published text: genuine, or genuine and withdrawn since."""
    mark, tone, title = _HEADS["withdrawn" if published.withdrawn else "genuine"]
    rows = [("文书", "公示文本"), ("文书号", published.number), ("出具机关", published.organ)]
    rows.append(("公示日期", day_in_words(published.published_at)))
    if published.withdrawn_at is not None:
        rows.append(("撤下", f"{day_in_words(published.withdrawn_at)}，{published.reason}"))
    return {
        "kind": "withdrawn" if published.withdrawn else "genuine",
        "mark": mark,
        "tone": tone,
        "title": title,
        "text": _TEXTS["withdrawn" if published.withdrawn else "genuine-text"],
        "sha256": sha256,
        "paper": rows,
        "address": f"/decisions/{published.slug}",
    }


def _of_report(report: ReportView, sha256: str) -> dict[str, Any]:
    """The answer for an annual report as signed or as published: genuine, or genuine and returned since."""
    returned = report.state == "returned"
    mark, tone, title = _HEADS["returned" if returned else "genuine"]
    rows = [
        ("文书", f"{report.year}年行政执法统计年报（第 {report.edition} 版）"),
        ("出具机关", report.organ),
        ("状态", report.state_title),
    ]
    return {
        "kind": "returned" if returned else "genuine",
        "mark": mark,
        "tone": tone,
        "title": title,
        "text": _TEXTS["returned" if returned else "genuine-report"],
        "sha256": sha256,
        "paper": rows,
        "address": f"/reports/{report.year}/{report.slug}" if report.published_at else "",
    }


def _shown(paper: PaperFacts) -> list[tuple[str, str]]:
    rows = [
        ("文书", paper.title),
        ("文书号", paper.number),
        ("出具机关", paper.organ),
        ("出具时间", at_words(paper.issued_at)),
        ("页数", str(paper.pages)),
        ("验证码", paper.verify_code),
        ("登记的摘要", paper.sha256),
    ]
    if paper.voided_at is not None:
        rows.append(("作废", f"{at_words(paper.voided_at)}，{paper.void_reason}"))
    return rows


def _digest(upload: Any) -> str:
    if upload.size > LARGEST_BYTES:
        raise Refused(
            "file-too-large",
            f"文件有 {upload.size // 1024 // 1024} MB，超过 30 MB，不能在这里核验。",
            remedy="请打开浏览器脚本在本机核验，或者用离线核验程序。",
        )
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()


@public_page
def log(request: HttpRequest) -> HttpResponse:
    """The signed head of the log in use, the logs of all years, and how to check them without us."""
    years = record.log_states()
    head, document = _head(years[0]) if years else (None, "")
    context = {"head": head, "document": document, "years": years, "vkey": years[0].vkey if head else ""}
    return render(request, "public/log.html", context)


@require_safe
def log_keys(request: HttpRequest) -> HttpResponse:
    """The public keys of all years, one a line, oldest first, Ed25519 before other kinds: what readers trust."""
    response = HttpResponse(
        "".join(f"{key}\n" for key in (*record.vkeys(), *record.further_vkeys())), content_type=TEXT
    )
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def log_policy(request: HttpRequest) -> HttpResponse:
    """The trust policy of this deployment (C2SP tlog-policy), for ``verify.py --policy`` and other tools."""
    response = HttpResponse(bundling.policy(), content_type=TEXT)
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def log_file(request: HttpRequest, path: str) -> HttpResponseBase:
    """A published file of a log: its head, or a tile, as C2SP tlog-tiles lays them out.

    The head without a year is that of the log from before the years, if there was one; else of the one in use.
    """
    try:
        found = record.log_file(path)
    except Refused:
        year = record.state().year
        if path != "checkpoint" or year is None:
            raise
        return redirect("public:log-file", f"{year}/checkpoint")
    head = path.endswith("checkpoint")
    response = FileResponse(found.open("rb"), content_type=TEXT if head else "application/octet-stream")
    response["Cache-Control"] = "no-cache" if head else "public, max-age=31536000, immutable"
    return response


@require_safe
def offline_page(request: HttpRequest) -> HttpResponse:
    """The page for saving: one file that verifies bundles in any browser, without a network.

    It is a download and never shown from here, so the scripts inside it do not touch our policy for scripts.
    """
    scripts = ("proof.js", "proof_view.js", "verify_offline.js")
    context = {
        "script": "\n".join(_inlined(STATIC / name) for name in scripts),
        "style": "".join((STATIC / name).read_text("utf-8") for name in ("tokens.css", "proof.css")),
        "words": proof_words.words(english=english.is_english(request.path)),
        "policy": bundling.policy(),
    }
    response = render(request, "public/verify_offline.html", context)
    response["Content-Disposition"] = 'attachment; filename="verify.html"'
    return response


def _inlined(path: Path) -> str:
    """A module's code for a page that holds all of them: its imports and exports fall away."""
    return _IMPORTS.sub("", path.read_text("utf-8")).replace("\nexport ", "\n")


_IMPORTS = re.compile(r"^import .*;\n", re.MULTILINE)


@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """The offline verifier: one file, nothing to install."""
    response = HttpResponse(bundling.verifier(), content_type=mimetypes.types_map.get(".py", "text/x-python"))
    response["Content-Disposition"] = f'attachment; filename="{request.path.rpartition("/")[2]}"'
    return response


def _head(state: State) -> tuple[Checkpoint | None, str]:
    """The published head of a log and the signed note it comes in; None before the first is published."""
    try:
        document = record.log_file(f"{state.year}/checkpoint" if state.year else "checkpoint").read_text()
    except Refused:
        return None, ""
    return Checkpoint.parse(document.partition("\n\n")[0] + "\n"), document
