"""The verifier as a person runs it, and a proof file to run it on."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from mingjing.record.verifier import mingjing_verify as verifier
from tests.record import bundles
from tests.record.bundles import LOG, POLICY, zipped


class Asked:
    """The command as a person runs it, on files in a folder."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def file(self, name: str, content: bytes | str) -> str:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def __call__(self, *arguments: str) -> tuple[int, str]:
        try:
            code = verifier.main(list(arguments))
        except SystemExit as stopped:
            code = int(str(stopped.code))
        shown = self._capsys.readouterr()
        assert shown.err == ""
        return code, shown.out

    def bundle(self, parts: dict[str, bytes], *more: str) -> tuple[int, str]:
        return self(self.file("bundle.zip", zipped(parts)), *more)

    def trusted(self, parts: dict[str, bytes], *more: str) -> tuple[int, str]:
        return self.bundle(parts, "--policy", self.file("policy", POLICY), *more)


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Asked:
    return Asked(tmp_path, capsys)


def proof_file(**changes: Any) -> bytes:
    """The decision of the bundle as the JSON proof of the decision page."""
    parts = bundles.files()
    lines = parts["decision/proof.tlog-proof"].decode().partition("\n\n")
    proof = {
        "format": "mingjing-proof/1",
        "record": base64.b64encode(parts["decision/record.json"]).decode(),
        "disclosures": parts["decision/disclosures.txt"].decode().split(),
        "leaf_index": 7,
        "inclusion": lines[0].split("\n")[2:],
        "checkpoint": lines[2],
        "vkey": str(LOG.verifier),
    }
    return json.dumps({name: value for name, value in (proof | changes).items() if value != "-"}).encode()
