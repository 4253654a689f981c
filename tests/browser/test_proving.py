"""Bundles and proofs verified in a real browser: the same answers as verify.py, and nothing leaves the page."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from mingjing.kernel import canonical
from mingjing.record.verifier import mingjing_verify as verifier
from tests.kernel.test_checkpoint import RFC_8032
from tests.record import bundles
from tests.record.makers import flipped

from .conftest import City

pytestmark = pytest.mark.browser

# Answers for a list of bundles: what verify.js would say of each.
ANSWERS = """async ([policy, bundles]) => {
  const proof = await import("/static/proof.js");
  const trusted = await proof.parsePolicy(policy);
  const told = [];
  for (const text of bundles) {
    const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    try {
      const found = await proof.verifyBundle(bytes, trusted);
      told.push(JSON.stringify(found.records.map((one) => [one.record, one.index, one.disclosed])));
    } catch (error) {
      if (!(error instanceof proof.Refusal)) throw error;
      told.push(error.usable ? "not-proven" : "unusable");
    }
  }
  return told;
}"""
SIGNATURES = """async (vectors) => {
  const proof = await import("/static/proof.js");
  const bytes = (text) => Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
  const told = [];
  for (const given of vectors) {
    const [key, message, signature] = given.map(bytes);
    told.push([await proof.ed25519(key, message, signature),
               await proof.ed25519InOwnCode(key, message, signature)]);
  }
  return told;
}"""
SM3 = """async (texts) => {
  const proof = await import("/static/proof.js");
  return texts.map((text) => proof.hex(proof.sm3(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)))));
}"""


@pytest.fixture
def page(browser: Browser, city: City) -> Iterator[Page]:
    """The verification page under its own policy for scripts; any error of a script fails the test."""
    opened = browser.new_page(base_url=city.address)
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda told: faults.append(told.text) if "Content Security" in told.text else None)
    opened.goto("/verify")
    yield opened
    opened.close()
    assert faults == []


def choose(page: Page, folder: Path, bundle: bytes, policy: str = bundles.POLICY) -> None:
    """Choose a bundle and one's own policy, and verify."""
    (folder / "policy.txt").write_text(policy, "utf-8")
    (folder / "核验包.zip").write_bytes(bundle)
    page.locator("#policy").set_input_files(folder / "policy.txt")
    page.locator("#file").set_input_files(folder / "核验包.zip")
    page.get_by_role("button", name="核验", exact=True).click()


def test_a_bundle_is_proven_step_by_step_and_nothing_is_sent(page: Page, tmp_path: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    choose(page, tmp_path, bundles.zipped(bundles.files()))

    answer = page.locator("#answer")
    expect(answer.locator("h2")).to_have_text("真 结论：证明成立。")
    expect(answer).to_contain_text(
        "见证：联署满足政策要求的“见证”：司法局（北京时间 2026-11-27 21:30:05 联署）"
    )
    expect(answer).to_contain_text("文书：与记录登记的“公示文本.pdf”完全一致")
    expect(answer).to_contain_text("披露内容：number＝12")
    expect(answer).to_contain_text("1 项内容只有摘要，没有披露")
    expect(answer.locator(".ladder li")).to_have_count(2 + 4)
    expect(answer).to_contain_text("您选择的信任政策")
    # The icon of the page is fetched whenever the browser likes.
    assert [address for address in asked if not address.endswith("/mark.svg")] == []


@pytest.mark.parametrize(
    "changes, mark, why",
    [
        ({"files/公示文本.pdf": b"%PDF-1.7 altered"}, "改动", "不是这条记录登记的文件"),
        ({"decision/record.json": b"{}"}, "改动", "记录不在所签名的日志中"),
        ({"decision/disclosures.txt": b"AAAA"}, "改动", "所披露的内容不属于这条记录"),
        ({"decision/proof.tlog-proof": b"nothing"}, "无法核验", "证明写法有误"),
    ],
    ids=["document", "record", "disclosure", "no proof"],
)
def test_a_changed_bundle_is_told(
    page: Page, tmp_path: Path, changes: dict[str, bytes], mark: str, why: str
) -> None:
    choose(page, tmp_path, bundles.zipped({**bundles.files(), **changes}))

    expect(page.locator("#answer h2 .tag")).to_have_text(mark)
    expect(page.locator("#answer")).to_contain_text(why)


def test_a_head_that_too_few_witnesses_saw_is_told(page: Page, tmp_path: Path) -> None:
    text = bundles.POLICY.replace(" any ", " all ")

    choose(page, tmp_path, bundles.zipped(bundles.files()), text)

    expect(page.locator("#answer")).to_contain_text("见证方的联署不够政策要求的“见证”")


def test_the_page_answers_in_english_too(page: Page, tmp_path: Path) -> None:
    page.goto("/en/verify")
    (tmp_path / "policy.txt").write_text(bundles.POLICY, "utf-8")
    (tmp_path / "bundle.zip").write_bytes(bundles.zipped(bundles.files()))
    page.locator("#policy").set_input_files(tmp_path / "policy.txt")
    page.locator("#file").set_input_files(tmp_path / "bundle.zip")
    page.locator("form[data-verify] button").click()

    expect(page.locator("#answer h2")).to_have_text("GENUINE Answer: proven.")


def test_the_saved_page_verifies_without_a_network(browser: Browser, city: City, tmp_path: Path) -> None:
    asking = browser.new_page(base_url=city.address)
    saved = tmp_path / "verify.html"
    saved.write_bytes(asking.request.get("/verify.html").body())
    asking.close()
    (tmp_path / "bundle.zip").write_bytes(bundles.zipped(bundles.files()))
    context = browser.new_context(offline=True)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))

    page.goto(saved.as_uri())
    page.locator("#policy").fill(bundles.POLICY)
    page.locator("#file").set_input_files(tmp_path / "bundle.zip")
    page.get_by_role("button", name="核验", exact=True).click()

    expect(page.locator("#answer h2")).to_have_text("真 结论：证明成立。")
    page.locator("#policy").fill("")
    page.get_by_role("button", name="核验", exact=True).click()
    expect(page.locator("#answer h2 .tag")).to_have_text("自身一致")
    assert faults == []
    context.close()


def mutated() -> list[bytes]:
    """Bundles with one bit, one byte or one part changed; the same in every run."""
    chance, whole = random.Random(4), bundles.zipped(bundles.files())
    made = [whole, whole[:-1], b"PK"]
    made += [flipped(whole, chance.randrange(8 * len(whole))) for _ in range(60)]
    for name, content in bundles.files().items():
        made.append(bundles.zipped({**bundles.files(), name: content[:-1]}))
        for _ in range(12):
            changed = flipped(content, chance.randrange(8 * len(content)))
            made.append(bundles.zipped({**bundles.files(), name: changed}))
    return made


def answer_of(bundle: bytes) -> Any:
    """What verify.py says, in the shape of the browser's answer."""
    try:
        found = verifier.verify_bundle(verifier._unzip(bundle), {}, verifier.parse_policy(bundles.POLICY))
    except verifier.NotProven:
        return "not-proven"
    except verifier.Unusable:
        return "unusable"
    return [[one["record"], one["index"], sorted(one["disclosed"].items())] for one in found["records"]]


def test_browser_and_program_never_disagree_on_what_is_proven(page: Page) -> None:
    """Differential: where one proves a bundle, so does the other, and it says the same record."""
    import json

    cases = mutated()

    told = page.evaluate(ANSWERS, [bundles.POLICY, [base64.b64encode(one).decode() for one in cases]])

    ours = [answer_of(one) for one in cases]
    assert sum(isinstance(one, list) for one in ours) >= 1
    for bundle, mine, theirs in zip(cases, ours, told, strict=True):
        if isinstance(mine, list):
            expected = [[record, index, [list(pair) for pair in values]] for record, index, values in mine]
            assert theirs.startswith("[["), (theirs, len(bundle))
            assert json.loads(theirs) == expected
        else:
            assert theirs in ("not-proven", "unusable")


def test_signatures_are_judged_alike_by_the_browser_and_by_own_code(page: Page) -> None:
    """RFC 8032, 7.1, and each of its signatures and keys with one bit changed."""
    vectors = [(public, message, signature) for _, public, message, signature in RFC_8032]
    wrong = [
        (key, message, flipped(bytes.fromhex(sig), bit).hex())
        for key, message, sig in vectors
        for bit in (0, 300, 505)
    ]
    wrong += [
        (flipped(bytes.fromhex(key), bit).hex(), message, sig)
        for key, message, sig in vectors
        for bit in (3, 255)
    ]
    small = "01" + "00" * 31
    wrong += [
        (small, "", small + "00" * 32),
        (vectors[0][0], "", vectors[0][2] + "00"),
        (vectors[0][0], "", ""),
    ]

    told = page.evaluate(SIGNATURES, [*vectors, *wrong])

    expected = [True] * len(vectors) + [False] * len(wrong)
    assert [one for one, _ in told] == expected
    # Keys of low order are refused before either is asked; the rest is judged by both alike.
    assert [own for _, own in told][: len(vectors)] == [True] * len(vectors)
    assert [own for (_, own), (key, *_) in zip(told, [*vectors, *wrong], strict=True) if key != small] == [
        verdict for verdict, (key, *_) in zip(expected, [*vectors, *wrong], strict=True) if key != small
    ]


def test_sm3_of_the_browser_is_that_of_the_standard(page: Page) -> None:
    texts = [bytes(range(256))[:length] * 3 for length in (0, 1, 18, 19, 21, 40, 64, 200)]

    told = page.evaluate(SM3, [base64.b64encode(text).decode() for text in texts])

    assert told == [canonical.sm3(text).hex() for text in texts]
