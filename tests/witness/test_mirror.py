"""The copy of a log: nothing enters it that does not give the cosigned root."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from mingjing.kernel import checkpoint, merkle, tiles
from mingjing.kernel.refused import Refused
from mingjing.witness import config, mirror
from mingjing.witness.config import TrustedLog
from tests.witness.logs import AT, Log


def pull(witness, log: Log, answer=None) -> int:
    """Bring the copy up to date from ``answer``, by default what the log publishes."""
    trusted = TrustedLog(log.key.name, (log.key.verifier,), "http://log.example/")
    read = answer or log.file
    return mirror.pull(
        witness.config(), witness.memory, trusted, AT, lambda url: read(url.removeprefix(trusted.url))
    )


def place(witness, log: Log):
    return mirror.folder_of(witness.config(), log.key.name)


def test_a_copy_follows_the_cosigned_head(witness, log):
    for old, size in [(0, 3), (3, 255), (255, 256), (256, 600), (600, 70_000 // 100)]:
        log.grow(*(b"entry %d" % number for number in range(len(log.entries), size)))
        assert witness.submit(log, old, size)[0] == 200

        assert pull(witness, log) == size

        assert [entry for _, entry in mirror.leaves(place(witness, log), 0, size)] == log.entries[:size]
        held = tiles.Nodes(size, lambda tile: mirror._hashes(place(witness, log), tile))
        assert merkle.root(size, held) == log.head(size).root
        kept = (place(witness, log) / "checkpoint").read_text()
        assert checkpoint.opened(kept, [log.key.verifier]) == log.head(size)
    assert not list(place(witness, log).glob("tile/0/000.p"))
    assert not list(place(witness, log).glob("tile/entries/000.p"))
    assert not list(place(witness, log).glob("**/.new-*"))


def test_entries_are_told_from_a_number_on(witness, log):
    log.grow(*(b"%d" % number for number in range(300)))
    witness.submit(log, 0)
    pull(witness, log)

    told = list(mirror.leaves(place(witness, log), 254, 258))

    assert told == [(number, log.entries[number]) for number in range(254, 258)]


def test_a_log_that_has_grown_on_is_copied_only_as_far_as_it_was_cosigned(witness, log):
    witness.submit(log, 0, 5)
    log.grow(*(b"%d" % number for number in range(300)))

    def only_full(path: str) -> bytes | None:
        return None if ".p/" in path else log.file(path)

    assert pull(witness, log, only_full) == 5
    assert len(list(mirror.leaves(place(witness, log), 0, 5))) == 5


def other(log: Log) -> bytes:
    """The first bundle with another entry in it."""
    return tiles.bundle([b"other", *log.entries[1:7]])


@pytest.mark.parametrize(
    "data, why",
    [
        (lambda log: None, "没有公布应有的条目文件"),
        (lambda log: b"", "不完整"),
        (lambda log: b"\x00", "不完整"),
        (lambda log: log.file("tile/entries/000.p/7")[:-1], "不完整"),
        (lambda log: log.file("tile/entries/000.p/6"), "不完整"),
        (other, "算不出已联署的树根"),
    ],
)
def test_what_does_not_fit_is_not_kept(witness, log, data, why):
    witness.submit(log, 0)

    assert pull(witness, log, lambda _: data(log)) == 0

    assert why in witness.memory.mirrored(log.key.name).trouble
    assert not (place(witness, log) / "checkpoint").exists()
    assert not (place(witness, log) / "tile").exists()
    assert pull(witness, log) == 7
    assert witness.memory.mirrored(log.key.name).trouble == ""


def test_a_copy_already_checked_stays_when_the_log_lies_later(witness, log):
    witness.submit(log, 0, 5)
    pull(witness, log)
    witness.submit(log, 5)

    assert pull(witness, log, lambda _: other(log)) == 5
    assert [entry for _, entry in mirror.leaves(place(witness, log), 0, 5)] == log.entries[:5]


def test_a_pull_that_died_half_way_is_taken_up_again(witness, log, monkeypatch):
    """A kill between any two renames leaves a copy that the next pull completes."""
    log.grow(*(b"%d" % number for number in range(600)))
    witness.submit(log, 0, 200)
    pull(witness, log)
    witness.submit(log, 200)
    rename, limit, died = mirror.os.rename, 0, True

    while died:
        limit += 1
        count = 0

        def until(source, target, limit=limit):
            nonlocal count
            count += 1
            if count == limit:
                raise KeyboardInterrupt
            rename(source, target)

        monkeypatch.setattr(mirror.os, "rename", until)
        try:
            pull(witness, log)
            died = False
        except KeyboardInterrupt:
            assert mirror.held(place(witness, log)) == 200
            assert len(list(mirror.leaves(place(witness, log), 0, 200))) == 200
    assert limit > 6
    assert [entry for _, entry in mirror.leaves(place(witness, log), 0, 607)] == log.entries


def test_nothing_is_fetched_before_a_head_is_cosigned(witness, log):
    asked: list[str] = []

    assert pull(witness, log, lambda path: asked.append(path)) == 0
    assert asked == []


def test_the_copy_is_read_below_an_address_of_its_own(witness, log):
    witness.submit(log, 0)
    pull(witness, log)
    base = f"/mirror/{mirror.origin_hash(log.key.name)}"

    assert witness.get(f"{base}/tile/entries/000.p/7")[2].encode() == log.file("tile/entries/000.p/7")
    assert checkpoint.opened(witness.get(f"{base}/checkpoint")[2], [log.key.verifier]) == log.head()
    for path in ("tile/0/001", "tile/0/../../witness.key", ".staging/x", "tile/entries/000.p", ""):
        assert witness.get(f"{base}/{path}")[0] == 404
    assert witness.get(f"/mirror/{'0' * 64}/checkpoint")[0] == 404


class Server:
    """A loopback server that answers in one way and remembers what it was asked."""

    def __init__(self, status: int, data: bytes = b"", location: str = "") -> None:
        asked = self.asked = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(status)
                if location:
                    self.send_header("Location", location)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *words: object) -> None:
                """Say nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def test_a_log_is_fetched_from_its_address():
    with Server(200, b"data") as server:
        assert mirror.fetched(server.url + "tile/entries/000") == b"data"
        assert server.asked == ["/tile/entries/000"]


def test_a_redirect_is_not_followed():
    with Server(200, b"secret") as inner, Server(302, location=inner.url) as server:
        with pytest.raises(Refused) as refusal:
            mirror.fetched(server.url)
        assert refusal.value.code == "log-unreachable"
        assert inner.asked == []


@pytest.mark.parametrize("status, found", [(404, None), (500, "log-unreachable")])
def test_an_answer_that_is_no_file(status, found):
    with Server(status) as server:
        if found is None:
            assert mirror.fetched(server.url) is None
            return
        with pytest.raises(Refused) as refusal:
            mirror.fetched(server.url)
    assert refusal.value.code == found


def test_an_answer_longer_than_any_bundle_is_refused(monkeypatch):
    monkeypatch.setattr(mirror, "MAX_BUNDLE_BYTES", 10)
    with Server(200, b"x" * 11) as server, pytest.raises(Refused) as refusal:
        mirror.fetched(server.url)
    assert "过长" in refusal.value.reason


def test_a_server_that_is_gone_is_told(witness, log):
    with Server(200) as server:
        gone = server.url
    path = witness.path
    path.write_text(path.read_text() + f'url = "{gone}"\n')
    witness.submit(log, 0)

    mirror.pull_all(config.read(path), witness.memory, AT)

    assert "取不到" in witness.memory.mirrored(log.key.name).trouble
