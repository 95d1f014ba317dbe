"""What the mark says, as bits that a few wrong ones do not spoil.

    identity 32 bits, check 16 bits  -->  four words of 12 bits  -->  four Golay words of 24

The extended binary Golay code keeps any two words eight bits apart. It is read softly: of all 4,096 words the
one that fits best to how sure each bit is.
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

IDENTITY_DIGITS = 8  # of the take's hash, in hex
BITS = 96
_WORDS, _INFO, _CODED = 4, 12, 24
_GENERATOR = 0xAE3  # x^11 + x^9 + x^7 + x^6 + x^5 + x + 1
_CHECKED = b"pickup watermark v1"


def encoded(identity: str) -> Floats:
    """The identity, eight hex digits, as `BITS` values of +1 and -1."""
    told = _message(identity)
    words = [told >> _INFO * place & (1 << _INFO) - 1 for place in range(_WORDS)]
    return _CODEBOOK[words].ravel()


def decoded(soft: Floats) -> str | None:
    """The identity, from `BITS` values, each the surer the larger; None where it does not check."""
    words = np.argmax(_CODEBOOK @ soft.reshape(_WORDS, _CODED).T, axis=0)
    told = sum(int(word) << _INFO * place for place, word in enumerate(words))
    identity = f"{told >> 16:0{IDENTITY_DIGITS}x}"
    return identity if _message(identity) == told else None


def _message(identity: str) -> int:
    check = hashlib.sha256(_CHECKED + identity.encode()).digest()[:2]
    return int(identity, 16) << 16 | int.from_bytes(check, "big")


def _codeword(information: int) -> int:
    """Twelve bits, the eleven of the cyclic code, and one that makes their number even."""
    rest = information << 11
    for place in range(22, 10, -1):
        if rest >> place & 1:
            rest ^= _GENERATOR << place - 11
    word = information << 11 | rest
    return word << 1 | word.bit_count() & 1


def _codebook() -> Floats:
    """[4096, 24] of +1 and -1."""
    words = np.array([_codeword(information) for information in range(1 << _INFO)])
    return np.asarray(1 - 2 * (words[:, None] >> np.arange(_CODED) & 1), np.float32)


_CODEBOOK = _codebook()
