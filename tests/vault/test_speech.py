"""Speech to text by one configured peer: a small server on the loopback speaks its interface."""

from __future__ import annotations

import http.server
import io
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from mingjing.kernel.refused import Refused
from mingjing.vault import speech

AUDIO = b"RIFF" + bytes(range(256)) * 5000
ANSWER = {
    "language": "zh",
    "segments": [
        {"start": 0.0, "end": 2.5, "text": " 我们是市场监管局执法人员。"},
        {"start": 2.5, "end": 4.0, "text": "  "},
        {"start": 61.25, "end": 63.0, "text": "请出示营业执照。"},
    ],
}


class Peer(http.server.BaseHTTPRequestHandler):
    """Keeps what it was asked, answers what the test laid out."""

    asked: dict[str, Any]
    status = 200
    answer = b""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).asked = {"path": self.path, "headers": dict(self.headers), "body": body}
        self.send_response(type(self).status)
        if type(self).status in (301, 302, 307):
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.send_header("Content-Length", str(len(type(self).answer)))
        self.end_headers()
        self.wfile.write(type(self).answer)

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def peer(settings: Any) -> Iterator[type[Peer]]:
    handler = type("AskedPeer", (Peer,), {"answer": json.dumps(ANSWER).encode()})
    server = http.server.HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.MINGJING_SPEECH_URL = f"http://127.0.0.1:{server.server_port}/v1"
    settings.MINGJING_SPEECH_KEY, settings.MINGJING_SPEECH_MODEL = "geheim", "paraformer-zh"
    yield handler
    server.shutdown()
    thread.join()
    server.server_close()


def heard() -> Any:
    return speech.transcribe(io.BytesIO(AUDIO), len(AUDIO), "audio/wav")


def test_lines_come_with_their_moments(peer: type[Peer]) -> None:
    found = heard()

    assert found.language == "zh"
    assert [(one.from_ms, one.to_ms, one.text) for one in found.lines] == [
        (0, 2500, "我们是市场监管局执法人员。"),
        (61_250, 63_000, "请出示营业执照。"),
    ]


def test_the_peer_gets_the_recording_model_and_key_and_no_name(peer: type[Peer]) -> None:
    heard()

    assert peer.asked["path"] == "/v1/audio/transcriptions"
    assert peer.asked["headers"]["Authorization"] == "Bearer geheim"
    assert AUDIO in peer.asked["body"]
    assert b'name="model"\r\n\r\nparaformer-zh\r\n' in peer.asked["body"]
    assert b'filename="recording.wav"' in peer.asked["body"]


def test_a_peer_without_moments_gives_one_line(peer: type[Peer]) -> None:
    peer.answer = json.dumps({"text": "只有一段话。"}).encode()

    assert [(one.from_ms, one.text) for one in heard().lines] == [(0, "只有一段话。")]


@pytest.mark.parametrize(
    "status, answer", [(500, b"{}"), (401, b"{}"), (302, b""), (200, b"[]"), (200, b"<html>"), (200, b"")]
)
def test_a_peer_that_does_not_answer_well_is_told(peer: type[Peer], status: int, answer: bytes) -> None:
    peer.status, peer.answer = status, answer

    with pytest.raises(Refused) as refused:
        heard()

    assert refused.value.code == "not-made"


def test_nothing_goes_over_a_line_that_others_read(settings: Any) -> None:
    settings.MINGJING_SPEECH_URL = "http://asr.example/v1"

    with pytest.raises(Refused, match="https"):
        heard()


def test_it_is_off_by_default(settings: Any) -> None:
    settings.MINGJING_SPEECH_URL = ""

    assert speech.peer() is None
    with pytest.raises(Refused, match="没有设置"):
        heard()


def test_moments_that_are_no_numbers_do_no_harm(peer: type[Peer]) -> None:
    peer.answer = b'{"segments": [{"start": NaN, "end": -3, "text": "x"}, {"text": "y"}, 5]}'

    assert [one.from_ms for one in heard().lines] == [0, 0]
