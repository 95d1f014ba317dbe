"""A folder of LTX-2.x made of tiny random models, laid out as diffusers saves the real one.

Versions differ as the published ones do: 2.3 has gates and prompt modulation and projects captions in its
connectors, 2.5 has no biases in the feed-forwards of its pictures, a vector for keyframes, and reads prompts
with a Gemma 4 instead of a Gemma 3.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKLLTX2Audio,
    AutoencoderKLLTX2Video,
    FlowMatchEulerDiscreteScheduler,
    LTX2VideoTransformer3DModel,
)
from diffusers.pipelines.ltx2 import LTX2TextConnectors
from diffusers.pipelines.ltx2.latent_upsampler import LTX2LatentUpsamplerModel
from safetensors.torch import save_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import (
    Gemma3Config,
    Gemma3ForConditionalGeneration,
    Gemma3TextConfig,
    Gemma4UnifiedConfig,
    Gemma4UnifiedForConditionalGeneration,
    Gemma4UnifiedTextConfig,
    PreTrainedTokenizerFast,
    SiglipVisionConfig,
)

CHANNELS = 8
TOKEN = 32  # values of an audio token: 2 latent channels of 16 bands. The real one has 8: 128
CAPTION = 16
VIDEO, AUDIO = 32, 16  # widths of the two streams
WORDS = ("<pad>", "<eos>", "<bos>", "<unk>", "a", "person", "talks", "woman", "sings")


def make(
    folder: Path,
    *,
    version: str = "2.3",
    distilled: bool = True,
    upsampler: bool = False,
    text_encoder: bool = False,
    seed: int = 0,
) -> Path:
    """The transformer, both autoencoders, connectors, a scheduler and a prompt; more where it is wanted."""
    folder.mkdir(parents=True, exist_ok=True)
    tiny_transformer(version, seed).save_pretrained(folder / "transformer")
    tiny_autoencoder(seed).save_pretrained(folder / "vae")
    tiny_audio_autoencoder(seed).save_pretrained(folder / "audio_vae")
    tiny_connectors(version, seed).save_pretrained(folder / "connectors")
    scheduler(distilled=distilled).save_pretrained(folder / "scheduler")
    parts = {
        "transformer": ["diffusers", "LTX2VideoTransformer3DModel"],
        "vae": ["diffusers", "AutoencoderKLLTX2Video"],
        "audio_vae": ["diffusers", "AutoencoderKLLTX2Audio"],
        "connectors": ["ltx2", "LTX2TextConnectors"],
        "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
    }
    if upsampler:
        tiny_upsampler(seed).save_pretrained(folder / "latent_upsampler")
    if text_encoder:
        reader = tiny_text_encoder(version, seed)
        reader.save_pretrained(folder / "text_encoder")
        tiny_tokenizer().save_pretrained(folder / "tokenizer")
        parts |= {
            "text_encoder": ["transformers", type(reader).__name__],
            "tokenizer": ["transformers", "PreTrainedTokenizerFast"],
        }
    index = {"_class_name": "LTX2Pipeline", "_diffusers_version": "0.42.1", **parts}
    (folder / "model_index.json").write_text(json.dumps(index), encoding="utf-8")
    save_prompt(folder / "prompt.safetensors", version)
    return folder


def save_prompt(path: Path, version: str, text: str = "a person talks", seed: int = 5) -> None:
    """What the connectors gave for a text: six tokens for each of the two streams, none of them padding."""
    draw = torch.Generator().manual_seed(seed)
    video, audio = caption_widths(version)
    tensors = {
        "video": torch.randn(6, video, generator=draw),
        "audio": torch.randn(6, audio, generator=draw),
        "mask": torch.ones(6, dtype=torch.bool),
    }
    save_file(tensors, path, metadata={"prompt": text})


def caption_widths(version: str) -> tuple[int, int]:
    """Of what the connectors give for video and for audio: captions, which 2.0 projects afterwards."""
    return (VIDEO, AUDIO) if version != "2.0" else (CAPTION, CAPTION)


def tiny_transformer(version: str = "2.3", seed: int = 0) -> LTX2VideoTransformer3DModel:
    torch.manual_seed(seed)
    return LTX2VideoTransformer3DModel(**transformer_settings(version)).eval()


def transformer_settings(version: str) -> dict[str, Any]:
    """Widths and layers aside, as in the published config.json."""
    later, latest = version != "2.0", version == "2.5"
    return {
        "in_channels": CHANNELS,
        "out_channels": CHANNELS,
        "num_attention_heads": 2,
        "attention_head_dim": VIDEO // 2,
        "cross_attention_dim": VIDEO,
        "audio_in_channels": TOKEN,
        "audio_out_channels": TOKEN,
        "audio_num_attention_heads": 2,
        "audio_attention_head_dim": AUDIO // 2,
        "audio_cross_attention_dim": AUDIO,
        "num_layers": 2,
        "caption_channels": CAPTION,
        "rope_type": "split",
        "gated_attn": later,
        "cross_attn_mod": later,
        "audio_gated_attn": later,
        "audio_cross_attn_mod": later,
        "use_prompt_embeddings": not later,
        "perturbed_attn": later,
        "ff_bias": not latest,
        "use_keyframes_abs_pos_embedding": latest,
    }


def tiny_autoencoder(seed: int = 0) -> AutoencoderKLLTX2Video:
    """32 x 32 x 8 as the real one, causal encoder only."""
    torch.manual_seed(seed)
    return AutoencoderKLLTX2Video(
        latent_channels=CHANNELS,
        block_out_channels=(8, 8, 8, 8),
        decoder_block_out_channels=(8, 16, 32),
        layers_per_block=(1, 1, 1, 1, 1),
        decoder_layers_per_block=(1, 1, 1, 1),
        upsample_residual=(True, True, True),
        upsample_factor=(2, 2, 2),
        decoder_causal=False,
        spatial_compression_ratio=32,
        temporal_compression_ratio=8,
    ).eval()


def tiny_audio_autoencoder(seed: int = 0) -> AutoencoderKLLTX2Audio:
    """64 mel bands in, four frames of them a token, as the real one."""
    torch.manual_seed(seed)
    model = AutoencoderKLLTX2Audio(
        base_channels=TOKEN, ch_mult=(1, 1, 1), num_res_blocks=1, latent_channels=2
    ).eval()
    with torch.no_grad():
        model.latents_mean.uniform_(-1, 1)
        model.latents_std.uniform_(0.5, 2)
    return model


def tiny_connectors(version: str = "2.3", seed: int = 0) -> LTX2TextConnectors:
    torch.manual_seed(seed)
    video, audio = caption_widths(version)
    return LTX2TextConnectors(
        caption_channels=CAPTION,
        text_proj_in_factor=3,
        video_connector_num_attention_heads=2,
        video_connector_attention_head_dim=video // 2,
        video_connector_num_layers=1,
        video_connector_num_learnable_registers=8,
        audio_connector_num_attention_heads=2,
        audio_connector_attention_head_dim=audio // 2,
        audio_connector_num_layers=1,
        audio_connector_num_learnable_registers=8,
        rope_type="split",
        per_modality_projections=version != "2.0",
        video_gated_attn=version != "2.0",
        audio_gated_attn=version != "2.0",
        video_hidden_dim=video,
        audio_hidden_dim=audio,
        proj_bias=version != "2.0",
    ).eval()


def tiny_upsampler(seed: int = 0) -> LTX2LatentUpsamplerModel:
    """Twice the height and width. 32 channels inside: its group norms are of 32 groups."""
    torch.manual_seed(seed)
    return LTX2LatentUpsamplerModel(in_channels=CHANNELS, mid_channels=32, num_blocks_per_stage=1).eval()


def scheduler(*, distilled: bool) -> FlowMatchEulerDiscreteScheduler:
    """A distilled model's noise levels are fixed; else they shift with the number of tokens."""
    if distilled:
        return FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=False)
    return FlowMatchEulerDiscreteScheduler(
        use_dynamic_shifting=True,
        base_shift=0.95,
        max_shift=2.05,
        base_image_seq_len=1024,
        max_image_seq_len=4096,
        shift_terminal=0.1,
    )


def tiny_text_encoder(
    version: str = "2.3", seed: int = 0
) -> Gemma3ForConditionalGeneration | Gemma4UnifiedForConditionalGeneration:
    torch.manual_seed(seed)
    return _gemma_4() if version == "2.5" else _gemma_3()


def _gemma_4() -> Gemma4UnifiedForConditionalGeneration:
    """Layers that look back a little, and wider ones over all, whose values are their keys."""
    text = Gemma4UnifiedTextConfig(
        vocab_size=len(WORDS),
        hidden_size=CAPTION,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=8,
        global_head_dim=16,
        num_global_key_value_heads=1,
        attention_k_eq_v=True,
        sliding_window=16,
        layer_types=["sliding_attention", "full_attention"],
    )
    return Gemma4UnifiedForConditionalGeneration(Gemma4UnifiedConfig(text_config=text.to_dict())).eval()


def _gemma_3() -> Gemma3ForConditionalGeneration:
    text = Gemma3TextConfig(
        vocab_size=len(WORDS),
        hidden_size=CAPTION,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=8,
        sliding_window=16,
    )
    vision = SiglipVisionConfig(
        hidden_size=8,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=1,
        image_size=8,
        patch_size=4,
    )
    config = Gemma3Config(
        text_config=text.to_dict(),
        vision_config=vision.to_dict(),
        mm_tokens_per_image=4,
        image_token_index=3,
        boi_token_index=3,
        eoi_token_index=3,
    )
    return Gemma3ForConditionalGeneration(config).eval()


def tiny_tokenizer() -> PreTrainedTokenizerFast:
    padding, end, begin, unknown = WORDS[:4]
    words = Tokenizer(WordLevel({word: at for at, word in enumerate(WORDS)}, unk_token=unknown))
    words.pre_tokenizer = Whitespace()
    return PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token=padding, eos_token=end, bos_token=begin, unk_token=unknown
    )
