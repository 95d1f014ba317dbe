"""The wire's values: they come back as they were, and a job is named by what it is."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import errors
from engine.job_name import job_hash
from engine.protocol import (
    Add,
    Align,
    AlignedWords,
    Analyse,
    Analysis,
    AudioInfo,
    Box,
    Diffusion,
    EditPlan,
    FaceBox,
    FaceRegion,
    FindShots,
    Footage,
    Job,
    Keep,
    Matte,
    MediaInfo,
    Progress,
    Proxy,
    Ratio,
    Reel,
    Region,
    Render,
    Result,
    Retime,
    Shots,
    Sleep,
    Slept,
    Span,
    Speak,
    Speech,
    SpokenLine,
    Take,
    Transcribe,
    Transcript,
    VideoInfo,
    Word,
    span_frames,
)

FOOTAGE = Footage(
    media="/media/a.mov",
    fingerprint="f1",
    offset=Ratio(num=1001, den=30000),
    first=-12,
    last=400,
    timecode=86400,
)
PLAN = EditPlan(
    rate=Ratio(num=30000, den=1001),
    spans=(
        Keep(start=0, end=50, lead=-3),
        Retime(start=60, end=80, frames=25),
        Add(frames=12, speech=0, delay=7),
    ),
    handles=(8, 8),
)
RENDER = Render(
    footage=FOOTAGE,
    plan=PLAN,
    bridge=6,
    speech=(Speech(path="/media/line.wav", fingerprint="f2", start=10, end=60),),
    region=Matte(path="/media/matte.png", fingerprint="f3"),
    seed=4,
)
WORD = Word(text="so", start=0.25, end=0.5, confidence=0.875)
INFO = MediaInfo(
    path="/media/a.mov",
    fingerprint="f1",
    duration=Ratio(num=15),
    video=VideoInfo(
        width=1920, height=1080, rate=Ratio(num=25), variable_rate=False, start_timecode=None, codec="h264"
    ),
    audio=AudioInfo(channels=2, sample_rate=48000, codec="aac"),
)
TAKE = Take(
    path="/cache/take.mov",
    frames=87,
    rate=PLAN.rate,
    source_range=(8, 71),
    timecode=86392,
    drop_frame=True,
    width=1920,
    height=1080,
    channels=2,
    sha256="aa",
    content_sha256="bb",
    renderer="draft",
    renderer_version="1",
    seed=4,
    lip_sync="none",
    faces=(None, FaceBox(x=1, y=2, width=3, height=4, opening=0.25)),
    metrics={"sharpness": 0.5},
)

JOBS: tuple[Job, ...] = (
    Analyse(media="/media/a.mov", envelope=True),
    Align(media="/media/a.mov", script="so it goes"),
    Transcribe(media="/media/a.mov"),
    Speak(text="so it goes"),
    RENDER,
    Proxy(footage=FOOTAGE, rate=PLAN.rate, start=-4, end=120, height=240, faces=True),
    FindShots(footage=FOOTAGE, rate=PLAN.rate, start=0, end=120),
    Sleep(ticks=3, note="n"),
)
RESULTS: tuple[Result, ...] = (
    Analysis(info=INFO, energy=bytes(range(256))),
    AlignedWords(
        transcript=Transcript(
            fingerprint="f1", duration=Ratio(num=15), words=(WORD,), energy=b"\0\xff", source="aligned"
        )
    ),
    SpokenLine(path="/cache/line.wav", fingerprint="f2", duration=Ratio(num=1, den=2), words=(WORD,)),
    TAKE,
    Reel(
        path="/cache/pictures.mjpeg",
        offsets=bytes(24),
        frames=2,
        width=640,
        height=360,
        sound="",
        faces=(None, FaceBox(x=1, y=2, width=3, height=4, opening=0.25)),
    ),
    Shots(frames=(10, 55)),
    Slept(),
)


@pytest.mark.parametrize("wire", [msgspec.json, msgspec.msgpack], ids=["json", "msgpack"])
@pytest.mark.parametrize("job", JOBS, ids=lambda job: type(job).__name__)
def test_every_job_comes_back_as_it_was(job: Job, wire: object) -> None:
    assert wire.decode(wire.encode(job), type=Job) == job  # type: ignore[attr-defined]  # one of two modules


@pytest.mark.parametrize("wire", [msgspec.json, msgspec.msgpack], ids=["json", "msgpack"])
@pytest.mark.parametrize("result", RESULTS, ids=lambda result: type(result).__name__)
def test_every_result_comes_back_as_it_was(result: Result, wire: object) -> None:
    assert wire.decode(wire.encode(result), type=Result) == result  # type: ignore[attr-defined]  # as above


def test_every_job_and_every_result_is_tried_here() -> None:
    assert {type(job) for job in JOBS} == set(Job.__args__)
    assert {type(result) for result in RESULTS} == set(Result.__args__)


@pytest.mark.parametrize("value", [*JOBS, *RESULTS], ids=lambda value: type(value).__name__)
def test_an_unknown_field_is_refused(value: Job | Result) -> None:
    data = {**msgspec.to_builtins(value), "surplus": 1}
    with pytest.raises(msgspec.ValidationError, match="surplus"):
        msgspec.convert(data, type=type(value))


def test_the_page_on_the_wire_tells_every_field_of_a_diffusion_render() -> None:
    page = (Path(__file__).parents[2] / "engine" / "PROTOCOL.md").read_text(encoding="utf-8")
    told = json.loads(page.partition("## Renders")[2].split("```json")[1].split("```")[0])
    assert set(told["diffusion"]) == set(Diffusion.__struct_fields__)
    assert msgspec.convert(told["diffusion"], Diffusion) == Diffusion(model=told["diffusion"]["model"])
    region = msgspec.convert(told["region"], Region)
    assert region == FaceRegion(name="lips", within=Box(x=820, y=300, width=200, height=260))


def test_the_page_on_the_wire_tells_what_a_render_says_of_consent() -> None:
    page = (Path(__file__).parents[2] / "engine" / "PROTOCOL.md").read_text(encoding="utf-8")
    told = json.loads(page.partition("## Consent")[2].split("```json")[1].split("```")[0])
    said = msgspec.convert({**msgspec.to_builtins(RENDER), **told}, Render)
    assert (said.speakers, said.language, said.project) == (("Anna",), "de", "Night Train")
    assert said.consent == ("c-0a1b2c3d4e5f6071",)


def test_the_page_on_the_wire_tells_every_field_of_a_reel() -> None:
    page = (Path(__file__).parents[2] / "engine" / "PROTOCOL.md").read_text(encoding="utf-8")
    asked, answered = page.partition("## Reels")[2].split("```json")[1].split("```")[0].strip().split("\n", 1)
    assert set(json.loads(asked)) == {"type", *Proxy.__struct_fields__}
    assert set(json.loads(answered)) == {"type", *Reel.__struct_fields__}


def test_the_page_on_the_wire_names_every_error() -> None:
    page = (Path(__file__).parents[2] / "engine" / "PROTOCOL.md").read_text(encoding="utf-8")
    table = page.partition("## Errors")[2].partition("## ")[0]
    crossing = [error for error in vars(errors).values() if isinstance(error, type)]
    assert [error.__name__ for error in crossing if f"`{error.__name__}`" not in table] == ["EngineError"]


def test_a_ratio_keeps_ntsc_exact() -> None:
    assert msgspec.json.encode(PLAN.rate) == b"[30000,1001]"
    assert Ratio.of(PLAN.rate.exact) == PLAN.rate


@pytest.mark.parametrize("den", [0, -1])
def test_a_ratio_has_a_denominator_above_zero(den: int) -> None:
    with pytest.raises(ValueError, match="denominator"):
        Ratio(num=1, den=den)


@pytest.mark.parametrize(
    ("span", "frames"),
    [
        (Keep(start=-4, end=6), 10),
        (Retime(start=0, end=10, frames=7), 7),
        (Add(frames=12, speech=0), 12),
    ],
)
def test_a_span_plays_for_its_frames(span: Span, frames: int) -> None:
    assert span_frames(span) == frames


def test_a_plan_is_as_long_as_its_spans() -> None:
    assert PLAN.frames == 50 + 25 + 12


def test_moved_media_leave_a_render_its_name() -> None:
    moved = msgspec.structs.replace(
        RENDER,
        footage=msgspec.structs.replace(FOOTAGE, media="/elsewhere/b.mov"),
        speech=(msgspec.structs.replace(RENDER.speech[0], path="/elsewhere/c.wav"),),
        region=Matte(path="/elsewhere/d.png", fingerprint="f3"),
    )
    assert job_hash(moved, "1") == job_hash(RENDER, "1")


def test_moved_media_leave_a_proxy_its_name() -> None:
    proxy = Proxy(footage=FOOTAGE, rate=PLAN.rate, start=0, end=10)
    moved = msgspec.structs.replace(FOOTAGE, media="/elsewhere/b.mov")
    other = msgspec.structs.replace(FOOTAGE, fingerprint="other")
    name = job_hash(proxy, "1")
    assert job_hash(msgspec.structs.replace(proxy, footage=moved), "1") == name
    assert job_hash(msgspec.structs.replace(proxy, footage=other), "1") != name
    assert job_hash(msgspec.structs.replace(proxy, end=11), "1") != name


def test_progress_that_was_told_before_there_were_previews_is_still_read() -> None:
    told = msgspec.msgpack.encode({"phase": "denoise", "done": 1, "total": 2})
    assert msgspec.msgpack.decode(told, type=Progress) == Progress(
        phase="denoise", done=1, total=2, preview=""
    )


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 5},
        {"bridge": 7},
        {"renderer": "demo"},
        {"region": FaceRegion(name="face")},
        {"region": Box(x=0, y=0, width=10, height=10)},
        {"region": Matte(path="/media/matte.png", fingerprint="other")},
        {"footage": msgspec.structs.replace(FOOTAGE, fingerprint="other")},
        {"footage": msgspec.structs.replace(FOOTAGE, offset=Ratio(num=0))},
        {"speech": ()},
        {"consent": ("c-0a1b2c3d4e5f6071",)},
        {"plan": msgspec.structs.replace(PLAN, handles=(0, 0))},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_changes_the_take_changes_its_name(change: dict[str, object]) -> None:
    assert job_hash(msgspec.structs.replace(RENDER, **change), "1") != job_hash(RENDER, "1")


def test_what_leads_to_a_record_of_consent_is_not_in_a_renders_name() -> None:
    said = {"speakers": ("Anna",), "language": "de", "project": "Night Train"}
    assert job_hash(msgspec.structs.replace(RENDER, **said), "1") == job_hash(RENDER, "1")


def test_another_engine_renders_under_another_name() -> None:
    assert job_hash(RENDER, "1") != job_hash(RENDER, "2")


def test_a_renderer_without_weights_takes_no_notice_of_a_diffusion_renderers_settings() -> None:
    other = msgspec.structs.replace(RENDER, diffusion=Diffusion(model="/models/a", steps=3))
    assert job_hash(other, "1") == job_hash(RENDER, "1")


def test_weights_count_and_where_they_lie_does_not() -> None:
    here, there = (
        msgspec.structs.replace(RENDER, renderer="edityourself", diffusion=Diffusion(model=folder))
        for folder in ("/models/a", "/elsewhere/b")
    )
    assert job_hash(here, "1", "w1") == job_hash(there, "1", "w1")
    assert job_hash(here, "1", "w1") != job_hash(here, "1", "w2")


@pytest.mark.parametrize("change", [{"steps": 3}, {"prompt": "a person"}, {"grid": "latent"}, {"cache": 0.0}])
def test_settings_of_a_renderer_with_weights_change_its_takes_name(change: dict[str, object]) -> None:
    plain = msgspec.structs.replace(RENDER, renderer="edityourself")
    other = msgspec.structs.replace(plain, diffusion=msgspec.structs.replace(Diffusion(), **change))
    assert job_hash(other, "1", "w1") != job_hash(plain, "1", "w1")


def test_a_name_does_not_change_the_job() -> None:
    before = msgspec.json.encode(RENDER)
    job_hash(RENDER, "1")
    assert msgspec.json.encode(RENDER) == before


spans = st.one_of(
    st.builds(Keep, start=st.integers(-500, 0), end=st.integers(1, 500), lead=st.integers(-800, 800)),
    st.builds(Retime, start=st.integers(-500, 0), end=st.integers(1, 500), frames=st.integers(1, 500)),
    st.builds(Add, frames=st.integers(1, 500), speech=st.integers(0, 5)),
)


@given(st.lists(spans, max_size=20))
def test_any_plan_comes_back_as_it_was(found: list[Span]) -> None:
    plan = EditPlan(rate=Ratio(num=24), spans=tuple(found))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(plan), type=EditPlan) == plan
    assert plan.frames == sum(span_frames(span) for span in found)
