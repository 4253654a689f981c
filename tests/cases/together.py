"""Two people at once, and processes killed in the middle: what the survivors find.

``race`` runs in any process with a database of its own; as a program (``python -m tests.cases.together MODE``
with ``MINGJING_VAR`` set to an empty folder) the module does the same on an SQLite file and prints JSON.
Children are forked from a process that has loaded everything, so that a kill costs milliseconds.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command
from django.db import connections

KILLS = 18
RIVALS = 4


def main(mode: str) -> dict[str, Any]:
    """Prepare a database of its own and run one mode: ``race``, ``kills`` or ``yearly``."""
    django.setup()
    call_command("migrate", verbosity=0)
    return {"race": race_on_a_new_office, "kills": kills, "yearly": yearly}[mode]()


def new_office() -> Any:
    """An office with the law loaded, in this process's database."""
    from tests.office import found_office, load_law

    load_law()
    return found_office()


# --- two people at once ---


def together(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do all of them at the same moment, each on a connection of its own; the results or refusals in order."""
    from mingjing.kernel.refused import Refused

    gate = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            gate.wait()
            results[place] = act()
        except Refused as refused:
            results[place] = refused
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return results


def race_on_a_new_office() -> dict[str, Any]:
    return race(new_office())


def race(office: Any) -> dict[str, Any]:
    """What became of the rivals in each contest, and what is half done afterwards."""
    contests = {"approve": approving, "seen": having_seen_the_same, "once": submitting, "pay": paying}
    outcomes = {name: told(together(contest(office))) for name, contest in contests.items()}
    return {"outcomes": outcomes, "faults": faults()}


def approving(office: Any) -> list[Callable[[], Any]]:
    """Several heads approve the same submission."""
    from mingjing.cases.actions import approve

    matter = inspected(office)
    filing = matter.propose("file").submission_id
    head = office.actor("organ_head", matter.at)
    return [lambda: approve(submission_id=filing, actor=head, at=matter.at)] * RIVALS


def having_seen_the_same(office: Any) -> list[Callable[[], Any]]:
    """Both handlers take a step, each having seen the case as it was before the other."""
    matter = inspected(office)
    version, facts = matter.case.version, matter.form("interview")
    people = [office.actor(who, matter.at) for who in ("handler", "second") * (RIVALS // 2)]
    return [taking(matter, "interview", facts, actor=actor, version=version) for actor in people]


def submitting(office: Any) -> list[Callable[[], Any]]:
    """The same step is submitted several times by a hand that did not wait."""
    matter = inspected(office)
    actor, facts = office.actor("handler", matter.at), matter.form("decline_filing")
    return [taking(matter, "decline_filing", facts, actor=actor)] * RIVALS


def paying(office: Any) -> list[Callable[[], Any]]:
    """Several lines of the bank name the same slip."""
    from mingjing.cases.actions import confirm_payment
    from mingjing.cases.models import Payment
    from tests.office import company, open_matter, to_decision

    matter = to_decision(open_matter(office, party=company()))
    matter.do("serve_decision")
    slip, cashier = Payment.objects.get(case_id=matter.case_id), office.actor("cashier", matter.at)

    def line(number: int) -> Any:
        return confirm_payment(
            code=slip.code,
            amount_fen=slip.due_fen,
            paid_on=matter.at.date(),
            bank_reference=f"BANK{number}",
            actor=cashier,
            at=matter.at,
        )

    return [partial(line, number) for number in range(RIVALS)]


def inspected(office: Any) -> Any:
    from tests.office import company, open_matter

    matter = open_matter(office, party=company())
    matter.do("site_inspection")
    return matter


def taking(matter: Any, step: str, facts: dict[str, Any], **more: Any) -> Callable[[], Any]:
    from mingjing.cases.actions import take

    return partial(take, case_id=matter.case_id, step=step, facts=facts, at=matter.at, **more)


def yearly() -> dict[str, Any]:
    """Several workers open the same day's yearly matters: what each opened, and what is there."""
    from datetime import datetime

    from mingjing.cases.actions import open_yearly
    from mingjing.cases.models import Case
    from tests.office import SHANGHAI

    new_office()
    at = datetime(2026, 1, 1, 0, 5, tzinfo=SHANGHAI)
    results = together([lambda: open_yearly(at=at)] * RIVALS)
    kinds = list(Case.objects.order_by("procedure", "organ_id").values_list("procedure", "organ_id"))
    return {
        "opened": sum(len(one.taken) for one in results),
        "refused": [why.reason for one in results for _, why in one.refused],
        "there": len(kinds),
        "different": len(set(kinds)),
        "faults": faults(),
    }


def told(results: list[Any]) -> list[str]:
    """ "won" for whoever acted, the code for whoever was refused; sorted."""
    return sorted(getattr(result, "code", "won") for result in results)


# --- killed at any moment ---


def kills() -> dict[str, Any]:
    """Children work through cases until they are killed at a random moment; checked after every kill."""
    office = new_office()
    chance, found, killed = random.Random(20261123), [], 0
    for _ in range(KILLS):
        child, pipe = forked(lambda tell: work_forever(office, tell))
        promised = os.read(pipe, 1)
        select.select([], [], [], chance.uniform(0.0, 0.35))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        promised += rest_of(pipe)
        killed += os.WIFSIGNALED(status)
        found += [] if os.WIFSIGNALED(status) else [f"a child failed after {len(promised)} steps"]
        found += faults()
    from mingjing.cases.models import Paper, Step

    return {"killed": killed, "steps": Step.objects.count(), "papers": Paper.objects.count(), "faults": found}


def forked(work: Callable[[int], None]) -> tuple[int, int]:
    """A child that does ``work`` with the writing end of a pipe; its number and the reading end."""
    connections.close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    os.close(reading)
    # Whatever happens, a child must never run on into its parent's code.
    try:
        random.seed()
        work(writing)
        os._exit(0)
    finally:
        traceback.print_exc()
        os._exit(1)


def rest_of(pipe: int) -> bytes:
    with os.fdopen(pipe, "rb") as rest:
        return rest.read()


def work_forever(office: Any, tell: int) -> None:
    """Take steps in new cases, one byte through the pipe for each that was promised."""
    from mingjing.record.actions import seal
    from tests.office import company, open_matter

    while True:
        matter = open_matter(office, party=company())
        for step in (
            "site_inspection",
            "file",
            "correction_order",
            "interview",
            "conclude",
            "advance_notice",
        ):
            matter.do(step)
            os.write(tell, b"+")
        seal(matter.at)


# --- what must hold afterwards ---


def faults() -> list[str]:
    """Everything that is half done: in words, empty when all is whole."""
    from mingjing.cases.models import Case, Paper, Step
    from mingjing.cases.models import Counter as Series
    from mingjing.record import queries, store
    from mingjing.record.models import Entry

    found = [fault.message for fault in queries.verify(deep=True).faults]
    steps = set(Step.objects.values_list("entry_id", flat=True))
    entries = set(Entry.objects.filter(kind="step").values_list("id", flat=True))
    found += [f"step without entry: {one}" for one in steps - entries]
    found += [f"entry without step: {one}" for one in entries - steps]
    series: dict[tuple[Any, ...], list[int]] = {}
    for paper in Paper.objects.order_by("id"):
        if not store.blob_path(paper.sha256).is_file():
            found.append(f"paper without bytes: {paper.pk}")
        if paper.seq is not None:
            series.setdefault((paper.organ_id, paper.wenzhong, paper.year), []).append(paper.seq)
    for key, numbers in series.items():
        last = Series.objects.get(organ_id=key[0], kind=key[1], year=key[2]).last
        if sorted(numbers) != list(range(1, last + 1)):
            found.append(f"gap in {key}: {numbers}, counter {last}")
    for case in Case.objects.all():
        taken = Counter(case.steps.values_list("step", flat=True))
        happened = {name: one["count"] for name, one in case.marking["executed"].items()}
        if dict(taken) != happened:
            found.append(f"{case.no}: steps {dict(taken)}, marking {happened}")
    return found


if __name__ == "__main__":
    Path(os.environ["MINGJING_VAR"]).mkdir(exist_ok=True)
    sys.stdout.write(json.dumps(main(sys.argv[1]), ensure_ascii=False))
