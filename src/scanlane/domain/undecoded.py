"""Signs that a page has more to say once its scripts have run: a shell without text, addresses that wait for a script.

The signs are general: words that protections show to visitors without scripts, links that lead nowhere until a script
fills them, empty places for a footer. They say where a second look is worth a request; they are no contacts themselves.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LEAST_TEXT = 300
MOST_LINKS_OF_A_SHELL = 10
_SEARCHED = 400_000
_MOST = 100

# What visitors without scripts read where an address stands, in lower case.
_EXCUSES = tuple(
    text.encode()
    for text in (
        "protected from spambots",
        "protected from spam bots",
        "javascript enabled to view it",
        "vor spambots geschützt",
        "javascript aktivieren, damit sie",
        "protegida contra los robots",
        "protégée contre les robots",
        "protetto dagli spambots",
        "beveiligd tegen spambots",
        "javascript to see the e-mail",
        "javascript to see this e-mail",
        "javascript to view this e-mail",
        "javascript to view the e-mail",
        "javascript to show the e-mail",
        "javascript to display the e-mail",
    )
)
_EMPTY_MAILTO = re.compile(rb"\s{0,3}(?:[\"'>]|#[\"'])")
_CALL = re.compile(
    rb"[^\"'>]{0,60}?\b\w{0,20}(?:decod|decrypt|uncrypt|deciph|unscrambl|descrambl|obfusc|antispam|nospam|despam|"
    rb"mailto|sendmail|e?mail_?link|show_?e?mail|reveal)\w{0,20}\s{0,3}\(",
    re.IGNORECASE,
)
_CALLERS = (b'onclick="', b"onclick='", b'href="javascript:', b"href='javascript:")
_CLASSES = (
    b"cloaked-email",
    b"cryptedmail",
    b"email-obfus",
    b"mail-obfus",
    b"obfuscated-mail",
    b"spamspan",
    b"nospam-mail",
)
_ROOTS = re.compile(
    rb"[\"']?(?:root|app|__next|__nuxt|___gatsby|svelte|react-root|app-root|main-app|q-app|ember-app|page-root)[\"'\s>]"
)
_NEEDS_SCRIPTS = re.compile(
    rb"[^<]{0,200}(?:enable javascript|javascript (?:is )?(?:required|disabled|to run|aktivieren)|requires javascript|"
    rb"activer javascript|activez javascript|javascript einschalten|activar javascript|attiva javascript)"
)
_EMPTY_PLACE = re.compile(rb"[^<>]{0,200}>\s{0,60}</(?:div|footer|section)>")
_TAG = re.compile(rb"<[^>]{0,2000}>?")


@dataclass(frozen=True, slots=True)
class Signs:
    """What a page seems to keep back. `waiting`: how many addresses wait for a script."""

    is_shell: bool = False
    waiting: int = 0
    lacks_footer: bool = False

    @property
    def any(self) -> bool:
        """Whether a second look is worth it."""
        return self.is_shell or self.waiting > 0 or self.lacks_footer


def signs(body: bytes, *, links: int, decoded: int, emails: int) -> Signs:
    """Read the signs of a page that gave away this many links, decoded addresses, and addresses in all."""
    lower = body[:_SEARCHED].lower()
    waiting = max(0, _waiting(lower) - decoded)
    is_shell = not emails and links <= MOST_LINKS_OF_A_SHELL and _is_shell(lower)
    return Signs(is_shell, waiting, not emails and _lacks_footer(lower))


def _waiting(lower: bytes) -> int:
    excuses = max(map(lower.count, _EXCUSES))
    empty = sum(1 for at in _places(lower, b"mailto:") if _EMPTY_MAILTO.match(lower, at))
    calls = sum(1 for word in _CALLERS for at in _places(lower, word) if _CALL.match(lower, at))
    classes = sum(lower.count(name) for name in _CLASSES)
    return max(excuses, empty, calls, classes)


def _is_shell(lower: bytes) -> bool:
    """Whether scripts are to write the page: a root without text, or a notice that says so."""
    if b"<script" not in lower:
        return False
    has_root = any(_ROOTS.match(lower, at) for at in _places(lower, b"id="))
    asks = any(_NEEDS_SCRIPTS.match(lower, at) for at in _places(lower, b"<noscript>"))
    return (has_root or asks) and _letters(lower) < LEAST_TEXT


def _letters(lower: bytes) -> int:
    """How many bytes of text a visitor sees; of scripts, styles and notices none."""
    text = lower.partition(b"<body")[2] or lower
    for tag in (b"script", b"style", b"noscript", b"svg"):
        first, *rest = text.split(b"<" + tag)
        text = b" ".join((first, *(piece.partition(b"</" + tag)[2] for piece in rest)))
    return sum(len(piece.strip()) for piece in _TAG.split(text))


def _lacks_footer(lower: bytes) -> bool:
    return any(_EMPTY_PLACE.match(lower, at) for at in _places(lower, b"footer"))


def _places(lower: bytes, word: bytes) -> Iterator[int]:
    """Where the word ends, at most so many times."""
    position = lower.find(word)
    for _ in range(_MOST):
        if position < 0:
            return
        yield position + len(word)
        position = lower.find(word, position + 1)
