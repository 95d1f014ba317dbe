"""What is asked of the model: Eq 8, with its noise, its conditions and its references (paper 3.5, 4.1). Pure.

|| M v([references, x_t], t, audio, text) - M (e - x0) ||^2, where x_t is (1 - t) x0 + t e if M, and x0 else.

B batch, S tokens, C latent channels, F latent frames, H W latent grid, X text tokens, E caption channels,
T audio tokens a latent, D their width, R latents from around the clip.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from engine.diffusion.blocks import Block
from engine.diffusion.references import FACES, FaceReferences
from engine.diffusion.tokens import Scene, Tokens, coordinates, sequence
from engine.model.transformer import EditYourselfTransformer
from engine.training.errors import BadSamples
from engine.training.samples import Sample

_TIMESTEPS = 1000.0  # noise level 1 is timestep 1000 to LTX


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """How probable it is that a condition is given. `footage` is V2V: without it all is made anew."""

    audio: float = 1.0
    first_frame: float = 0.9
    footage: float = 0.9
    identity: float = 0.0


# Table 1. Without audio, stage 1 would train nothing.
STAGE_1 = Conditions()
STAGE_2 = Conditions(audio=0.9, first_frame=0.9, footage=0.9, identity=0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """`mean`, `deviation`: timesteps are sigmoid(N(mean, deviation)); 90 % of them lie in the paper's
    [.60, .98]. `level_of`: each token draws its own, or all of a sample share one.
    `candidates`: the nearest of so many draws is the noise (immiscible diffusion); 1 is plain noise.
    `contrast`: lambda of contrastive flow matching. ours: .05, its paper's; 0 is none.
    """

    conditions: Conditions = STAGE_1
    mean: float = 2.05
    deviation: float = 1.0
    level_of: Literal["token", "sample"] = "token"
    candidates: int = 4
    contrast: float = 0.05


class Given(NamedTuple):
    """Which conditions a sample has."""

    audio: bool
    first_frame: bool
    footage: bool
    identity: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Question:
    """One sample as it is put to the model.

    `tokens`: references, if any, and then the clip's, `count` of them. `target_SC`: e - x0 of the clip's.
    """

    tokens: Tokens
    target_SC: Tensor
    sample: Sample

    @property
    def count(self) -> int:
        return len(self.target_SC)

    @property
    def made_S(self) -> Tensor:
        """M: the clip's tokens that are made anew."""
        return self.tokens.sigma_S[-self.count :] > 0

    @property
    def counted_S(self) -> Tensor:
        """M, weighed where the sample's tokens do not all count alike."""
        weight_FHW = self.sample.weight_FHW
        return self.made_S.float() if weight_FHW is None else self.made_S * weight_FHW.flatten()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Loss:
    """`total` is what is trained on: `flow` (Eq 8) less lambda times `contrast`."""

    total: Tensor
    flow: Tensor
    contrast: Tensor


# ------------------------------------------------------------------------------------ what is drawn


def questions(
    batch: Sequence[Sample], generator: torch.Generator, settings: Objective
) -> tuple[Question, ...]:
    """Raises BadSamples where token counts are not equal."""
    if len({sample.tokens for sample in batch}) > 1:
        counts = ", ".join(str(sample.tokens) for sample in batch)
        raise BadSamples(f"a batch's clips must have the same number of tokens, and have {counts}")
    return tuple(question(sample, generator, settings) for sample in batch)


def question(sample: Sample, generator: torch.Generator, settings: Objective) -> Question:
    """Conditions, noise and noise levels, drawn in this order."""
    given = given_conditions(settings.conditions, generator)
    mask_FHW = made_anew(sample.mask_FHW, given)
    noise_CFHW = nearest_noise(sample.clean_CFHW, mask_FHW, settings.candidates, generator)
    sigma_FHW = noise_levels(tuple(mask_FHW.shape), generator, settings) * mask_FHW
    noisy_CFHW = torch.where(
        mask_FHW, torch.lerp(sample.clean_CFHW, noise_CFHW, sigma_FHW), sample.clean_CFHW
    )
    latents, rows, columns = mask_FHW.shape
    hears = given.audio and sample.windows_NKLA is not None
    own = Tokens(
        values_SC=sequence(noisy_CFHW),
        sigma_S=sigma_FHW.flatten(),
        coords_3S=coordinates(sample.scene, range(latents)),
        latent_S=torch.arange(latents).repeat_interleave(rows * columns),
        gate_S=mask_FHW.flatten() & hears,
    )
    beside = face_references(sample, generator) if given.identity else None
    return Question(
        tokens=own if beside is None else own.after(beside),
        target_SC=sequence(noise_CFHW - sample.clean_CFHW),
        sample=sample,
    )


def given_conditions(conditions: Conditions, generator: torch.Generator) -> Given:
    chances = (conditions.audio, conditions.first_frame, conditions.footage, conditions.identity)
    drawn = torch.rand(len(chances), generator=generator).tolist()
    return Given(*(value < chance for value, chance in zip(drawn, chances, strict=True)))


def made_anew(mask_FHW: Tensor, given: Given) -> Tensor:
    """M: the sample's region, or all without footage; a first frame that is given stays as it is.

    Where the first latent is all that would be made anew, it is: there must be something to learn.
    """
    made = mask_FHW.clone() if given.footage else torch.ones_like(mask_FHW)
    if given.first_frame and bool(made[1:].any()):
        made[0] = False
    return made


def noise_levels(shape: tuple[int, ...], generator: torch.Generator, settings: Objective) -> Tensor:
    """Logit-normal."""
    normal = torch.randn(shape if settings.level_of == "token" else (), generator=generator)
    return torch.sigmoid(settings.mean + settings.deviation * normal).expand(shape)


def nearest_noise(
    clean_CFHW: Tensor, mask_FHW: Tensor, candidates: int, generator: torch.Generator
) -> Tensor:
    """Of so many draws the one nearest to the clip (Improved Immiscible Diffusion, KNN).

    ours: measured over the tokens that are made anew, for the others never see any noise.
    """
    draws = torch.randn((candidates, *clean_CFHW.shape), generator=generator)
    apart = ((draws - clean_CFHW) ** 2 * mask_FHW).flatten(1).sum(dim=1)
    return draws[int(apart.argmin())]


def face_references(sample: Sample, generator: torch.Generator) -> Tokens | None:
    """Lower-face tokens of 6 random latents from around the clip, clean and at sentinel times."""
    if sample.around_CRHW is None or sample.face_RHW is None:
        return None
    chosen = torch.randperm(len(sample.face_RHW), generator=generator)[:FACES].sort().values
    scene, around = sample.scene, sample.around_CRHW[:, chosen]
    clip, taken = scene.latents, len(chosen)
    longer: Scene = replace(scene, clean_CFHW=torch.cat([scene.clean_CFHW, around], dim=1))
    faces = FaceReferences(
        scene=longer,
        face_FHW=torch.cat([torch.zeros_like(sample.mask_FHW), sample.face_RHW[chosen]]),
        footage=(False,) * clip + (True,) * taken,
    )
    return faces(Block(start=0, width=clip, clip=clip + taken))


# ------------------------------------------------------------------------------------ what is answered


_ALL = slice(None)


def loss(
    model: EditYourselfTransformer, asked: Sequence[Question], contrast: float, share: slice = _ALL
) -> Loss:
    """Of the model's velocities, on its own device; of a share of the batch, its part of the batch's loss."""
    v_BSC = velocities(model, asked[share])
    target_BSC = torch.stack([one.target_SC for one in asked]).to(v_BSC.device)
    counted_BS = torch.stack([one.counted_S for one in asked]).to(v_BSC.device)
    return flow_loss(v_BSC, target_BSC, counted_BS, contrast, share)


def flow_loss(
    v_BSC: Tensor, target_BSC: Tensor, counted_BS: Tensor, contrast: float, share: slice = _ALL
) -> Loss:
    """Means over the batch's tokens, as much as each counts. Where velocities are of a share of the batch:
    its parts of them, which over all shares add up to the batch's, however unevenly tokens fall to them.

    Contrastive flow matching: away from the velocity of another sample of the batch, whose audio is another.
    """
    flow = _over((v_BSC - target_BSC[share]) ** 2, counted_BS, share)
    if contrast == 0 or len(target_BSC) < 2:
        return Loss(total=flow, flow=flow, contrast=torch.zeros_like(flow))
    apart = _over((v_BSC - target_BSC.roll(1, dims=0)[share]) ** 2, counted_BS, share)
    return Loss(total=flow - contrast * apart, flow=flow, contrast=apart)


def _over(squares_BSC: Tensor, counted_BS: Tensor, share: slice) -> Tensor:
    return (squares_BSC.mean(dim=2) * counted_BS[share]).sum() / counted_BS.sum().clamp(min=1)


def velocities(model: EditYourselfTransformer, asked: Sequence[Question]) -> Tensor:
    """Of the clips' tokens, [B, S, C], float32.

    Self-attention has no mask, so nothing is padded: samples run together that have equally many tokens,
    references included.
    """
    audio = _heard(model, asked)
    text_BXE, mask_BX = _texts(asked)
    together: dict[int, list[int]] = {}
    for index, one in enumerate(asked):
        together.setdefault(one.tokens.count, []).append(index)
    answers: dict[int, Tensor] = {}
    for members in together.values():
        text = (text_BXE[members], None if mask_BX is None else mask_BX[members])
        v_GSC = _run(
            model, [asked[at].tokens for at in members], text, None if audio is None else audio[members]
        )
        answers |= {at: v_SC[-asked[at].count :] for at, v_SC in zip(members, v_GSC, strict=True)}
    return torch.stack([answers[index] for index in range(len(asked))]).float()


def _run(
    model: EditYourselfTransformer,
    tokens: Sequence[Tokens],
    text: tuple[Tensor, Tensor | None],
    audio_BFTD: Tensor | None,
) -> Tensor:
    device, heard = model.device, audio_BFTD is not None
    v_BSC: Tensor = model(
        hidden_states=torch.stack([one.values_SC for one in tokens]).to(device, model.dtype),
        encoder_hidden_states=text[0].to(device, model.dtype),
        timestep=torch.stack([one.sigma_S for one in tokens]).to(device) * _TIMESTEPS,
        encoder_attention_mask=None if text[1] is None else text[1].to(device),
        video_coords=torch.stack([one.coords_3S for one in tokens]).to(device),
        audio_tokens=audio_BFTD,
        audio_latent=torch.stack([one.latent_S for one in tokens]).to(device) if heard else None,
        audio_gate=torch.stack([one.gate_S for one in tokens]).to(device) if heard else None,
    )
    return v_BSC


def _heard(model: EditYourselfTransformer, asked: Sequence[Question]) -> Tensor | None:
    """Audio tokens [B, F, T, D]; shorter clips' are filled up, and nobody hears what was added."""
    if not any(bool(one.tokens.gate_S.any()) for one in asked):
        return None
    windows = [one.sample.windows_NKLA for one in asked]
    audio = [None if of is None else model.hear(of[None])[0] for of in windows]
    like = next(of for of in audio if of is not None)
    most = max(len(of) for of in audio if of is not None)
    return torch.stack(
        [
            like.new_zeros(most, *like.shape[1:])
            if of is None
            else functional.pad(of, (0, 0, 0, 0, 0, most - len(of)))
            for of in audio
        ]
    )


def _texts(asked: Sequence[Question]) -> tuple[Tensor, Tensor | None]:
    """[B, X, E], and where it is text [B, X]: None where nothing is padded."""
    texts = [one.sample.text_XE for one in asked]
    text_BXE = pad_sequence(texts, batch_first=True)
    lengths = torch.tensor([len(text) for text in texts])
    mask_BX = torch.arange(text_BXE.shape[1]) < lengths[:, None]
    return text_BXE, None if bool(mask_BX.all()) else mask_BX
