"""How large the model is. Pure values: no torch."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

STRIDE = 8  # video frames a latent; the first latent is one frame

# ours: beyond any model that there is, and still counted at once. What tells of more was damaged, or made to
# hang who reads it.
MOST_BLOCKS = 1_000
WIDEST = 65_536

Representation = Literal["whisper", "logmel", "small"]  # small: `engine.model.small_hearing`

# ours: a latent's tokens attend only to its own audio, and the softmax over a single key is constant: with
# one token the attention could learn nothing. Eight is a token for each of a latent's eight frames.
FEWEST_AUDIO_TOKENS = 8


class TooFewAudioTokens(ValueError):
    """A window so short that a latent would have next to nothing to attend to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformerConfig:
    """The base model's sizes; what is left out is the same in all LTX-Video checkpoints up to 0.9.8."""

    in_channels: int
    heads: int
    head_dim: int
    layers: int
    caption_channels: int

    @property
    def width(self) -> int:
        return self.heads * self.head_dim

    def diffusers(self) -> dict[str, int]:
        """Arguments of diffusers' LTXVideoTransformer3DModel."""
        return {
            "in_channels": self.in_channels,
            "out_channels": self.in_channels,
            "num_attention_heads": self.heads,
            "attention_head_dim": self.head_dim,
            "cross_attention_dim": self.width,
            "num_layers": self.layers,
            "caption_channels": self.caption_channels,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioConfig:
    """What the model hears. Raises TooFewAudioTokens for a window below `FEWEST_AUDIO_TOKENS`.

    `layers` and `channels` are one feature's (L, A), `rate` is features a second (f_a of Eq 3), `window` is
    the features around a video frame (K; the paper's W), `width` is what the attention reads (D_audio).
    """

    representation: Representation
    layers: int
    channels: int
    rate: Fraction
    window: int
    width: int

    def __post_init__(self) -> None:
        if self.window < FEWEST_AUDIO_TOKENS:
            raise TooFewAudioTokens(
                f"the audio window is {self.window} features; at least {FEWEST_AUDIO_TOKENS} are needed, "
                "because each latent attends to nothing but its own window"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelConfig:
    transformer: TransformerConfig
    audio: AudioConfig

    def diffusers(self) -> dict[str, int | str | tuple[int, int]]:
        """Arguments of EditYourselfTransformer; they are what its config.json holds."""
        return {
            **self.transformer.diffusers(),
            "audio_representation": self.audio.representation,
            "audio_layers": self.audio.layers,
            "audio_channels": self.audio.channels,
            "audio_rate": self.audio.rate.as_integer_ratio(),
            "audio_window": self.audio.window,
            "audio_width": self.audio.width,
        }


# Whisper-small's encoder: the outputs of its 12 blocks, 768 channels, 50 Hz (paper 3.1). ours: window 0.2 s
# (as in Sonic, HunyuanVideo-Avatar and LatentSync), and width 768: with it 48 layers of attention are
# 1.914 B parameters, which is the paper's "about 2B".
WHISPER_SMALL = AudioConfig(
    representation="whisper", layers=12, channels=768, rate=Fraction(50), window=10, width=768
)

# LTX-Video 0.9.7 13B, from its config.json.
EDITYOURSELF_13B = ModelConfig(
    transformer=TransformerConfig(in_channels=128, heads=32, head_dim=128, layers=48, caption_channels=4096),
    audio=WHISPER_SMALL,
)

# For tests and the first steps of training: everything is there, nothing is large. It hears Whisper's log-mel
# front end, which needs no weights; ours: the same 0.2 s of it.
TINY = ModelConfig(
    transformer=TransformerConfig(in_channels=8, heads=2, head_dim=16, layers=2, caption_channels=16),
    audio=AudioConfig(
        representation="logmel", layers=1, channels=80, rate=Fraction(100), window=20, width=32
    ),
)
