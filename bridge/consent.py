"""Consent, asked for before anything is rendered, said or paid for: what is refused is told of all at once.

The engine asks again when a render comes in. Were it the only one to ask, the first of several would be made
before the last is refused, and a voice be paid for words that nobody may say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from bridge.speech_source import Engine
from bridge.versions import TakeRecord
from engine.errors import ConsentMissing
from engine.messages import MOST_LOOKED_FOR, Leave
from engine.protocol import Add, EditPlan, Footage, Ratio, Render, Speech

_MOST_SPANS = 20_000  # ours: of one question; they take some 50 bytes each, and a message has 4 MiB
_SOMETHING = Speech(path="", fingerprint="", start=0, end=1)


def unsaid(
    footage: Footage, *, renderer: str, speakers: tuple[str, ...], language: str, project: str
) -> Render:
    """New words of which nobody knows yet how long they are: to be asked about, and never made."""
    return Render(
        footage=footage,
        plan=EditPlan(rate=Ratio(num=25), spans=(Add(frames=0, speech=0),)),
        bridge=0,
        speech=(_SOMETHING,),
        renderer=renderer,
        speakers=speakers,
        language=language,
        project=project,
    )


def ask(engine: Engine, asked: Sequence[tuple[str, Render]], *, note: bool) -> tuple[Leave, ...]:
    """By whose leave the renders go, each with what a person knows it by.

    Raises ConsentMissing where any would be refused; it names all of them. With `note` the ledger does too:
    they were about to be made.
    """
    questions = _questions(job for _, job in asked)
    leaves = tuple(leave for jobs in questions for leave in engine.leaves(*jobs, note=note))
    refused: dict[str, list[str]] = {}
    for (name, _), leave in zip(asked, leaves, strict=True):
        if leave.refused:
            refused.setdefault(leave.why, []).append(name)
    if refused:
        raise ConsentMissing(_told(refused, len(asked)))
    return leaves


def _questions(jobs: Iterable[Render]) -> Iterator[list[Render]]:
    """As many at a time as the engine takes, and as one message holds."""
    some: list[Render] = []
    spans = 0
    for job in jobs:
        spans += len(job.plan.spans)
        if some and (len(some) == MOST_LOOKED_FOR or spans > _MOST_SPANS):
            yield some
            some, spans = [], len(job.plan.spans)
        some.append(job)
    if some:
        yield some


def noted(record: TakeRecord, leave: Leave) -> TakeRecord:
    """A marked take warns of why it is."""
    if not leave.marked:
        return record
    take = msgspec.structs.replace(record.take, warnings=(*record.take.warnings, f"marked: {leave.why}"))
    return msgspec.structs.replace(record, take=take)


def _told(refused: dict[str, list[str]], asked: int) -> str:
    if asked == 1:
        return next(iter(refused))
    count = sum(map(len, refused.values()))
    reasons = "; ".join(f"{', '.join(names)}: {why}" for why, names in refused.items())
    return f"{count} of {asked} may not be made, and nothing was: {reasons}"
