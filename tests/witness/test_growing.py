"""A log that grows, forks, rolls back and lies, against a witness that dies and comes back.

Whatever the order of events, all the heads that were ever cosigned are heads of one history.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mingjing.kernel import checkpoint, merkle, note
from mingjing.witness import config, making
from tests.witness.conftest import LOG_KEY, Witness
from tests.witness.logs import Log, body


class Witnessing(RuleBasedStateMachine):
    """The platform's operator holds the log's key and may sign whatever it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="mingjing-witness-"))
        path = self.folder / "witness.toml"
        making.make(path, name="w.example", title="w", listen="127.0.0.1:8070", ml_dsa=False)
        self.log = Log(LOG_KEY)
        config.add_log(path, [self.log.vkey], "")
        self.witness = Witness(path)
        self.histories = [self.log]
        self.cosigned: list[tuple[int, bytes]] = []
        self.number = 0

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @initialize()
    def begins(self) -> None:
        self.grow(0, 3)

    @rule(which=st.integers(0, 5), count=st.integers(1, 9))
    def grow(self, which: int, count: int) -> None:
        """One of the histories goes on."""
        for _ in range(count):
            self.number += 1
            self.histories[which % len(self.histories)].grow(b"%d" % self.number)

    @rule(which=st.integers(0, 5), at=st.integers(0, 40))
    def fork(self, which: int, at: int) -> None:
        """Somebody rewrites what stands behind an entry."""
        log = self.histories[which % len(self.histories)]
        self.number += 1
        if len(self.histories) < 6:
            self.histories.append(log.forked(min(at, len(log.entries)), b"other %d" % self.number))

    @rule(which=st.integers(0, 5), back=st.integers(0, 12))
    def submit(self, which: int, back: int) -> None:
        """A history is submitted as an honest log would, perhaps at an earlier size."""
        log = self.histories[which % len(self.histories)]
        size, known = max(len(log.entries) - back, 0), self.known()
        proof = log.proof(known, size) if known <= size else []
        self.judge(log, size, self.witness.post(body(known, proof, log.signed(size)))[0])

    @rule(
        which=st.integers(0, 5), old=st.integers(0, 40), noise=st.lists(st.binary(min_size=32, max_size=32))
    )
    def lie(self, which: int, old: int, noise: list[bytes]) -> None:
        """Any old size, any proof."""
        log = self.histories[which % len(self.histories)]
        size = len(log.entries)
        proof = noise or (log.proof(old, size) if 0 < old <= size else [])
        self.judge(log, size, self.witness.post(body(old, proof, log.signed()))[0])

    @rule(which=st.integers(0, 5))
    def lie_about_the_root(self, which: int) -> None:
        """A signed head whose root is that of no tree."""
        log, known = self.histories[which % len(self.histories)], self.known()
        head = checkpoint.Checkpoint(LOG_KEY.name, known + 1, merkle.leaf_hash(b"%d" % self.number))
        status = self.witness.post(body(known, log.proof(known), checkpoint.sign(head, LOG_KEY)))[0]
        if known:
            assert status == 422
        elif status == 200:
            # A first head is believed: there is nothing that it could contradict.
            self.cosigned.append((head.size, head.root))

    @rule()
    def die_and_return(self) -> None:
        """Whatever was answered must be known afterwards."""
        self.witness = Witness(self.witness.path)

    def known(self) -> int:
        head = self.witness.memory.head(LOG_KEY.name)
        return head.size if head else 0

    def judge(self, log: Log, size: int, status: int) -> None:
        if status == 200:
            self.cosigned.append((size, log.head(size).root))
        assert status in (200, 400, 409, 422)

    @invariant()
    def the_witness_never_goes_back(self) -> None:
        sizes = [size for size, _ in self.cosigned]
        assert sizes == sorted(sizes)
        if self.cosigned:
            head = self.witness.memory.head(LOG_KEY.name)
            assert (head.size, head.root) == self.cosigned[-1]
            assert checkpoint.cosignatures(head.note, [self.witness.key])

    @invariant()
    def what_was_cosigned_is_one_history(self) -> None:
        """Some history has every one of the heads, unless the first was of no tree at all."""
        if not self.cosigned:
            return
        real = [one for one in self.histories if self.has(one, self.cosigned[-1])]
        for log in real:
            assert all(self.has(log, head) for head in self.cosigned)

    @staticmethod
    def has(log: Log, head: tuple[int, bytes]) -> bool:
        return head[0] <= len(log.entries) and log.head(head[0]).root == head[1]


TestWitnessing = Witnessing.TestCase
TestWitnessing.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


def test_a_head_of_an_unknown_log_leaves_no_trace(witness):
    stranger = Log(note.SignerKey("other.example", note.ED25519, bytes(32)), [b"x"])

    witness.submit(stranger, 0)

    assert witness.memory.head("other.example") is None
    assert witness.memory.refusals() == []
