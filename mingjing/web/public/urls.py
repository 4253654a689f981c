"""Addresses of the public door. They are printed on papers and linked from elsewhere: they MUST NOT change."""

from django.urls import URLPattern, path, re_path, register_converter

from .views import (
    before,
    corrections,
    decisions,
    during,
    embed,
    home,
    licenses,
    lists,
    registers,
    reports,
    shared,
    statistics,
    verify,
)


class WordsConverter:
    """One part of an address in any script; a NUL, which no database stores, is no part of one."""

    regex = r"[^/\x00]{1,120}"

    def to_python(self, value: str) -> str:
        """As it came."""
        return value

    def to_url(self, value: str) -> str:
        """As it is; ``reverse`` quotes it."""
        return value


register_converter(WordsConverter, "words")

app_name = "public"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("find", home.find, name="find"),
    path("about", home.about, name="about"),
    path("healthz", home.healthz, name="healthz"),
    path("robots.txt", home.robots, name="robots"),
    path("decisions", decisions.decisions, name="decisions"),
    path("decisions/<slug:slug>", decisions.decision, name="decision"),
    path("decisions/<slug:slug>/correct", corrections.ask, name="correct"),
    path("corrections", corrections.answer, name="correction"),
    path("decisions/<slug:slug>/proof.json", decisions.proof, name="proof"),
    path("decisions/<slug:slug>/bundle.zip", decisions.bundle, name="bundle"),
    path("decisions/<slug:slug>/text.pdf", decisions.text, name="text"),
    path("agencies", before.agencies, name="agencies"),
    path("during", during.during, name="during"),
    path("officers", during.officers, name="officers"),
    path("officers/<words:number>", during.officer, name="officer"),
    path("officers/<words:number>/photo", during.photo, name="officer-photo"),
    path("officers/<words:number>/confirm", during.confirm, name="officer-confirm"),
    path("powers", before.powers, name="powers"),
    path("powers/<words:code>", before.power, name="power"),
    path("licenses", licenses.licenses, name="licenses"),
    path("licenses/<words:code>", licenses.guide, name="license"),
    path("procedures", before.procedures, name="procedures"),
    path("procedures/<slug:id>", before.procedure, name="procedure"),
    path("procedures/<slug:id>/flow.svg", before.flow_svg, name="flow"),
    path("registers", registers.registers, name="registers"),
    path("registers/<slug:organ>/<slug:code>", registers.register, name="register"),
    path("registers/<slug:organ>/<slug:code>.csv", registers.as_csv, name="register-csv"),
    path("registers/<slug:organ>/<slug:code>.json", registers.as_json, name="register-json"),
    path("registers/<slug:organ>/<slug:code>.jsonl", registers.as_json_lines, name="register-jsonl"),
    path("registers/<slug:organ>/<slug:code>.rss", registers.feed, name="register-rss"),
    path("registers/<slug:organ>/<slug:code>/compare", registers.compare, name="register-compare"),
    path("laws", before.laws, name="laws"),
    path("laws/<words:statute>", before.law_statute, name="statute"),
    path("laws/<words:statute>/<words:article>", before.law_article, name="article"),
    path("statistics", statistics.statistics, name="statistics"),
    path("embed", embed.snippets, name="embed-snippets"),
    path("embed/<words:code>", embed.column, name="embed"),
    path("accessibility", home.accessibility, name="accessibility"),
    path("withheld", statistics.withheld, name="withheld"),
    path("api/docs", lists.docs, name="api-docs"),
    path("api/openapi.json", lists.description, name="api-description"),
    path("reports", reports.reports, name="reports"),
    path("reports/<int:year>", reports.year, name="report-year"),
    path("reports/<int:year>/all.<slug:kind>", reports.year_file, name="report-year-file"),
    path("reports/<int:year>/<slug:slug>.<slug:kind>", reports.file, name="report-file"),
    path("reports/<int:year>/<slug:slug>", reports.report, name="report"),
    path("shared/<words:link>", shared.shared, name="shared"),
    path("verify", verify.verify, name="verify"),
    re_path(r"^verify/(?P<sha256>[0-9a-fA-F]{64})$", verify.verify_sha256, name="verify-sha256"),
    re_path(r"^verify/(?P<sha256>[0-9a-fA-F]{64})/proof\.json$", verify.proof, name="verify-proof"),
    path("verify.html", verify.offline_page, name="verify-offline"),
    path("v/<words:code>", verify.short, name="short"),
    path("log", verify.log, name="log"),
    path("log/mingjing_verify.py", verify.verifier, name="verifier"),
    path("log/verify.py", verify.verifier, name="verifier-py"),
    path("log/policy", verify.log_policy, name="log-policy"),
    path("log/keys", verify.log_keys, name="log-keys"),
    path("log/<path:path>", verify.log_file, name="log-file"),
]
# Every list for machines: CSV, JSON Lines, JSON, RSS.
urlpatterns += lists.paths()
# The pages that also read in English (``web.ui.english.PAGES``): the same views under ``en/``.
urlpatterns += [
    path("en", home.home, name="home-en"),
    path("en/find", home.find, name="find-en"),
    path("en/about", home.about, name="about-en"),
    path("en/accessibility", home.accessibility, name="accessibility-en"),
    path("en/decisions", decisions.decisions, name="decisions-en"),
    path("en/decisions/<slug:slug>", decisions.decision, name="decision-en"),
    path("en/agencies", before.agencies, name="agencies-en"),
    path("en/officers", during.officers, name="officers-en"),
    path("en/officers/<words:number>", during.officer, name="officer-en"),
    path("en/verify", verify.verify, name="verify-en"),
    re_path(r"^en/verify/(?P<sha256>[0-9a-fA-F]{64})$", verify.verify_sha256, name="verify-sha256-en"),
    path("en/verify.html", verify.offline_page, name="verify-offline-en"),
    path("en/v/<words:code>", verify.short, name="short-en"),
    path("en/log", verify.log, name="log-en"),
]
