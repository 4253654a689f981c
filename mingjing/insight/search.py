"""Full-text search over Chinese: an index of units and pairs, derived from the database and rebuilt at will.

A text is cut into units (``units.py``). The index holds every unit and every pair of neighbours with its position,
so a search string of two characters or more is found wherever it stands, as ``LIKE '%…%'`` would find it; blanks
and punctuation never stand in the way.
One process writes at a time (the engine's own lock file); readers need no lock and see the last commit.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import tantivy
from django.conf import settings

from mingjing.kernel.refused import Refused

from .units import units, words_of

# Raised when the fields, the cutting into units or the tokens change: an index of another form is built anew.
FORM = "4"
BATCH = 500
TAKEN_AT_ONCE = 2000
_PAIR = "_"
_GENERATION = re.compile(r"g[0-9a-f]{32}")
_HEAP_BYTES = 50_000_000
PATIENCE_SECONDS = 30.0
_PAUSE_SECONDS = 0.05
MOST_HITS = 10_000
# Runs of letters and figures are found from their beginning. Short beginnings are units of their own, marked;
# longer ones are few enough to be looked up among all units: half a million codes may begin with 9151.
_EDGES, _EDGE = range(3, 11), "*"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Document:
    """A thing that can be found. ``kind`` and ``key`` name it; ``tokens`` are what filters ask for.

    ``kind`` is case, party, paper, statute, power or officer; ``tokens`` are short words such as
    ``organ:3`` or ``public``. ``at`` orders the hits, to the microsecond. ``named`` holds parts of the document
    that can also be searched alone, by name: ``("party", "某某公司")``.
    """

    kind: str
    key: str
    title: str
    text: str
    at: datetime
    tokens: tuple[str, ...] = ()
    named: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        """What makes a later version replace this one."""
        return f"{self.kind}:{self.key}"


@dataclass(frozen=True)
class Change:
    """A document that changed, or with ``document`` None one that is gone; ``cursor`` is where it stands."""

    cursor: str
    id: str
    document: Document | None


class Logged(Protocol):
    """A line of a log that an index follows: its place, and the thing it is about."""

    @property
    def place(self) -> int | None: ...

    @property
    def subject(self) -> str: ...


class Tail(Protocol):
    """The lines of a log behind a place, in their order."""

    def __call__(self, *, after: int, limit: int) -> Sequence[Logged]: ...


def following(
    cursor: str,
    tail: Tail,
    documents: Callable[[set[str]], Iterable[Document]],
    *,
    mark: str,
) -> Iterator[Change]:
    """What a source that is fed from a log gives to ``Index.catch_up``.

    ``cursor`` is the place read last (empty: none); ``documents`` gives what is to be found about the subjects
    now. ``mark`` is an id that no document has: only the last change of a group, which carries it, moves the
    cursor, so that a crash in between repeats the group.
    """
    after = int(cursor) if cursor else -1
    while lines := tail(after=after, limit=TAKEN_AT_ONCE):
        last = lines[-1].place
        for document in documents({line.subject for line in lines}):
            yield Change(str(after) if after >= 0 else "", document.id, document)
        assert last is not None  # what has no place yet is not in the tail
        yield Change(str(last), mark, None)
        after = last


@dataclass(frozen=True)
class Hit:
    """A document found; its text is read from where it is kept, for the index holds none."""

    kind: str
    key: str
    at: datetime


@dataclass(frozen=True)
class Hits:
    """The hits of a query, newest or best first, and how many there are in all."""

    total: int
    hits: tuple[Hit, ...]


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    builder.add_text_field("kind", stored=True, tokenizer_name="raw")
    builder.add_text_field("key", stored=True, tokenizer_name="raw")
    builder.add_text_field("tokens", tokenizer_name="raw")
    builder.add_text_field("units", tokenizer_name="spaced", index_option="freq")
    builder.add_text_field("pairs", tokenizer_name="spaced", index_option="position")
    builder.add_integer_field("at", stored=True, indexed=True, fast=True)
    return builder.build()


class Index:
    """An index in a folder. The folder holds generations; the file ``current`` names the one in use."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._opened: tuple[str, tantivy.Index] | None = None

    # --- writing ---

    def index(self, documents: Iterable[Document]) -> int:
        """Add the documents or put them in place of their former versions; returns how many.

        Raises: Refused ``index-busy``.
        """
        with _writing(self._present()) as writer:
            return _put(writer, documents)

    def remove(self, ids: Iterable[str]) -> None:
        """Take documents out, by ``kind:key``. Raises: Refused ``index-busy``."""
        with _writing(self._present()) as writer:
            for one in ids:
                writer.delete_documents_by_term("id", one)

    def catch_up(self, name: str, changes: Iterable[Change]) -> int:
        """Take in the changes of one source in order and remember how far it got; returns how many.

        Each batch is committed before its cursor is written, so a crash repeats work and loses none.
        Raises: Refused ``index-busy``.
        """
        count = 0
        feed = iter(changes)
        while batch := list(islice(feed, BATCH)):
            index = self._present()
            with _writing(index) as writer:
                for change in batch:
                    writer.delete_documents_by_term("id", change.id)
                    if change.document is not None:
                        writer.add_document(_stored(change.document))
            self._keep_cursor(name, batch[-1].cursor)
            count += len(batch)
        return count

    def cursor(self, name: str) -> str:
        """How far ``catch_up`` got with this source; empty before the first change."""
        place = self._cursor_file(name)
        return place.read_text(encoding="utf-8") if place is not None and place.exists() else ""

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Build a new generation from nothing and switch over; searches go on with the old one until then.

        Cursors begin anew, so the next ``catch_up`` of every source feeds it from the start.
        """
        generation, index = self._create()
        count = 0
        feed = iter(documents)
        while batch := list(islice(feed, BATCH * 20)):
            with _writing(index) as writer:
                count += _put(writer, batch)
        former = self._generation()
        self._announce(generation).replace(self.path / "current")
        if former:
            shutil.rmtree(self.path / former, ignore_errors=True)
        return count

    # --- reading ---

    def query(
        self,
        text: str,
        *,
        kinds: Sequence[str] = (),
        tokens: Sequence[str] = (),
        limit: int = 20,
        offset: int = 0,
        best_first: bool = False,
        until: datetime | None = None,
        since: datetime | None = None,
        named: Mapping[str, str] | None = None,
        every: Sequence[str] = (),
    ) -> Hits:
        """Documents that hold every word of ``text``; words are separated by blanks.

        ``kinds`` and ``tokens`` narrow the search to documents with one of each, ``every`` to those with all of
        its tokens, ``since`` and ``until`` to those not earlier and not later, ``named`` to those that hold the
        words in the part of that name. Newest first unless ``best_first``. An empty index gives no hits, and so
        does a text without any letter or figure unless something else is asked for.
        """
        words = words_of(text)
        parts = {name: cut for name, given in (named or {}).items() if (cut := words_of(given))}
        asked = bool(words or parts or ((every or since) and not text.strip()))
        index = self._current()
        if index is None or not asked:
            return Hits(0, ())
        index.reload()
        searcher = index.searcher()
        must = _words(index.schema, words, parts) + _narrowed(index.schema, kinds, tokens, every)
        query = _all_of([*must, *_between(index.schema, since, until)])
        order: dict[str, Any] = {} if best_first else {"order_by_field": "at"}
        limit = max(1, min(limit, MOST_HITS))
        result: Any = searcher.search(query, limit=limit, offset=offset, count=True, **order)
        found = (searcher.doc(address).to_dict() for _, address in result.hits)
        return Hits(result.count or 0, tuple(map(_hit, found)))

    def count(self) -> int:
        """How many documents the index holds."""
        index = self._current()
        if index is None:
            return 0
        index.reload()
        return int(index.searcher().num_docs)

    # --- the folder ---

    def _present(self) -> tantivy.Index:
        """The index in use, made if there is none; where two processes make one, the first stays."""
        index = self._current()
        if index is None:
            generation, index = self._create()
            notice = self._announce(generation)
            try:
                os.link(notice, self.path / "current")
                self._opened = (generation, index)
            except FileExistsError:
                _, former = self._named()
                if self._generation():
                    return self._present()
                # What stands there is of another form, or damaged: it gives way with all that it holds.
                notice.replace(self.path / "current")
                if _GENERATION.fullmatch(former):
                    shutil.rmtree(self.path / former, ignore_errors=True)
                return self._present()
            finally:
                notice.unlink(missing_ok=True)
        return index

    def _current(self) -> tantivy.Index | None:
        """The index in use, opened anew when another process has switched; None where there is none."""
        generation = self._generation()
        if not generation:
            return None
        if self._opened is None or self._opened[0] != generation:
            self._opened = (generation, _spaced(tantivy.Index.open(str(self.path / generation))))
        return self._opened[1]

    def _named(self) -> tuple[str, str]:
        """The form and the generation that the file ``current`` names; empty where there is none."""
        try:
            form, _, generation = (self.path / "current").read_text(encoding="utf-8").partition(" ")
        except FileNotFoundError:
            return "", ""
        return form, generation

    def _generation(self) -> str:
        form, generation = self._named()
        known = form == FORM and tantivy.Index.exists(str(self.path / generation))
        return generation if known else ""

    def _create(self) -> tuple[str, tantivy.Index]:
        generation = f"g{uuid4().hex}"
        place = self.path / generation
        place.mkdir(parents=True)
        return generation, _spaced(tantivy.Index(_schema(), path=str(place)))

    def _announce(self, generation: str) -> Path:
        notice = self.path / f"notice-{uuid4().hex}"
        notice.write_text(f"{FORM} {generation}", encoding="utf-8")
        return notice

    def _cursor_file(self, name: str) -> Path | None:
        generation = self._generation()
        return self.path / generation / f"cursor-{name}" if generation else None

    def _keep_cursor(self, name: str, cursor: str) -> None:
        place = self._cursor_file(name)
        if place is not None:
            partial = place.with_suffix(".part")
            partial.write_text(cursor, encoding="utf-8")
            partial.replace(place)


def default() -> Index:
    """The index of this platform."""
    return _opened_at(settings.MINGJING_VAR / "index")


@lru_cache(maxsize=8)
def _opened_at(path: Path) -> Index:
    return Index(path)


def _spaced(index: tantivy.Index) -> tantivy.Index:
    """The index with the tokenizer that takes our words as they are."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    index.register_tokenizer("spaced", builder.build())
    return index


@contextmanager
def _writing(index: tantivy.Index) -> Iterator[tantivy.IndexWriter]:
    """A writer that commits at the end; waits a while where another process is writing.

    Raises: Refused ``index-busy``.
    """
    writer = _patiently(index)
    try:
        yield writer
        writer.commit()
    finally:
        # Also gives the engine's lock back where a document could not be added.
        writer.wait_merging_threads()


def _patiently(index: tantivy.Index) -> tantivy.IndexWriter:
    patience = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        except ValueError as error:
            if "Lock" not in str(error):
                raise
            if time.monotonic() > patience:
                raise Refused(
                    "index-busy",
                    f"检索索引正由另一进程写入，等待 {PATIENCE_SECONDS:.0f} 秒后仍未结束。",
                    remedy="稍后再试；检索本身不受影响。",
                ) from error
            time.sleep(_PAUSE_SECONDS)


def _put(writer: tantivy.IndexWriter, documents: Iterable[Document]) -> int:
    count = 0
    for document in documents:
        writer.delete_documents_by_term("id", document.id)
        writer.add_document(_stored(document))
        count += 1
    return count


def _stored(document: Document) -> tantivy.Document:
    parts = [("", document.title), ("", document.text)]
    parts += [(f"{name}:", text) for name, text in document.named]
    cut = [(mark, units(text)) for mark, text in parts]
    found = tantivy.Document()
    for name in ("id", "kind", "key"):
        found.add_text(name, getattr(document, name))
    for token in document.tokens:
        found.add_text("tokens", token)
    found.add_text("units", " ".join(mark + unit for mark, words in cut for unit in _with_edges(words)))
    # The gap of an empty unit keeps the end of one part from pairing with the start of the next.
    pairs = (" ".join(mark + _PAIR.join(two) for two in pairwise(words)) for mark, words in cut)
    found.add_text("pairs", f" {_PAIR} ".join(pairs))
    found.add_integer("at", _moment(document.at))
    return found


def _with_edges(words: Sequence[str]) -> Iterator[str]:
    """The units and, of longer runs of letters and figures, their marked beginnings."""
    for word in words:
        yield word
        yield from (word[:size] + _EDGE for size in _EDGES if size < len(word))


def _moment(at: datetime) -> int:
    """Microseconds since 1970: whole numbers, so that the order of hits is exact."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def _all_of(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, one) for one in queries])


def _any_of(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, one) for one in queries])


def _words(
    schema: tantivy.Schema, words: list[list[str]], parts: Mapping[str, list[list[str]]]
) -> list[tantivy.Query]:
    """Every word anywhere, and every word of a named part in that part."""
    anywhere = [_word(schema, word, "") for word in words]
    return anywhere + [_word(schema, word, f"{name}:") for name, cut in parts.items() for word in cut]


def _narrowed(
    schema: tantivy.Schema, kinds: Sequence[str], tokens: Sequence[str], every: Sequence[str]
) -> list[tantivy.Query]:
    """One of the kinds, one of the tokens, and all of ``every``."""
    one_of = [("kind", kinds), ("tokens", tokens), *(("tokens", (one,)) for one in every)]
    return [
        _any_of([tantivy.Query.term_query(schema, name, one) for one in wanted])
        for name, wanted in one_of
        if wanted
    ]


def _between(schema: tantivy.Schema, since: datetime | None, until: datetime | None) -> list[tantivy.Query]:
    if since is None and until is None:
        return []
    first, last = _moment(since or _EPOCH), _moment(until or datetime.max.replace(tzinfo=UTC))
    return [tantivy.Query.range_query(schema, "at", tantivy.FieldType.Integer, first, last)]


def _word(schema: tantivy.Schema, word: list[str], mark: str) -> tantivy.Query:
    """One word: its pairs in sequence, a single character, or letters and figures from their beginning."""
    if len(word) > 2:
        pairs: Any = [mark + _PAIR.join(two) for two in pairwise(word)]
        return tantivy.Query.phrase_query(schema, "pairs", pairs)
    if len(word) == 2:
        return tantivy.Query.term_query(schema, "pairs", mark + _PAIR.join(word))
    if len(word[0]) not in _EDGES:
        if len(word[0]) < _EDGES.start:
            return tantivy.Query.term_query(schema, "units", mark + word[0])
        return tantivy.Query.regex_query(schema, "units", f"{mark}{word[0]}.*")
    whole, longer = mark + word[0], mark + word[0] + _EDGE
    return _any_of([tantivy.Query.term_query(schema, "units", one) for one in (whole, longer)])


def _hit(fields: dict[str, list[object]]) -> Hit:
    at = _EPOCH + timedelta(microseconds=int(str(fields["at"][0])))
    return Hit(str(fields["kind"][0]), str(fields["key"][0]), at)
