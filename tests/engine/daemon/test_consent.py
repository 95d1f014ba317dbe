"""New words without consent are not rendered, or are marked; what is done stands on the ledger."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from consents import ALLOWED, CONSENT
from engine_loop import serving, take_of
from engine_process import until
from msgspec.structs import replace
from tiny import make_media

from engine.client import EngineClient
from engine.consent import ledger
from engine.consent.giving import give, take_back
from engine.consent.ledger import Entry
from engine.consent.record import Record, Scope
from engine.daemon import bench
from engine.daemon.worker_process import WorkerGone, WorkerNews, WorkerSaid
from engine.daemon.worker_wire import Assignment, Finished
from engine.errors import BadMedia, ConsentMissing, RenderFailed
from engine.media.fingerprint import fingerprint
from engine.messages import Leave
from engine.paths import EnginePaths
from engine.protocol import Add, EditPlan, Footage, Keep, Ratio, Render, Speech, Take

NOW = datetime.datetime.now(datetime.UTC)
FILM = "f" * 64
PLAN = EditPlan(rate=Ratio(num=25), spans=(Keep(start=0, end=30), Add(frames=12, speech=0)))
DRAFT = Render(
    footage=Footage(media="/a.mov", fingerprint=FILM, offset=Ratio(num=0), first=0, last=99),
    plan=PLAN,
    bridge=4,
    speech=(Speech(path="/line.wav", fingerprint="l", start=0, end=50),),
)
OTHER = replace(DRAFT, renderer="other")  # a renderer without weights, that leaves no mark
REMOVAL = replace(OTHER, plan=EditPlan(rate=PLAN.rate, spans=(Keep(start=0, end=9), Keep(start=20, end=30))))
ANNA = Record(
    person="Anna",
    likeness="Anna",
    given_by="Anna",
    scope=Scope(uses=("insert",), media=(FILM,)),
    begins=datetime.date(2000, 1, 1),
)


class Worker:
    """Writes a take of each render at once, but of those that it holds back."""

    held: tuple[int, ...] = ()  # seeds
    got: list[Render]
    pid = 1

    def __init__(self, tell: Callable[[WorkerNews], None], devices: tuple[str, ...]) -> None:
        Worker.pid += 1
        self.pid, self.devices, self._tell = Worker.pid, devices, tell

    def assign(self, given: Assignment) -> None:
        assert isinstance(given.job, Render)
        Worker.got.append(given.job)
        given.workspace.mkdir(parents=True)
        if given.job.seed in Worker.held:
            return
        path = given.workspace / "take.mov"
        path.write_text(given.workspace.name)
        take = replace(take_of(given.job, path), consent=given.job.consent)
        self._tell(WorkerSaid(pid=self.pid, message=Finished(id=given.id, result=take)))

    def end(self, afterwards: Callable[[], None] = lambda: None) -> None:
        afterwards()
        self._tell(WorkerGone(pid=self.pid, code=-9))

    def wait(self, _: float) -> None:
        """It has ended at once."""


@pytest.fixture
def paths(tmp_path: Path) -> EnginePaths:
    return EnginePaths.under(tmp_path)


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EngineClient]:
    monkeypatch.setattr(bench, "WorkerProcess", Worker)
    Worker.got, Worker.held = [], ()
    with serving(tmp_path) as client:
        yield client


def told(paths: EnginePaths) -> list[Entry]:
    """What the ledger says of renders; it must be sound."""
    found = ledger.audit(paths.consent_ledger)
    assert found.sound
    return [entry for entry in found.entries if entry.kind not in {"added", "revoked"}]


def hashes(engine: EngineClient) -> list[str]:
    return [record.hash for record in reversed(engine.jobs(50))]


# ---------------------------------------------------------------------------------------- when handed in


def test_new_words_that_nobody_allows_are_refused_before_anything_is_queued(
    engine: EngineClient, paths: EnginePaths
) -> None:
    with pytest.raises(ConsentMissing, match=r"a\.mov.*`pickup consent add`"):
        engine.submit(OTHER)
    assert (engine.jobs(50), Worker.got) == ((), [])
    (entry,) = told(paths)
    assert (entry.kind, entry.media, entry.renderer, entry.client) == ("refused", FILM, "other", "me")
    assert "nobody has consented" in entry.reason


def test_a_removal_needs_nobodys_leave(engine: EngineClient, paths: EnginePaths) -> None:
    assert isinstance(engine.run(REMOVAL), Take)
    assert told(paths) == []


def test_ids_that_a_client_makes_up_allow_nothing(engine: EngineClient) -> None:
    with pytest.raises(ConsentMissing, match="'c-0123456789abcdef'"):
        engine.submit(replace(OTHER, consent=("c-0123456789abcdef",)))


def test_ids_on_a_job_that_needs_none_do_not_make_another_job_of_it(engine: EngineClient) -> None:
    engine.run(REMOVAL)
    assert engine.complete(replace(REMOVAL, consent=("c-1",))).job.cached


def test_with_a_record_it_is_rendered_and_the_take_says_by_whose_leave(
    engine: EngineClient, paths: EnginePaths
) -> None:
    anna = give(paths, ANNA, NOW)
    take = engine.run(OTHER)
    assert isinstance(take, Take)
    assert take.consent == (anna.id,)
    (entry,) = told(paths)
    assert (entry.kind, entry.record, entry.person) == ("used", anna.id, "Anna")
    assert (entry.frames, entry.identity) == (((30, 42),), "unchecked")
    assert [entry.job] == hashes(engine)


def test_a_draft_that_nobody_allows_is_rendered_with_a_mark_and_noted(
    engine: EngineClient, paths: EnginePaths
) -> None:
    engine.run(replace(DRAFT, speakers=("Ben",)))
    assert [job.consent for job in Worker.got] == [()]
    (entry,) = told(paths)
    assert (entry.kind, entry.person, entry.record) == ("marked", "Ben", "")


def test_a_record_that_comes_later_has_it_rendered_anew(engine: EngineClient, paths: EnginePaths) -> None:
    engine.run(DRAFT)
    anna = give(paths, ANNA, NOW)
    again = engine.complete(DRAFT)
    assert not again.job.cached
    assert [job.consent for job in Worker.got] == [(), (anna.id,)]


def test_a_draft_whose_record_was_revoked_is_marked_from_then_on(
    engine: EngineClient, paths: EnginePaths
) -> None:
    anna = give(paths, ANNA, NOW)
    engine.run(DRAFT)
    take_back(paths, anna.id, "asked to", NOW)
    engine.run(DRAFT)
    assert [job.consent for job in Worker.got] == [(anna.id,), ()]
    assert [entry.kind for entry in told(paths)] == ["used", "marked"]
    assert "revoked" in told(paths)[-1].reason


def test_who_is_named_and_in_which_language_makes_no_other_render(
    engine: EngineClient, paths: EnginePaths
) -> None:
    give(paths, ANNA, NOW)
    engine.run(OTHER)
    named = replace(OTHER, speakers=("anna",), language="de", project="Night Train")
    assert engine.complete(named).job.cached


def test_a_take_that_is_known_is_another_use_and_is_noted(engine: EngineClient, paths: EnginePaths) -> None:
    give(paths, ANNA, NOW)
    assert [engine.complete(OTHER).job.cached for _ in range(2)] == [False, True]
    assert [(entry.kind, entry.job) for entry in told(paths)] == [("used", hashes(engine)[0])] * 2


def test_a_take_that_is_known_is_not_given_out_without_consent(
    engine: EngineClient, paths: EnginePaths
) -> None:
    anna = give(paths, ANNA, NOW)
    engine.run(OTHER)
    take_back(paths, anna.id, "asked to", NOW)
    with pytest.raises(ConsentMissing, match="revoked"):
        engine.complete(OTHER)


def test_who_joins_a_render_is_noted_too(engine: EngineClient, paths: EnginePaths) -> None:
    give(paths, ANNA, NOW)
    Worker.held = (7,)
    waiting = replace(OTHER, seed=7)
    assert [engine.submit(waiting).joined for _ in range(2)] == [False, True]
    assert [entry.kind for entry in told(paths)] == ["used", "used"]


def test_without_a_ledger_nothing_is_accepted(engine: EngineClient, paths: EnginePaths) -> None:
    """What cannot be noted is not done."""
    give(paths, ANNA, NOW)
    paths.consent_ledger.unlink()
    paths.consent_ledger.mkdir()
    with pytest.raises(RenderFailed, match=r"ledger\.jsonl"):
        engine.submit(OTHER)
    assert (engine.jobs(50), Worker.got) == ((), [])
    assert isinstance(engine.run(REMOVAL), Take)


def test_by_whose_leave_renders_would_go_can_be_asked_and_leaves_no_trace(
    engine: EngineClient, paths: EnginePaths
) -> None:
    anna = give(paths, ANNA, NOW)
    lost = replace(OTHER, speakers=("Ben",))
    found, needless, refused, marked = engine.leaves(OTHER, REMOVAL, lost, replace(lost, renderer="draft"))
    assert (found, needless) == (Leave(records=(anna.id,)), Leave())
    assert (refused.records, refused.marked) == ((), False)
    assert "'Ben'" in refused.why
    assert marked == replace(refused, marked=True)
    assert (told(paths), engine.jobs(50)) == ([], ())


def test_who_goes_no_further_has_the_refusals_noted(engine: EngineClient, paths: EnginePaths) -> None:
    give(paths, ANNA, NOW)
    lost, also = (replace(OTHER, speakers=(name,)) for name in ("Ben", "Carl"))
    leaves = engine.leaves(OTHER, lost, also, replace(lost, renderer="draft"), note=True)
    assert [leave.refused for leave in leaves] == [False, True, True, False]
    assert [(entry.kind, entry.person, entry.client) for entry in told(paths)] == [
        ("refused", "Ben", "me"),
        ("refused", "Carl", "me"),
    ]
    assert (engine.jobs(50), Worker.got) == ((), [])


# ---------------------------------------------------------------------------------------- when it is begun


@pytest.mark.parametrize("job", [OTHER, DRAFT], ids=["another renderer", "a draft"])
def test_a_job_that_waits_is_not_begun_after_its_record_was_revoked(
    engine: EngineClient, paths: EnginePaths, job: Render
) -> None:
    anna = give(paths, ANNA, NOW)
    Worker.held = (7,)
    first = engine.submit(replace(job, seed=7)).job.id
    until(lambda: len(Worker.got) == 1)
    second = engine.submit(replace(job, seed=8)).job.id
    take_back(paths, anna.id, "asked to", NOW)
    engine.cancel(first)
    with pytest.raises(ConsentMissing, match="revoked on"):
        engine.wait(second)
    assert len(Worker.got) == 1
    refused = told(paths)[-1]
    assert (refused.kind, refused.job, refused.client) == ("refused", engine.job(second).hash, "me")


def test_a_draft_that_waits_with_its_mark_is_begun(engine: EngineClient) -> None:
    Worker.held = (7,)
    first = engine.submit(replace(DRAFT, seed=7)).job.id
    second = engine.submit(replace(DRAFT, seed=8)).job.id
    engine.cancel(first)
    assert engine.wait(second).job.state == "done"


def test_the_wire_carries_the_records_that_the_engine_found(engine: EngineClient, paths: EnginePaths) -> None:
    """A worker is handed them, and refuses to go without: see `engine.consent.uses.refuse_unmarked`."""
    anna = give(paths, ANNA, NOW)
    engine.run(OTHER)
    (job,) = Worker.got
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(job), type=Render).consent == (anna.id,)


# ---------------------------------------------------------------------------------------- in the worker


def test_a_record_of_one_media_does_not_open_another(
    standing_engine: EngineClient, standing_paths: EnginePaths, tmp_path: Path
) -> None:
    """A client says by fingerprint which media it means, and may say what it likes."""
    allowed, other = (make_media(tmp_path / name, seconds=2 + n) for n, name in enumerate(("a.mov", "b.mov")))
    line = Speech(path=str(allowed), fingerprint=fingerprint(allowed), start=0, end=40)
    footage = Footage(
        media=str(other), fingerprint=fingerprint(allowed), offset=Ratio(num=0), first=0, last=50
    )
    lying = replace(DRAFT, footage=footage, speech=(line,), speakers=(CONSENT.person,))
    with pytest.raises(BadMedia, match=r"b\.mov has changed"):
        standing_engine.run(lying)
    true = replace(lying, footage=replace(footage, media=str(allowed)))
    take = standing_engine.run(true)
    assert isinstance(take, Take)
    assert (take.marked, take.consent) == (False, ALLOWED)
