"""How many parameters the transformers have, by their sizes alone: no torch, and none of them made.

A linear layer of n to m is n m weights and m of bias. D width, A width of LTX-2's sound.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.model.config import STRIDE, AudioConfig, ModelConfig, TransformerConfig
from engine.model.ltx2.config import Ltx2Config

_TIMESTEP = 256  # channels of a noise level before it is embedded, in diffusers
_FEED_FORWARD = 4  # how much wider a block is between its two layers

Sizes = ModelConfig | Ltx2Config


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Of a transformer: outside of its blocks, of each of its `blocks`, and of that what FP8 takes."""

    outside: int
    blocks: int
    block: int
    quantised: int

    @property
    def total(self) -> int:
        return self.outside + self.blocks * self.block


def parameters_of(config: Sizes) -> Parameters:
    return _of_ltx2(config) if isinstance(config, Ltx2Config) else _of_edityourself(config)


def _of_edityourself(config: ModelConfig) -> Parameters:
    """LTX-Video's, with the audio attentions and the audio projection of the paper."""
    sizes, audio = config.transformer, config.audio
    d = sizes.width
    quantised = 2 * _attention_weights(d, d, d) + _feed_forward_weights(d)
    # Biases, norms of queries and keys, and six modulations.
    kept = 2 * (4 * d + 2 * d) + (_FEED_FORWARD + 1) * d + 6 * d
    hearing = _attention_weights(d, audio.width, d) + 4 * d + 2 * d
    return Parameters(
        outside=_outside(sizes) + _projection(audio),
        blocks=sizes.layers,
        block=quantised + kept + hearing,
        quantised=quantised,
    )


def _of_ltx2(config: Ltx2Config) -> Parameters:
    """Both streams, and what goes from one to the other."""
    d, a = config.width, config.audio_width
    heads, audio_heads = config.num_attention_heads, config.audio_num_attention_heads
    attentions = (  # from, to, inside, heads of gates
        (d, d, d, heads * config.gated_attn),
        (d, config.cross_attention_dim, d, heads * config.gated_attn),
        (a, a, a, audio_heads * config.audio_gated_attn),
        (a, config.audio_cross_attention_dim, a, audio_heads * config.audio_gated_attn),
        (d, a, a, audio_heads * config.gated_attn),
        (a, d, a, audio_heads * config.audio_gated_attn),
    )
    quantised = sum(_attention_weights(*of[:3]) for of in attentions)
    quantised += _feed_forward_weights(d) + _feed_forward_weights(a)
    # Biases, norms of queries and keys, gates.
    kept = sum(3 * inner + query + 2 * inner for query, _, inner, _ in attentions)
    kept += sum(_linear(query, gates) for query, _, _, gates in attentions)
    kept += config.ff_bias * (_FEED_FORWARD + 1) * d + config.audio_ff_bias * (_FEED_FORWARD + 1) * a
    prompts = config.cross_attn_mod or config.audio_cross_attn_mod
    kept += (_modulations(config.cross_attn_mod) + 5 + 2 * prompts) * d
    kept += (_modulations(config.audio_cross_attn_mod) + 5 + 2 * prompts) * a
    return Parameters(
        outside=_ltx2_outside(config, prompts=prompts),
        blocks=config.num_layers,
        block=quantised + kept,
        quantised=quantised,
    )


def _ltx2_outside(config: Ltx2Config, *, prompts: bool) -> int:
    d, a = config.width, config.audio_width
    count = _linear(config.in_channels, d) + _linear(d, config.in_channels)
    count += _linear(config.audio_in_channels, a) + _linear(a, config.audio_in_channels)
    count += 2 * d + 2 * a + config.use_keyframes_abs_pos_embedding * d
    for width, modulations in ((d, config.cross_attn_mod), (a, config.audio_cross_attn_mod)):
        # Of a stream's own attentions; of its attention to the other one, and that one's gate.
        count += (
            _noise_level(width, _modulations(modulations)) + _noise_level(width, 4) + _noise_level(width, 1)
        )
        if config.use_prompt_embeddings:
            count += _linear(config.caption_channels, width) + _linear(width, width)
        if prompts and config.use_prompt_adaln_single:
            count += _noise_level(width, 2)
    return count


def _outside(sizes: TransformerConfig) -> int:
    d = sizes.width
    captions = _linear(sizes.caption_channels, d) + _linear(d, d)
    return (
        _linear(sizes.in_channels, d) + _linear(d, sizes.in_channels) + 2 * d + _noise_level(d, 6) + captions
    )


def _projection(audio: AudioConfig) -> int:
    positions = audio.window * audio.layers * audio.channels
    layers = audio.channels * audio.layers + audio.channels
    pooling = (1 + STRIDE) * audio.channels * audio.width + 2 * audio.width
    return positions + layers + pooling + 2 * audio.width


def _modulations(with_prompts: bool) -> int:
    return 9 if with_prompts else 6


def _linear(into: int, out: int) -> int:
    return (into + 1) * out


def _attention_weights(query: int, key: int, inner: int) -> int:
    """To queries, keys and values, and back, without biases."""
    return query * inner + 2 * key * inner + inner * query


def _feed_forward_weights(width: int) -> int:
    return 2 * _FEED_FORWARD * width * width


def _noise_level(width: int, modulations: int) -> int:
    """Its embedding, and what makes modulations of it."""
    return _linear(_TIMESTEP, width) + _linear(width, width) + _linear(width, modulations * width)
