"""Videos made into shards, stopped and gone on with, and read back."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from drawn_faces import installed_models, portrait
from filmed import drifting, film
from hypothesis import given, settings
from hypothesis import strategies as st
from shared_media import shared
from tiny_diffusion import tiny_autoencoder

from engine.errors import BadMedia, DiskFull, MissingMedia, TruncatedMedia
from engine.face.mesh import Landmarks
from engine.face.view import find_landmarks
from engine.media.audio_decode import sound_file
from engine.media.decode import Sampling, open_reel
from engine.media.fingerprint import fingerprint
from engine.media.picture import Picture
from engine.media.rgb import ColourMatrix, rgb_of
from engine.media.sound import resampled
from engine.model.autoencoder import LtxAutoencoder
from engine.protocol import Ratio
from engine.speech.features import LogMelFeatures, windows
from engine.training import shards as writing
from engine.training.curation import Tools, curate
from engine.training.errors import BadSamples
from engine.training.fitting import Fit, Sizes
from engine.training.piece_encoding import Encoders, fitted_frame, touched_tokens
from engine.training.shard_plan import Recipe, Source, Widths, lead, pieces, size_of, sources_of
from engine.training.shard_plan import shards as assigned
from engine.training.shard_samples import Crops, crop, open_shards, order
from engine.training.shards import Index, precompute, read_index
from engine.training.verdicts import Limits

SIZE = (96, 160)
RECIPE = Recipe(
    tokens=64,
    frames=33,
    autoencoder="tiny",
    features="log-mel",
    sizes=Sizes(fewest=64 * 64, most=96 * 160),
    precision="float32",
    rounds=2,
    shard_bytes=150_000,
)


def faces(pictures: Iterable[Picture]) -> Iterator[Landmarks | None]:
    """A face that looks straight ahead in the middle of each picture."""
    for picture in pictures:
        rows, columns = picture.y.shape
        turn = np.linspace(0, 2 * np.pi, 468)
        points = np.stack([np.cos(turn) * rows * 0.2, np.sin(turn) * rows * 0.3], axis=1)
        points[33], points[263], points[2] = (-rows * 0.1, -2), (rows * 0.1, -2), (0, 4)
        yield np.asarray(points + np.array([columns / 2, rows / 2]), np.float32)


def nobody(pictures: Iterable[Picture]) -> Iterator[Landmarks | None]:
    return (None for _ in pictures)


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("videos")
    film(folder / "a.mkv", drifting(70, SIZE), seconds=70 / 25)
    film(folder / "b.mkv", drifting(40, (160, 96), seed=1), seconds=40 / 30, rate=Fraction(30))
    return folder


def source(folder: Path, name: str, frames: int, rate: int, size: tuple[int, int]) -> Source:
    return Source(
        file=name,
        fingerprint=fingerprint(folder / name),
        caption=f"someone in {name}",
        width=size[1],
        height=size[0],
        frames=frames,
        rate=Ratio(num=rate),
        begins=Ratio(num=0),
    )


@pytest.fixture(scope="module")
def sources(videos: Path) -> tuple[Source, ...]:
    return source(videos, "a.mkv", 70, 25, SIZE), source(videos, "b.mkv", 40, 30, (160, 96))


@pytest.fixture(scope="module")
def encoders() -> Encoders:
    return Encoders(
        autoencoder=LtxAutoencoder(tiny_autoencoder()), features=LogMelFeatures(), find_faces=faces
    )


@pytest.fixture(scope="module")
def made(
    videos: Path, sources: tuple[Source, ...], encoders: Encoders, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    out = tmp_path_factory.mktemp("shards")
    precompute(videos, sources, RECIPE, encoders, out=out)
    return out


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    """Shards that a test may spoil."""
    for name, content in files(made).items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


# --------------------------------------------------------------------------------------- the plan

MANY = tuple(
    Source(
        file=f"{number}.mp4",
        fingerprint=f"{number:064x}",
        caption="x",
        width=1920 - 64 * number,
        height=1080,
        frames=100 + 97 * number,
        rate=Ratio(num=25),
        begins=Ratio(num=0),
    )
    for number in range(5)
)
WIDTHS = Widths(channels=128, feature_rate=Fraction(50), layers=12, feature_channels=768)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 99), st.integers(1, 3), st.integers(300, 20_000))
def test_pieces_lie_within_their_videos_and_do_not_overlap_within_a_round(
    seed: int, rounds: int, tokens: int
) -> None:
    recipe = Recipe(tokens=tokens, autoencoder="x", features="x", seed=seed, rounds=rounds)
    planned = pieces(MANY, recipe)
    assert len(planned) == rounds * sum(max(1, video.frames // 121) for video in MANY)
    for piece in planned:
        assert 0 <= piece.first <= piece.source.frames - piece.fit.frames
    one_round = planned[: len(planned) // rounds]
    for before, after in pairwise(one_round):
        if before.source == after.source:
            assert before.first + before.fit.frames <= after.first


def test_what_other_videos_there_are_changes_nothing_for_one() -> None:
    recipe = Recipe(tokens=4000, autoencoder="x", features="x")
    alone, among = pieces(MANY[3:4], recipe), pieces(MANY, recipe)
    assert alone == tuple(piece for piece in among if piece.source == MANY[3])


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 1 << 24))
def test_shards_hold_every_piece_once_and_keep_their_bound(bound: int) -> None:
    recipe = Recipe(tokens=4000, autoencoder="x", features="x", shard_bytes=bound)
    planned = pieces(MANY, recipe)
    spans = assigned(planned, recipe, WIDTHS)
    assert [number for span in spans for number in span] == list(range(len(planned)))
    for span in spans:
        size = sum(size_of(planned[number], recipe, WIDTHS) for number in span)
        assert size <= bound or len(span) == 1


def test_no_shard_is_larger_than_its_bound(made: Path) -> None:
    sizes = [path.stat().st_size for path in made.glob("*.safetensors")]
    assert len(sizes) == len(read_index(made).shards) > 1
    assert max(sizes) <= RECIPE.shard_bytes


# ------------------------------------------------------------------------------------ what is kept


def test_latents_are_those_of_the_pieces_own_frames(videos: Path, made: Path, encoders: Encoders) -> None:
    folder = open_shards(made, verify=True)
    for number in range(len(folder)):
        stored, fit = folder[number], folder.held(number).piece.fit
        piece = folder.held(number).piece
        with open_reel(
            videos / piece.source.file, Sampling(offset=Fraction(0), rate=piece.source.rate.exact)
        ) as reel:
            matrix = ColourMatrix.of(reel.format)
            shown = [
                fitted_frame(rgb_of(picture, matrix), fit)
                for picture in reel.pictures(piece.first, piece.first + fit.frames)
            ]
        assert torch.equal(stored.latents_CFHW, encoders.autoencoder.encode(shown))
        assert stored.latents_CFHW.shape[1:] == (fit.latents, fit.rows, fit.columns)
        assert stored.caption == f"someone in {piece.source.file}"


def test_masks_are_of_the_lower_face_where_it_is_in_the_fitted_picture(made: Path) -> None:
    folder = open_shards(made)
    stored, fit = folder[0], folder.held(0).piece.fit
    left, top, width, height = (stored.boxes_N4[0].numpy() / fit.cell).tolist()
    assert left + width / 2 == pytest.approx(fit.columns / 2, abs=0.2)
    assert top > fit.rows / 2 - 0.2
    assert height > 0
    assert torch.equal(stored.mask_FHW, torch.from_numpy(touched_tokens(stored.boxes_N4.numpy(), fit)))


def test_a_latent_is_masked_where_any_of_its_frames_is() -> None:
    fit = Fit(height=64, width=96, rows=2, columns=3, frames=17, cell=32)
    boxes = np.zeros((17, 4), np.int32)
    boxes[3], boxes[5], boxes[16] = (33, 0, 10, 32), (0, 40, 1, 1), (31, 31, 2, 2)
    mask = touched_tokens(boxes, fit)
    assert mask.astype(int).tolist() == [
        [[0, 0, 0], [0, 0, 0]],
        [[0, 1, 0], [1, 0, 0]],
        [[1, 1, 0], [1, 1, 0]],
    ]


def test_what_frames_hear_is_what_they_hear_of_the_whole_sound(videos: Path, made: Path) -> None:
    folder = open_shards(made)
    held = folder.held(0)
    sound = sound_file(videos / held.piece.source.file).read(0, 70 * 1920)
    whole = LogMelFeatures().features(resampled(sound, 48_000, 16_000)[:, 0])
    wanted = windows(whole, Fraction(25), held.piece.first, held.piece.fit.frames, 6)
    found = folder[0].windows(0, held.piece.fit.frames, 6).numpy()
    # A spectrum at the cut sees half of what the whole sound's does, and three frames hear it. Which piece is
    # the first hangs on the film's bytes, and so does how loud it is there.
    inside = slice(3, -3)
    assert np.abs(found[inside] - wanted[inside]).max() < 0.05


def test_an_embedding_is_stored_where_there_is_something_to_embed_with(
    videos: Path, sources: tuple[Source, ...], encoders: Encoders, tmp_path: Path
) -> None:
    embedding = dataclasses.replace(encoders, embed=lambda text: torch.full((2, 3), float(len(text))))
    precompute(videos, sources[1:], RECIPE, embedding, out=tmp_path)
    text_XE = open_shards(tmp_path)[0].text_XE
    assert text_XE is not None
    assert text_XE.tolist() == [[float(len("someone in b.mkv"))] * 3] * 2


def test_halved_precision_keeps_latents_to_its_rounding(
    videos: Path, sources: tuple[Source, ...], encoders: Encoders, made: Path, tmp_path: Path
) -> None:
    halved = msgspec.structs.replace(RECIPE, precision="bfloat16", shard_bytes=1 << 30)
    precompute(videos, sources, halved, encoders, out=tmp_path)
    for number in range(len(open_shards(made))):
        one, other = (open_shards(folder)[number].latents_CFHW for folder in (made, tmp_path))
        assert torch.equal(one.to(torch.bfloat16).float(), other)


def test_a_drawn_face_is_found_and_masked(encoders: Encoders, tmp_path: Path) -> None:
    models = installed_models()
    film(tmp_path / "face.mkv", [portrait(size=(160, 96))] * 20, seconds=0.8)
    real = dataclasses.replace(encoders, find_faces=lambda pictures: find_landmarks(pictures, models))
    out = tmp_path / "out"
    index = precompute(tmp_path, (source(tmp_path, "face.mkv", 20, 25, SIZE),), RECIPE, real, out=out)
    assert (index.complete, index.left_out) == (True, ())
    assert open_shards(out)[0].mask_FHW.any()


# ------------------------------------------------------------------------------- going on, again


def test_the_same_videos_give_the_same_shards(
    videos: Path, sources: tuple[Source, ...], encoders: Encoders, made: Path, tmp_path: Path
) -> None:
    precompute(videos, sources, RECIPE, encoders, out=tmp_path)
    assert files(tmp_path) == files(made)


@pytest.mark.parametrize("stop", [0, 1, 2])
def test_an_interrupted_run_goes_on_and_gives_the_same_shards(
    stop: int,
    videos: Path,
    sources: tuple[Source, ...],
    encoders: Encoders,
    made: Path,
    tmp_path: Path,
) -> None:
    def stopping(spans: Sequence[range]) -> Iterator[range]:
        yield from spans[:stop]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        precompute(videos, sources, RECIPE, encoders, out=tmp_path, follow=stopping)
    if stop:
        with pytest.raises(BadSamples, match=f"has {stop} of "):
            open_shards(tmp_path)
    precompute(videos, sources, RECIPE, encoders, out=tmp_path)
    assert files(tmp_path) == files(made)


def test_what_is_done_is_not_done_again(
    videos: Path, sources: tuple[Source, ...], encoders: Encoders, copy: Path, made: Path
) -> None:
    idle = dataclasses.replace(encoders, find_faces=nobody)
    assert precompute(videos, sources, RECIPE, idle, out=copy) == read_index(made)


@pytest.mark.parametrize("spoil", ["cut", "gone"])
def test_a_shard_that_is_not_whole_is_made_again(
    spoil: str, videos: Path, sources: tuple[Source, ...], encoders: Encoders, copy: Path, made: Path
) -> None:
    path = copy / read_index(copy).shards[1].name
    if spoil == "cut":
        path.write_bytes(path.read_bytes()[:-1])
    else:
        path.unlink()
    precompute(videos, sources, RECIPE, encoders, out=copy)
    assert files(copy) == files(made)


def test_a_folder_begun_otherwise_is_not_mixed_with(
    videos: Path, sources: tuple[Source, ...], encoders: Encoders, copy: Path, made: Path
) -> None:
    other = msgspec.structs.replace(RECIPE, seed=1)
    with pytest.raises(BadSamples, match="begun with other videos or another recipe"):
        precompute(videos, sources, other, encoders, out=copy)
    assert files(copy) == files(made)


def test_a_full_disk_leaves_what_was_whole(
    videos: Path,
    sources: tuple[Source, ...],
    encoders: Encoders,
    made: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(path: Path, data: bytes) -> None:
        raise DiskFull(f"cannot write {path}: No space left on device")

    with monkeypatch.context() as patch:
        precompute(videos, sources, RECIPE, encoders, out=tmp_path, follow=lambda spans: spans[:1])
        patch.setattr(writing, "save_whole", full)
        with pytest.raises(DiskFull):
            precompute(videos, sources, RECIPE, encoders, out=tmp_path)
    assert read_index(tmp_path).done == 1
    precompute(videos, sources, RECIPE, encoders, out=tmp_path)
    assert files(tmp_path) == files(made)


# ------------------------------------------------------------------------------------ bad input


def test_pieces_that_cannot_be_used_are_left_out_and_say_why(
    videos: Path, sources: tuple[Source, ...], encoders: Encoders, tmp_path: Path
) -> None:
    gone = msgspec.structs.replace(sources[0], file="gone.mkv")
    index = precompute(videos, (gone, sources[1]), RECIPE, encoders, out=tmp_path)
    assert {piece.file for piece in index.left_out} == {"gone.mkv"}
    assert {held.piece.source.file for shard in index.shards for held in shard.held} == {"b.mkv"}
    blind = dataclasses.replace(encoders, find_faces=nobody)
    index = precompute(videos, sources, RECIPE, blind, out=tmp_path / "blind")
    assert "shows a face in 0%" in index.left_out[0].reason
    with pytest.raises(BadSamples, match="all were left out"):
        open_shards(tmp_path / "blind")


def test_an_autoencoder_of_another_grid_is_refused(
    videos: Path, sources: tuple[Source, ...], encoders: Encoders, tmp_path: Path
) -> None:
    other = dataclasses.replace(encoders, autoencoder=LtxAutoencoder(tiny_autoencoder(patch_size=1)))
    with pytest.raises(BadSamples, match="latents of 8 pixels"):
        precompute(videos, sources, RECIPE, other, out=tmp_path)


def test_without_videos_there_is_nothing_to_make(encoders: Encoders, tmp_path: Path) -> None:
    with pytest.raises(BadSamples, match="curation kept none"):
        precompute(tmp_path, (), RECIPE, encoders, out=tmp_path)


def test_a_shard_cut_short_is_a_named_error(copy: Path) -> None:
    path = copy / read_index(copy).shards[0].name
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(TruncatedMedia, match=r"shard-00000.safetensors is cut short: it has 100 of"):
        open_shards(copy)


def test_a_shard_that_is_named_and_not_there_is_a_named_error(copy: Path) -> None:
    (copy / read_index(copy).shards[1].name).unlink()
    with pytest.raises(MissingMedia, match=r"shard-00001.safetensors is in index.json"):
        open_shards(copy)


@pytest.mark.parametrize("where", ["header", "body"])
def test_a_damaged_shard_is_a_named_error(where: str, copy: Path) -> None:
    path = copy / read_index(copy).shards[0].name
    content = bytearray(path.read_bytes())
    content[9 if where == "header" else -5] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(BadSamples, match="is damaged"):
        open_shards(copy, verify=True)
    if where == "header":
        with pytest.raises(BadSamples, match="does not hold piece"):
            open_shards(copy)[0]


def _renamed(index: Index, name: str) -> Index:
    first = msgspec.structs.replace(index.shards[0], name=name)
    return msgspec.structs.replace(index, shards=(first, *index.shards[1:]))


@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 5000, b"\xff"])
def test_an_index_that_is_none_is_a_named_error(content: bytes, copy: Path) -> None:
    (copy / "index.json").write_bytes(content)
    with pytest.raises(BadSamples, match="is no index of shards"):
        open_shards(copy)


def test_an_index_that_leads_elsewhere_is_a_named_error(copy: Path) -> None:
    index = _renamed(read_index(copy), f"../{copy.name}/shard-00000.safetensors")
    (copy / "index.json").write_bytes(msgspec.json.encode(index))
    with pytest.raises(BadSamples, match="not beside it"):
        open_shards(copy)


def test_a_folder_without_shards_is_a_named_error(tmp_path: Path) -> None:
    with pytest.raises(MissingMedia):
        open_shards(tmp_path)


# ------------------------------------------------------------------------------------- reading


@given(st.integers(1, 500), st.integers(0, 1 << 40), st.integers(0, 50))
def test_the_order_is_a_permutation_that_seed_and_epoch_decide(count: int, seed: int, epoch: int) -> None:
    found = order(count, seed, epoch)
    assert sorted(found) == list(range(count))
    assert found == order(count, seed, epoch)
    if count > 20:
        assert found != order(count, seed, epoch + 1)
        assert found != order(count, seed + 1, epoch)


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 99))
def test_a_crop_lies_within_the_piece(latents: int, wanted: int, number: int) -> None:
    taken = crop(latents, wanted, seed=3, epoch=1, number=number)
    assert len(taken) == min(latents, wanted)
    assert taken.start >= 0
    assert taken.stop <= latents


def test_crops_begin_everywhere_over_the_epochs() -> None:
    starts = {crop(8, 5, seed=0, epoch=epoch, number=2).start for epoch in range(40)}
    assert starts == {0, 1, 2, 3}


def crops(folder: Path, **changes: Any) -> Crops:
    options: dict[str, Any] = {
        "tokens_each": 64,
        "window": 6,
        "seed": 5,
        "text": lambda text: torch.zeros(1, len(text)),
    }
    return Crops(pieces=open_shards(folder), **(options | changes))


def test_an_epoch_comes_in_its_order_and_goes_on_where_it_was(made: Path) -> None:
    view = crops(made)
    whole = [sample.clean_CFHW for sample in view]
    assert sorted(view.ordered) == list(range(len(whole)))
    for index, latents_CFHW in zip(view.ordered, whole, strict=True):
        assert torch.equal(latents_CFHW, open_shards(made)[index].latents_CFHW)
    for one, other in zip(view.after(1), whole[1:], strict=True):
        assert torch.equal(one.clean_CFHW, other)


def test_a_crop_is_the_pieces_own_with_its_audio_and_what_is_around(made: Path) -> None:
    folder = open_shards(made)
    seen = set()
    for epoch in range(12):
        view = crops(made, tokens_each=2 * 6, epoch=epoch)
        index = max(range(len(view)), key=lambda at: folder.held(at).piece.fit.latents)
        sample, piece, taken = view[index], folder[index], view.crop(index)
        seen.add(taken.start)
        assert torch.equal(sample.clean_CFHW, piece.latents_CFHW[:, taken.start : taken.stop])
        assert sample.tokens == view.tokens(index)
        assert sample.windows_NKLA is not None
        assert sample.around_CRHW is not None
        frames = 8 * (len(taken) - 1) + 1
        assert torch.equal(sample.windows_NKLA, piece.windows(8 * taken.start, frames, 6))
        assert sample.around_CRHW.shape[1] == piece.latents_CFHW.shape[1] - len(taken)
    assert len(seen) > 1


def test_the_token_count_is_known_without_reading_and_within_the_budget(made: Path) -> None:
    for budget in (10, 30, 64):
        view = crops(made, tokens_each=budget)
        for index in range(len(view)):
            fit = open_shards(made).held(index).piece.fit
            assert view[index].tokens == view.tokens(index) <= max(budget, fit.rows * fit.columns)


def test_captions_without_embeddings_need_something_to_embed_them(made: Path) -> None:
    assert crops(made)[0].text_XE.shape[1] == len(open_shards(made)[0].caption)
    with pytest.raises(BadSamples, match="captions without embeddings"):
        crops(made, text=None)[0]


# --------------------------------------------------------------------------- from curation to clips


def test_what_curation_kept_becomes_clips(videos: Path, encoders: Encoders, tmp_path: Path) -> None:
    report = curate(videos, tmp_path / "curated", Tools(), Limits(frames=33, kilobits=100))
    with pytest.raises(MissingMedia, match="has no caption"):
        sources_of(report.kept)
    kept = sources_of(report.kept, uncaptioned="a person speaks")
    index = precompute(videos, kept, RECIPE, encoders, out=tmp_path / "shards")
    assert (index.complete, index.left_out) == (True, ())
    assert {open_shards(tmp_path / "shards")[0].caption} == {"a person speaks"}


def test_a_real_speaker_becomes_a_clip(encoders: Encoders, tmp_path: Path) -> None:
    models, folder = installed_models(), tmp_path / "in"
    folder.mkdir()
    (folder / "speaker.mp4").symlink_to(shared("media/speaker_458_15s.mp4"))
    (folder / "speaker.txt").write_text("a man speaks")
    report = curate(folder, tmp_path / "curated", Tools(), Limits(kilobits=200))
    real = dataclasses.replace(encoders, find_faces=lambda pictures: find_landmarks(pictures, models))
    recipe = msgspec.structs.replace(
        RECIPE, tokens=320, sizes=Sizes(fewest=200 * 200, most=260 * 260), frames=375
    )
    index = precompute(folder, sources_of(report.kept), recipe, real, out=tmp_path / "out")
    piece = open_shards(tmp_path / "out")[0]
    assert index.left_out == ()
    assert piece.held.piece.fit.tokens > 320 - 64
    assert 0 < piece.mask_FHW.float().mean() < 0.5
    assert piece.features.values.std() > 0.1


def test_sound_reaches_half_a_second_beyond_the_piece() -> None:
    piece = pieces(MANY[:1], Recipe(tokens=4000, autoencoder="x", features="x"))[0]
    assert lead(piece, RECIPE) == 13


def test_every_named_error_is_bad_media() -> None:
    assert issubclass(BadSamples, BadMedia)
