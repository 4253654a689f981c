"""Searching Chinese texts."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingjing.insight.search import Change, Document, Hits, Index
from mingjing.insight.units import units

DAY = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "index")


def document(key: str, text: str, *, title: str = "", days: int = 0, **more: object) -> Document:
    return Document("case", key, title, text, DAY + timedelta(days=days), **more)


def keys(hits: Hits) -> list[str]:
    return [hit.key for hit in hits.hits]


def test_every_string_of_two_characters_is_found(index: Index) -> None:
    text = "当事人张某某于2026年3月在达州市通川区某某路经营超过保质期的食品，违反《食品安全法》第三十四条。"
    index.index([document("1", text)])

    cut = units(text)
    strings = ["".join(cut[start : start + size]) for size in (2, 3, 7) for start in range(len(cut) - size)]
    missed = [words for words in strings if keys(index.query(words)) != ["1"]]

    assert [word for word in missed if not any(char.isdigit() for char in word)] == []


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.text(alphabet="食品安全法处罚，。（） ", min_size=2, max_size=30), min_size=5, max_size=30),
    st.data(),
)
def test_recall_is_that_of_like(texts: list[str], data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        index = Index(Path(folder))
        index.index(document(str(number), text) for number, text in enumerate(texts))
        for _ in range(20):
            words = data.draw(st.text(alphabet="食品安全法处罚", min_size=2, max_size=4))
            like = {str(number) for number, text in enumerate(texts) if words in text}

            assert like <= set(keys(index.query(words, limit=100)))


def test_words_must_stand_together_and_all_be_there(index: Index) -> None:
    index.index([document("1", "食品过期，处罚决定"), document("2", "食用处方品")])

    assert keys(index.query("食品")) == ["1"]
    assert keys(index.query("处罚 食品")) == ["1"]
    assert keys(index.query("食品 扣押")) == []


def test_title_and_text_are_both_searched_and_never_joined(index: Index) -> None:
    index.index([document("1", "品名不符", title="某某食")])

    assert keys(index.query("某某食")) == ["1"]
    assert keys(index.query("品名")) == ["1"]
    assert keys(index.query("食品")) == []


def test_width_case_blanks_and_punctuation_do_not_matter(index: Index) -> None:
    index.index([document("1", "达州市某某（集团）有限公司，ABC-２０２６ 型\n号")])

    for words in ("某某(集团)有限", "某某集团有限公司", "abc", "2026型号", "某某（集团"):
        assert keys(index.query(words)) == ["1"], words


def test_figures_are_found_from_their_beginning(index: Index) -> None:
    index.index([document("1", "统一社会信用代码91511702MA6AB12345")])

    assert keys(index.query("91511702")) == ["1"]
    assert keys(index.query("511702")) == []


def test_a_single_character_is_found(index: Index) -> None:
    index.index([document("1", "酒"), document("2", "茶")])

    assert keys(index.query("酒")) == ["1"]


def test_newest_come_first_and_pages_follow(index: Index) -> None:
    index.index(document(str(day), "食品安全", days=day) for day in range(10))

    first, second = index.query("食品", limit=4), index.query("食品", limit=4, offset=4)

    assert (first.total, keys(first), keys(second)) == (10, ["9", "8", "7", "6"], ["5", "4", "3", "2"])


def test_filters_narrow_by_kind_and_token(index: Index) -> None:
    index.index(
        [
            document("1", "食品安全", tokens=("organ:1",)),
            document("2", "食品安全", tokens=("organ:2", "public")),
            Document("party", "9", "食品公司", "", DAY, ("organ:2",)),
        ]
    )

    assert keys(index.query("食品", tokens=["organ:1"])) == ["1"]
    assert sorted(keys(index.query("食品", tokens=["organ:2"]))) == ["2", "9"]
    assert keys(index.query("食品", kinds=["party"])) == ["9"]
    assert keys(index.query("食品", tokens=["organ:3"])) == []


def test_a_later_version_replaces_the_former_and_removal_removes(index: Index) -> None:
    index.index([document("1", "查封"), document("2", "查封")])
    index.index([document("1", "扣押")])
    index.remove(["case:2"])

    assert index.count() == 1
    assert keys(index.query("查封")) == []
    assert keys(index.query("扣押")) == ["1"]


def test_the_index_keeps_no_text(index: Index) -> None:
    """What was once found may have to be forgotten: the files of the index hold units, never sentences."""
    index.index([document("1", "甲公司经营过期食品", title="虚构案由")])

    held = b"".join(path.read_bytes() for path in index.path.rglob("*") if path.is_file())
    assert "经营过期".encode() not in held
    assert "虚构案由".encode() not in held


def test_an_index_of_a_former_form_gives_way_with_all_that_it_holds(index: Index) -> None:
    index.index([document("1", "查封")])
    current = index.path / "current"
    _, _, former = current.read_text(encoding="utf-8").partition(" ")
    current.write_text(f"0 {former}", encoding="utf-8")
    again = Index(index.path)

    assert keys(again.query("查封")) == []
    again.index([document("2", "扣押")])

    assert keys(again.query("扣押")) == ["2"]
    assert not (index.path / former).exists()


def test_an_empty_index_and_an_empty_question_give_nothing(index: Index) -> None:
    assert index.query("食品") == Hits(0, ())
    index.index([document("1", "食品")])
    assert index.query(" ，。") == Hits(0, ())


def test_catching_up_goes_on_where_it_stopped(index: Index) -> None:
    def changes(after: str) -> Iterator[Change]:
        for number in range(int(after or 0) + 1, 1_201):
            gone = number % 100 == 0
            yield Change(str(number), f"case:{number}", None if gone else document(str(number), "食品安全"))

    assert index.catch_up("cases", changes("")) == 1_200
    assert index.cursor("cases") == "1200"
    assert index.count() == 1_188
    assert index.catch_up("cases", changes(index.cursor("cases"))) == 0


def test_a_rebuilt_index_forgets_what_is_no_more_and_starts_its_cursors_anew(index: Index) -> None:
    index.catch_up("cases", [Change("7", "case:1", document("1", "旧案件"))])
    other = Index(index.path)
    assert keys(other.query("旧案")) == ["1"]

    index.rebuild([document("2", "新案件")])

    assert keys(other.query("旧案")) == []
    assert keys(other.query("新案")) == ["2"]
    assert index.cursor("cases") == ""


def test_an_index_of_another_form_is_left_and_made_anew(index: Index) -> None:
    index.index([document("1", "食品")])
    (index.path / "current").write_text("0 gone", encoding="utf-8")

    assert index.query("食品") == Hits(0, ())
    index.index([document("2", "食品")])
    assert keys(index.query("食品")) == ["2"]


def _write(path: Path, name: str) -> None:
    own = Index(path)
    for number in range(5):
        own.index([document(f"{name}{number}", "食品安全")])


def test_two_processes_may_write_and_nothing_is_lost(index: Index) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_write, args=(index.path, name)) for name in "ab"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(300)  # seconds; a busy machine takes a while to start two more programs

    assert [worker.exitcode for worker in workers] == [0, 0]
    assert index.query("食品").total == 10
