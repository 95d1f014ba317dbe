"""From IPA, as espeak-ng writes it, to the ARPAbet of CMUdict, which the acoustic model knows.

Sounds that English lacks become the nearest ones that it has: good enough to find a word, not to grade it.
"""

from __future__ import annotations

import unicodedata

_SOUNDS = {
    # English, as espeak-ng's en-us and en-gb write it
    "ɑː": "AA", "ɑ": "AA", "æ": "AE", "ʌ": "AH", "ə": "AH", "ɐ": "AH", "ɔː": "AO", "ɔ": "AO", "ɒ": "AA",
    "aʊ": "AW", "aɪ": "AY", "b": "B", "tʃ": "CH", "d": "D", "ð": "DH", "ɛ": "EH", "ɜː": "ER", "ɜ": "ER",
    "ɚ": "ER", "ɝ": "ER", "eɪ": "EY", "f": "F", "ɡ": "G", "g": "G", "h": "HH", "ɪ": "IH", "i": "IY",
    "dʒ": "JH", "k": "K", "l": "L", "m": "M", "n": "N", "ŋ": "NG", "oʊ": "OW", "əʊ": "OW", "ɔɪ": "OY",
    "p": "P", "ɹ": "R", "s": "S", "ʃ": "SH", "t": "T", "θ": "TH", "ʊ": "UH", "u": "UW", "v": "V",
    "w": "W", "j": "Y", "z": "Z", "ʒ": "ZH", "ɾ": "D", "ᵻ": "IH", "ɫ": "L", "əl": "AH L", "ʔ": "T",
    "aɪə": "AY AH", "aɪɚ": "AY ER", "iə": "IY AH", "eə": "EH R", "ʊə": "UH R", "ɪɹ": "IH R",
    # Other languages: the nearest English sound
    "a": "AA", "e": "EH", "o": "OW", "y": "UW", "ø": "ER", "œ": "ER", "ɨ": "IH", "ɯ": "UW", "ɤ": "AH",
    "ɵ": "UH", "ʉ": "UW", "ʏ": "UH", "ɶ": "AE", "ɘ": "AH", "ɞ": "ER", "eʊ": "OW", "ɔø": "OY", "ɔʏ": "OY",
    "r": "R", "ʁ": "R", "ʀ": "R", "ɻ": "R", "ɽ": "R", "x": "HH", "χ": "HH", "ħ": "HH", "ɦ": "HH", "ɣ": "G",
    "ç": "HH", "ɕ": "SH", "ʂ": "SH", "ʑ": "ZH", "ʐ": "ZH", "β": "V", "ʋ": "V", "ɸ": "F", "ʎ": "L Y",
    "ɭ": "L", "ɬ": "L", "ɮ": "L", "ɲ": "N Y", "ɳ": "N", "ɴ": "NG", "ɱ": "M", "c": "K", "ɟ": "G", "q": "K",
    "ɢ": "G", "ʈ": "T", "ɖ": "D", "ɓ": "B", "ɗ": "D", "ʝ": "Y", "ɰ": "W", "ɥ": "Y", "ʍ": "W",
    "ts": "T S", "dz": "D Z", "tɕ": "CH", "dʑ": "JH", "tʂ": "CH", "dʐ": "JH", "pf": "P F",
}  # fmt: skip
_LONGEST = max(map(len, _SOUNDS))
_TILDE = "\u0303"


def arpabet(ipa: tuple[str, ...]) -> tuple[str, ...]:
    """ARPAbet phones, without stress, for phonemes in IPA; a sound that nothing resembles is left out."""
    return tuple(phone for name in ipa for phone in _phones(name))


def _phones(name: str) -> list[str]:
    plain = unicodedata.normalize("NFD", name).replace("c\u0327", "ç")
    rest = "".join(mark for mark in plain if mark == _TILDE or not _is_mark(mark))
    phones: list[str] = []
    while rest:
        for length in range(min(_LONGEST, len(rest)), 0, -1):
            if rest[:length] in _SOUNDS:
                phones += _SOUNDS[rest[:length]].split()
                break
        else:
            length = 1
            if rest[0] == _TILDE:  # a nasal vowel
                phones.append("N")
        rest = rest[length:]
    return phones


def _is_mark(character: str) -> bool:
    """Stress, and what is written above and below a letter; length tells some vowels apart and stays."""
    return character in "ˈˌ‿.͡" or unicodedata.combining(character) > 0
