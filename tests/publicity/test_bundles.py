"""核验包: what anybody may take away of a published decision verifies without us and tells of nobody."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from typing import Any

import pytest
from pypdf import PdfReader

from mingjing.kernel import canonical
from mingjing.publicity import bundles, sheet
from mingjing.publicity.models import Publication
from mingjing.publicity.queries import shown_by_sha256
from mingjing.record import actions as record
from mingjing.record import bundling, queries
from mingjing.record.verifier import mingjing_verify as verifier
from tests.office import Matter, Office, refused

from .test_actions import publish, row, told

__all__ = ["told"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(told: tuple[Matter, dict[str, str]]) -> tuple[Matter, Publication, dict[str, str]]:
    """A published decision in the log, and every personal value of its case."""
    matter, values = told
    matter.do("serve_decision")
    publish(matter)
    record.seal(matter.at)
    return matter, row(matter), values


def opened(bundle: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        assert {member.compress_type for member in archive.infolist()} == {zipfile.ZIP_STORED}
        return {member.filename: archive.read(member) for member in archive.infolist()}


def verified(bundle: bytes) -> dict[str, Any]:
    """What a stranger finds who has the policy from an official source."""
    return verifier.verify_bundle(opened(bundle), {}, verifier.parse_policy(bundling.policy()))


def words_of(members: dict[str, bytes]) -> str:
    """Everything there is to read in a bundle: texts, disclosed values, the words of the PDF."""
    texts = [content.decode() for name, content in members.items() if not name.endswith(".pdf")]
    for name, content in members.items():
        if name.endswith("/disclosures.txt"):
            for text in content.decode().split():
                texts.append(json.dumps(canonical.reveal(text).value, ensure_ascii=False))
        if name.endswith(".pdf"):
            texts += [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    return "\n".join(texts)


def test_a_published_decision_verifies_without_us(
    published: tuple[Matter, Publication, dict[str, str]],
) -> None:
    _, publication, _ = published

    found = verified(bundles.bundle_of(publication.slug))

    decision, shown = found["records"]
    assert decision["record"]["id"] == str(publication.decision_entry_id)
    assert (shown["name"], shown["record"]["kind"]) == ("publication", "publication.shown")
    assert shown["record"]["plain"] == {
        "number": publication.number,
        "decision": str(publication.decision_entry_id),
    }
    assert [file["name"] for file in found["files"]] == ["files/公示文本.pdf"]
    assert found["files"][0]["sha256"] == publication.sheet_sha256
    assert found["trusted"]
    assert found["strays"] == []


def test_a_bundle_tells_nothing_of_anybody(published: tuple[Matter, Publication, dict[str, str]]) -> None:
    """G10: names, numbers, addresses, phones of party, witness, informant and agent are nowhere inside."""
    _, publication, values = published

    members = opened(bundles.bundle_of(publication.slug))

    words = "".join(words_of(members).split())
    for name, value in values.items():
        assert value not in words, name
        assert base64.b64encode(value.encode()).decode().rstrip("=") not in words, name
    assert publication.number in words
    assert "诊所开展诊疗" in words


def test_only_values_that_are_published_word_for_word_are_disclosed(
    published: tuple[Matter, Publication, dict[str, str]],
) -> None:
    _, publication, _ = published
    shown = {text for _, text in publication.rendition["text"]}

    found = verified(bundles.bundle_of(publication.slug))["records"][0]

    assert found["withheld"] > 0
    assert set(found["disclosed"].values()) <= shown
    publication.rendition = {"text": []}
    publication.save()
    assert verified(bundles.bundle_of(publication.slug))["records"][0]["disclosed"] == {}


def test_the_text_that_readers_keep_is_the_one_on_the_record(
    published: tuple[Matter, Publication, dict[str, str]],
) -> None:
    _, publication, _ = published

    text = bundles.text_of(publication.slug)

    assert hashlib.sha256(text).hexdigest() == publication.sheet_sha256
    found = shown_by_sha256(publication.sheet_sha256)
    assert found is not None
    assert (found.number, found.withdrawn) == (publication.number, False)
    assert shown_by_sha256("0" * 64) is None
    assert text == sheet.set_sheet(publication, publication.organ.name)
    words = "".join(words_of({"x.pdf": text}).split())
    assert "行政执法决定公示文本" in words
    assert sheet.address(publication) in words


def test_after_a_withdrawal_the_text_is_gone_and_the_proofs_stay(
    published: tuple[Matter, Publication, dict[str, str]],
) -> None:
    """行政处罚法 art. 48(2): withdrawn; what was taken away before is still what was published."""
    matter, publication, _ = published
    before = bundles.bundle_of(publication.slug)
    matter.do("remedy_outcome")
    matter.do("withdraw_publication")
    record.seal(matter.at)

    after = bundles.bundle_of(publication.slug)

    assert not any(name.startswith("files/") or "disclosures" in name for name in opened(after))
    found = verified(after)
    assert [one["name"] for one in found["records"]] == ["decision", "publication", "withdrawal"]
    assert found["files"] == []
    assert "已撤下" in opened(after)["核验说明.txt"].decode()
    assert "诊所开展诊疗" not in words_of(opened(after))
    assert verified(before)["files"][0]["sha256"] == publication.sheet_sha256
    with refused("no-published-text"):
        bundles.text_of(publication.slug)
    gone = shown_by_sha256(publication.sheet_sha256)
    assert gone is not None
    assert gone.withdrawn


def test_equal_content_gives_an_equal_bundle(published: tuple[Matter, Publication, dict[str, str]]) -> None:
    _, publication, _ = published

    assert bundles.bundle_of(publication.slug) == bundles.bundle_of(publication.slug)


def test_before_the_seal_there_is_no_bundle(told: tuple[Matter, dict[str, str]]) -> None:
    matter, _ = told
    publish(matter)

    with refused("not-sealed"):
        bundles.bundle_of(row(matter).slug)


def test_an_entry_that_is_not_in_the_log_yet_is_left_out(
    published: tuple[Matter, Publication, dict[str, str]],
) -> None:
    matter, publication, _ = published
    matter.do("remedy_outcome")
    matter.do("withdraw_publication")

    assert [one["name"] for one in verified(bundles.bundle_of(publication.slug))["records"]] == [
        "decision",
        "publication",
    ]


def test_an_entry_that_does_not_exist_is_refused(office: Office) -> None:
    part = bundling.Part("x", queries.uuid.uuid4())

    with refused("no-such-entry"):
        bundling.bundle([part], {}, what="", address="")


def test_a_character_without_a_glyph_is_told_to_the_publisher(
    told: tuple[Matter, dict[str, str]],
) -> None:
    matter, _ = told

    with refused("sheet-not-set", match="没有字形"):
        publish(matter, text={"violation_fact": "当事人在非注册地点开展诊疗活动😀。"})
