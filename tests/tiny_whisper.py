"""A Whisper of random weights, converted on the spot: what it hears is nonsense, the way to it is real."""

from __future__ import annotations

from pathlib import Path

_SPECIAL = (
    "<|endoftext|>",
    "<|startoftranscript|>",
    "<|en|>",
    "<|translate|>",
    "<|transcribe|>",
    "<|startoflm|>",
    "<|startofprev|>",
    "<|nospeech|>",
    "<|notimestamps|>",
)
_TIMESTAMPS = 1501
_DIMENSIONS = {
    "num_mel_bins": 80,
    "d_model": 32,
    "encoder_layers": 1,
    "decoder_layers": 2,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 64,
    "decoder_ffn_dim": 64,
}


def make(folder: Path) -> Path:
    """The converted model's folder, with all the files that faster-whisper reads."""
    import torch
    from ctranslate2.converters import TransformersConverter
    from transformers import PreTrainedTokenizerFast, WhisperConfig, WhisperForConditionalGeneration

    source, converted = folder / "transformers", folder / "ctranslate2"
    tokenizer = _bytes_tokenizer()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer).save_pretrained(source)
    vocabulary = tokenizer.get_vocab_size()
    config = WhisperConfig(
        vocab_size=vocabulary + _TIMESTAMPS,
        bos_token_id=tokenizer.token_to_id("<|endoftext|>"),
        eos_token_id=tokenizer.token_to_id("<|endoftext|>"),
        pad_token_id=tokenizer.token_to_id("<|endoftext|>"),
        decoder_start_token_id=tokenizer.token_to_id("<|startoftranscript|>"),
        suppress_tokens=[],
        begin_suppress_tokens=[],
        **_DIMENSIONS,
    )
    torch.manual_seed(0)
    WhisperForConditionalGeneration(config).save_pretrained(source)
    TransformersConverter(str(source)).convert(str(converted))
    (converted / "tokenizer.json").write_text(tokenizer.to_str(), encoding="utf-8")
    return converted


def _bytes_tokenizer():
    """Whisper's kind of tokenizer without its merges: a token a byte."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(
        models.BPE(vocab={letter: index for index, letter in enumerate(letters)}, merges=[])
    )
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(list(_SPECIAL))
    return tokenizer
