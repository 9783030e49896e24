"""The secrets nobody should sign with: too short, patterned, or printed in somebody's documentation."""

import re
from itertools import pairwise

SHORTEST = 32
FEWEST_BYTES = 6
LEAST_BESIDE_FILLER = 16

SAMPLES = frozenset(
    {
        "a-string-secret-at-least-256-bits-long",
        "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
        "qwertyuiopasdfghjklzxcvbnm123456",
        "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
    }
)
# Words that placeholders are made of. A secret that is little else is a placeholder.
FILLER = re.compile(
    "development|production|characters|supersecret|localhost|replaceme|changeme|generated|insecure|password|"
    "scanlane|default|example|replace|session|private|strings?|secrets?|signing|random|sample|change|tokens?|"
    "please|should|value|minimum|length|least|chars?|bytes?|super|admin|hs256|local|prod|test|this|that|your|"
    "very|long|bits?|with|must|jwt|key|dev|256|512|min|for|not|use|the|and|now|one|my|me|is|be|at|do|in|32|64"
)


def weakness(secret: bytes) -> str | None:
    """What is wrong with a secret, to follow "it": None when it can be signed with."""
    if len(secret) < SHORTEST:
        return f"has {len(secret)} bytes and needs at least {SHORTEST}"
    if len(set(secret)) < FEWEST_BYTES or _repeats(secret) or _counts_up(secret):
        return "is a simple pattern"
    # Bytes that are no text are random ones; what is looked for below is found in them by chance.
    text = secret.decode("ascii").strip() if secret.isascii() else ""
    if text.startswith(("-----BEGIN", "ssh-")) or '"kty"' in text:
        return "is a key of another kind; it must be random bytes or text"
    return "is a sample value" if text.isprintable() and text and _is_sample(text.lower()) else None


def _repeats(secret: bytes) -> bool:
    return any(secret[period:] == secret[:-period] for period in range(1, len(secret) // 2 + 1))


def _counts_up(secret: bytes) -> bool:
    steps = sum(after - before == 1 for before, after in pairwise(secret))
    return steps >= len(secret) // 2


def _is_sample(text: str) -> bool:
    if text in SAMPLES:
        return True
    letters = re.sub(r"[-_. ]", "", text)
    return len(FILLER.sub("", letters)) < LEAST_BESIDE_FILLER
