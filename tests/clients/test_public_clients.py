"""Two clients that others wrote speak with our server: tuspy (Python) and tus-js-client (Node).

They are no part of the development tools: ``make clients`` fetches them. Without them these tests are skipped.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .platform import ROOT, Platform, Session, Uploader, random_file

pytestmark = pytest.mark.slow
PLACE = Path(os.environ.get("MINGJING_TEST_CLIENTS", ROOT / ".venv" / "clients"))
PIECE = 512 << 10
SIZE = 5 * PIECE + 17

TUSPY = """
import json, sys
from tusclient.client import TusClient
told = json.load(sys.stdin)
client = TusClient(told["address"] + "/uploads/", headers=told["headers"])
common = {"chunk_size": told["piece"], "upload_checksum": True}
first = client.uploader(told["path"], metadata={"filename": "现场.mp4", "filetype": "video/mp4"}, **common)
first.upload(stop_at=2 * told["piece"])  # and then the program ends
again = client.uploader(told["path"], url=first.url, **common)
assert again.offset == 2 * told["piece"], again.offset
again.upload()
print(first.url)
"""
TUS_JS = """
const fs = require("fs");
const tus = require("tus-js-client");
const told = JSON.parse(fs.readFileSync(0, "utf-8"));
const options = {
  endpoint: told.address + "/uploads/", headers: told.headers, chunkSize: told.piece, uploadSize: told.size,
  retryDelays: [0, 100], metadata: { filename: "现场.mp4", filetype: "video/mp4" },
};
const fail = (error) => { console.error(String(error)); process.exit(1); };
let stopped = false;
const first = new tus.Upload(fs.createReadStream(told.path), {
  ...options, onError: fail,
  onChunkComplete(size, sent) {
    if (stopped || sent < 2 * told.piece) return;
    stopped = true;
    first.abort().then(() => {
      const again = new tus.Upload(fs.createReadStream(told.path), {
        ...options, uploadUrl: first.url, onError: fail, onSuccess() { console.log(first.url); },
      });
      again.start();
    });
  },
});
first.start();
"""
TERMINATE = """
const tus = require("tus-js-client");
const told = JSON.parse(require("fs").readFileSync(0, "utf-8"));
tus.Upload.terminate(told.url, { headers: told.headers, retryDelays: null }).then(
  () => console.log("gone"), (error) => { console.error(String(error)); process.exit(1); });
"""


def told(running: Platform, path: Path, session: Session) -> dict[str, object]:
    return {
        "address": running.address,
        "headers": session.headers,
        "path": str(path),
        "piece": PIECE,
        "size": path.stat().st_size,
    }


def run(command: list[str], said: dict[str, object], **environment: str) -> str:
    done = subprocess.run(
        command,
        input=json.dumps(said),
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip().splitlines()[-1]


def node() -> str:
    found = shutil.which("node")
    if found is None:
        pytest.skip("node is not installed on this machine")
    if not (PLACE / "node_modules" / "tus-js-client").is_dir():
        pytest.skip("tus-js-client is not here: make clients")
    return found


def sha256_at(session: Session, url: str, path: Path) -> str:
    place = "/" + url.split("/", 3)[3]
    return Uploader(session, path, place=place).sha256()


def test_tuspy_uploads_with_checksums_and_goes_on_where_it_stopped(running: Platform, tmp_path: Path) -> None:
    if not (PLACE / "python" / "tusclient").is_dir():
        pytest.skip("tuspy is not here: make clients")
    path, session = tmp_path / "film.mp4", Session(running).sign_in()
    sha256 = random_file(path, SIZE)

    url = run([sys.executable, "-c", TUSPY], told(running, path, session), PYTHONPATH=str(PLACE / "python"))

    assert sha256_at(session, url, path) == sha256


def test_tus_js_client_uploads_and_goes_on_where_it_stopped(running: Platform, tmp_path: Path) -> None:
    program = node()
    path, session = tmp_path / "film.mp4", Session(running).sign_in()
    sha256 = random_file(path, SIZE)

    url = run([program, "-e", TUS_JS], told(running, path, session), NODE_PATH=str(PLACE / "node_modules"))

    assert sha256_at(session, url, path) == sha256


def test_tus_js_client_ends_an_upload(running: Platform, tmp_path: Path) -> None:
    program = node()
    path, session = tmp_path / "film.mp4", Session(running).sign_in()
    path.write_bytes(hashlib.sha256(b"x").digest())
    uploader = Uploader(session, path)
    uploader.begin()

    said = {"url": running.address + uploader.place, "headers": session.headers}
    assert run([program, "-e", TERMINATE], said, NODE_PATH=str(PLACE / "node_modules")) == "gone"

    with pytest.raises(AssertionError, match="404"):
        uploader.offset()
