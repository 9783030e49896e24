"""The characters of a response body: header, byte-order mark, meta element, UTF-8, Windows-1252, in this order.

Only codecs of the allow-list are used. The name comes from a stranger, and Python's codecs include some that take
quadratic time (punycode, idna) or are not text encodings at all (unicode_escape, base64).
"""

import re

_META = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9._:-]{2,40})", re.IGNORECASE)
_HEADER = re.compile(r"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9._:-]{2,40})", re.IGNORECASE)
_META_REACHES = 4096
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))

# The label that a page writes -> the codec that browsers use for it (WHATWG Encoding Standard).
_CODECS = {
    **dict.fromkeys(("utf-8", "utf8", "unicode-1-1-utf-8"), "utf-8"),
    **dict.fromkeys(("utf-16", "utf-16le", "unicode"), "utf-16-le"),
    "utf-16be": "utf-16-be",
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "latin1", "latin-1", "ascii", "us-ascii", "windows-1252"), "cp1252"),
    **dict.fromkeys(("cp1252", "x-cp1252", "ansi", "cp-1252", "win-1252"), "cp1252"),
    **{f"iso-8859-{number}": f"iso8859_{number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **dict.fromkeys(("latin2", "iso8859-2"), "iso8859_2"),
    **dict.fromkeys(("iso-8859-9", "latin5", "windows-1254"), "cp1254"),
    **{f"windows-{number}": f"cp{number}" for number in (1250, 1251, 1253, 1255, 1256, 1257, 1258, 874)},
    **{f"cp{number}": f"cp{number}" for number in (1250, 1251, 1253, 1255, 1256, 1257, 1258)},
    **dict.fromkeys(("koi8-r", "koi8"), "koi8_r"),
    "koi8-u": "koi8_u",
    "macintosh": "mac_roman",
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j"), "cp932"),
    "euc-jp": "euc_jp",
    "iso-2022-jp": "iso2022_jp",
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "korean"), "cp949"),
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "x-gbk"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs"), "big5hkscs"),
}


def decode(body: bytes, content_type: str | None = None) -> str:
    """Turn a body into text. Never raises: what cannot be decoded becomes U+FFFD."""
    for mark, marked_codec in _MARKS:
        if body.startswith(mark) and _header_label(content_type) is None:
            return body.decode(marked_codec, "replace")
    for declared in (_header_label(content_type), _meta_label(body)):
        codec = _CODECS.get(declared or "")
        if codec is not None:
            return _with(body, codec)
    return _guessed(body)


def codec_of(label: str) -> str | None:
    """The codec of the allow-list for the label that a document writes; None if it is not on it."""
    return _CODECS.get(label.strip().lower())


def _with(body: bytes, codec: str) -> str:
    """Decode as declared, except that many pages declare UTF-8 and are not."""
    if codec == "utf-8":
        return _guessed(body)
    return body.decode(codec, "replace").removeprefix("\ufeff")


def _guessed(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        # One broken character in a UTF-8 page must not turn all others into Windows-1252 noise.
        utf8 = body.decode("utf-8-sig", "replace")
        damaged, foreign = utf8.count("\ufffd"), len(body) - len(utf8.encode("ascii", "ignore"))
        return utf8 if damaged * 8 < foreign else body.decode("cp1252", "replace")


def _header_label(content_type: str | None) -> str | None:
    found = _HEADER.search(content_type[:500]) if content_type else None
    return found.group(1).lower() if found else None


def _meta_label(body: bytes) -> str | None:
    found = _META.search(body, 0, _META_REACHES)
    label = found.group(1).decode("ascii").lower() if found else None
    # A document whose meta element could be read as ASCII is not UTF-16 (WHATWG "prescan").
    return "utf-8" if label and label.startswith(("utf-16", "unicode")) else label
