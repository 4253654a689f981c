"""A bundle carries the quorum that the operator's policy asks for, and a verifier holds the log to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mingjing.kernel import checkpoint, note
from mingjing.record import actions, bundling, trust
from mingjing.record.models import Checkpoint
from mingjing.record.verifier import mingjing_verify as verifier
from tests.record.bundles import BUREAU
from tests.record.makers import AT, append, append_many

pytestmark = pytest.mark.django_db


@pytest.fixture
def policy_file(settings: Any, tmp_path: Path) -> None:
    """The operator asks the justice bureau to witness."""
    path = tmp_path / "policy"
    path.write_text(f"witness 司法局 {BUREAU.verifier} https://justice.example/\nquorum 司法局\n", "utf-8")
    settings.MINGJING_POLICY_FILE = str(path)


def judged() -> dict[str, Any]:
    """What a stranger finds in the bundle of a decision, who has the published policy."""
    entry = append(kind="case.decided")
    append_many(5)
    actions.seal(AT)
    head = Checkpoint.objects.latest("size")
    cosign(head)
    archive = bundling.bundle(
        [bundling.Part("decision", entry.id)], {}, what="x", address="https://a.example"
    )
    return verifier.verify_bundle(verifier._unzip(archive), {}, verifier.parse_policy(bundling.policy()))


def cosign(head: Checkpoint) -> None:
    """The witness answers as it would over the network."""
    document = checkpoint.cosign(head.note, BUREAU, AT)
    line = note.parse(document).signatures[-1]
    (seen,) = checkpoint.cosignatures(document, [BUREAU.verifier])
    trust.keep(head, BUREAU.verifier, line, seen)


@pytest.mark.usefixtures("policy_file")
def test_a_bundle_is_proven_by_the_head_that_the_quorum_cosigned() -> None:
    (found,) = judged()["records"]

    assert found["quorum"] == "司法局"
    assert [each["witness"] for each in found["cosigned"]] == ["司法局"]
    assert "https://" not in bundling.policy()


@pytest.mark.usefixtures("policy_file")
def test_a_head_that_the_witness_refused_proves_nothing() -> None:
    """G8: whoever rewrites the log and signs anew gets no cosignature, and no verifier believes him."""
    entry = append(kind="case.decided")
    actions.seal(AT)

    archive = bundling.bundle([bundling.Part("decision", entry.id)], {}, what="x", address="")

    with pytest.raises(verifier.NotProven, match="见证方的联署不够"):
        verifier.verify_bundle(verifier._unzip(archive), {}, verifier.parse_policy(bundling.policy()))
