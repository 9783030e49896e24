"""Tokens built by hand, byte by byte, so that they can say what no library would write: one honest one, many forged."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

ISSUER, AUDIENCE = "scanlane", "scanlane"
Sign = Callable[[bytes], bytes]


@dataclass(frozen=True)
class FromNow:
    """So many seconds from the moment at which the token is made, which may be long after the test was collected."""

    seconds: int


@dataclass(frozen=True)
class Mint:
    """How an honest token is made here: its header and the key behind it. Forgeries start from it."""

    header: Mapping[str, object]
    sign: Sign

    def token(self, claims: object, header: object = None) -> str:
        """A token whose signature holds, whatever it says."""
        return assemble(to_json(self.header if header is None else header), to_json(claims), self.sign)

    def claiming(self, **changes: object) -> str:
        """The honest claims with some changed; `...` takes one away, FromNow is a time."""
        now = int(time.time())
        said = {name: now + value.seconds if isinstance(value, FromNow) else value for name, value in changes.items()}
        return self.token(without({**honest_claims(), **said}))

    def headed(self, **changes: object) -> str:
        """The honest header with some changed; `...` takes one away."""
        return self.token(honest_claims(), without({**self.header, **changes}))


def honest_claims() -> dict[str, object]:
    """What a token that is accepted says."""
    now = int(time.time())
    return {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "clerk",
        "tenant": "acme",
        "scope": "jobs:read",
        "iat": now - 5,
        "exp": now + 600,
        "jti": "a1",
    }


def local_mint(secret: bytes, kid: str) -> Mint:
    """The mint of an installation with this secret."""
    return Mint({"alg": "HS256", "typ": "JWT", "kid": kid}, hs256(secret))


def hs256(secret: bytes, digest: str = "sha256") -> Sign:
    """An HMAC signer."""
    return lambda text: hmac.new(secret, text, getattr(hashlib, digest)).digest()


def without(values: Mapping[str, object]) -> dict[str, object]:
    """The same without the entries that are `...`."""
    return {name: value for name, value in values.items() if value is not ...}


def to_json(value: object) -> bytes:
    """JSON; bytes are taken as they are."""
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def b64(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def assemble(header: bytes, payload: bytes, sign: Sign) -> str:
    """The three parts of a compact token."""
    text = f"{b64(header)}.{b64(payload)}"
    return f"{text}.{b64(sign(text.encode()))}"


def forgeries(mint: Mint) -> Iterator[tuple[str, str]]:
    """Every forgery that does not depend on the kind of key: its name, and the token."""
    yield from _broken(mint)
    yield from _unsigned(mint)
    yield from _headers(mint)
    yield from _times(mint)
    yield from _claims(mint)
    yield from _payloads(mint)


def _broken(mint: Mint) -> Iterator[tuple[str, str]]:
    good = mint.claiming()
    header, payload, signature = good.split(".")
    flipped = ("A" if signature[0] != "A" else "B") + signature[1:]
    shapes = {
        "empty": "", "one dot": ".", "two dots": "..", "three dots": "...", "a word": "token",
        "two parts": f"{header}.{payload}", "four parts": f"{good}.{signature}", "five parts": f"{good}.a.b",
        "no header": f".{payload}.{signature}", "no payload": f"{header}..{signature}",
        "padded": f"{good}=", "padded twice": f"{good}==", "header padded": f"{header}=.{payload}.{signature}",
        "payload padded": f"{header}.{payload}==.{signature}",
        "newline behind": f"{good}\n", "space before": f" {good}", "space within": f"{header}. {payload}.{signature}",
        "NUL behind": f"{good}\0", "quoted": f'"{good}"', "two tokens": f"{good} {good}", "comma": f"{good},{good}",
        "doubled": good + good, "scheme twice": f"Bearer {good}", "lone surrogate": f"{good}\ud800",
        "full-width dot": f"{header}\uff0e{payload}.{signature}", "cyrillic letter": good.replace("e", "\u0435", 1),
        "plus sign": f"{header}.{payload}.+{signature[1:]}", "slash": f"{header}.{payload}./{signature[1:]}",
        "signature flipped": f"{header}.{payload}.{flipped}", "signature cut": good[:-4],
        "signature grown": f"{good}AAAA", "signature of a letter": f"{header}.{payload}.A",
        "signature zero": f"{header}.{payload}.{'A' * len(signature)}",
        "parts swapped": f"{payload}.{header}.{signature}",
        "header as payload": f"{header}.{header}.{signature}", "payload cut": f"{header}.{payload[:-3]}.{signature}",
        "JSON form": json.dumps({"protected": header, "payload": payload, "signature": signature}),
        "five parts of a JWE": f"{header}.{payload}.{signature}.{payload}.{signature}",
    }  # fmt: skip
    yield from shapes.items()


def _unsigned(mint: Mint) -> Iterator[tuple[str, str]]:
    for alg in ("none", "None", "NONE", "nOnE", "", " none", "none\0", "HS256 ", "hs256", "null", "HS1", "MD5", "dir"):
        yield f"alg {alg!r}", mint.headed(alg=alg)
    for alg in ("none", "None", "NONE", str(mint.header["alg"])):
        header = to_json({**mint.header, "alg": alg})
        yield f"alg {alg} with an empty signature", assemble(header, to_json(honest_claims()), lambda _: b"")
    types: tuple[object, ...] = (None, 1, True, [], {}, ["none"], [mint.header["alg"]], {"a": 1}, ...)
    for wrong in types:
        yield f"alg {wrong!r} of a wrong type", mint.headed(alg=wrong)
    others = {"HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "ES256K", "EdDSA"}
    for alg in sorted(others - {str(mint.header["alg"])}):
        yield f"alg {alg} from elsewhere", mint.headed(alg=alg)
    for key in (b"", b"\0", b"secret", b"\0" * 32, b"changeme" * 4, b"null"):
        header = to_json({"alg": "HS256", "typ": "JWT"})
        yield f"signed with {key[:8]!r}", assemble(header, to_json(honest_claims()), hs256(key))
        yield (
            f"our header, signed with {key[:8]!r}",
            assemble(to_json(mint.header), to_json(honest_claims()), hs256(key)),
        )
    changed = to_json({**honest_claims(), "tenant": "other"})
    signature = mint.claiming().rsplit(".", 1)[1]
    yield "another payload under a true signature", f"{b64(to_json(mint.header))}.{b64(changed)}.{signature}"


def _headers(mint: Mint) -> Iterator[tuple[str, str]]:
    demands: tuple[object, ...] = (["exp"], ["b64"], ["made-up"], [], "exp", None, {}, [1], [None])
    for crit in demands:
        yield f"crit {crit!r}", mint.headed(crit=crit)
    yield "crit that names a header that is there", mint.headed(crit=["x"], x=1)
    yield "crit b64 true", mint.headed(crit=["b64"], b64=True)
    for value in (False, True, 0, "false", None):
        yield f"b64 {value!r}", mint.headed(b64=value)
    for typ in ("JWE", "dpop+jwt", "secevent+jwt", "logout+jwt", "", "jwt2", 1, None, [], ["JWT"], {"JWT": 1}, True):
        yield f"typ {typ!r}", mint.headed(typ=typ)
    kids: tuple[object, ...] = (
        "../../../../dev/null", "/dev/null", "x' union select 'k", "http://keys.example/k", "kid\0", "", " ",
        "a" * 5000, "| id", "../token-secret.key", "\ud800", 0, 1.5, True, None, [], ["a"], {}, {"kid": 1},
    )  # fmt: skip
    for kid in kids:
        yield f"kid {str(kid)[:22]!r} {type(kid).__name__}", mint.headed(kid=kid)
    for raw in (
        b"null",
        b"[]",
        b"1",
        b'"x"',
        b"{",
        b"{}",
        b"\xff\xfe{}",
        b"",
        b"[" * 2000,
        b'{"alg":' * 500,
        b"{'a':1}",
    ):
        yield f"header {raw[:8]!r}", mint.token(honest_claims(), raw)


def _times(mint: Mint) -> Iterator[tuple[str, str]]:
    now = int(time.time())
    year = 366 * 86400
    wrong: tuple[object, ...] = (
        str(now + 600), float(now + 600), now + 600.5, True, False, None, [], [now + 600], {}, {"$gt": 0}, "",
        "never", "9" * 30, 1e30, float("nan"), float("inf"), float("-inf"),
    )  # fmt: skip
    # A name may not hold the time: processes that share the tests have to name them alike.
    for place, value in enumerate(wrong):
        yield f"exp {place} {type(value).__name__}", mint.claiming(exp=value)
    for place, value in enumerate((*wrong[3:], str(now - 5), float(now - 5), now - 5.5)):
        yield f"iat {place} {type(value).__name__}", mint.claiming(iat=value)
    for place, value in enumerate((str(now - 5), float(now - 5), True, None, [], {}, "", float("nan"), -1)):
        yield f"nbf {place} {type(value).__name__}", mint.claiming(nbf=value)
    yield "expired long ago", mint.claiming(iat=now - 7200, exp=now - 3600)
    yield "expired beyond the leeway", mint.claiming(iat=now - 100, exp=now - 31)
    yield "exp zero", mint.claiming(iat=0, exp=0)
    yield "exp negative", mint.claiming(exp=-1)
    yield "issued in the future", mint.claiming(iat=now + 86400)
    yield "not before the future", mint.claiming(nbf=now + 86400)
    yield "expires before it was issued", mint.claiming(iat=now + 20, exp=now + 10)
    yield "expires as it was issued", mint.claiming(iat=now + 10, exp=now + 10)
    yield "a second too long", mint.claiming(iat=now - 5, exp=now - 5 + year + 1)
    yield "until the year 9999", mint.claiming(exp=253402300799)
    yield "exp of 400 digits", mint.claiming(exp=10**400)
    yield "issued before the epoch", mint.claiming(iat=-1)
    yield "issued in 1970", mint.claiming(iat=0)
    for name in ("exp", "iat", "sub", "iss", "aud", "tenant"):
        yield f"without {name}", mint.claiming(**{name: ...})
        yield f"{name} null", mint.claiming(**{name: None})
        yield f"{name.upper()} in capitals", mint.claiming(**{name: ..., name.upper(): honest_claims()[name]})


def _claims(mint: Mint) -> Iterator[tuple[str, str]]:
    odd: tuple[object, ...] = (0, 1, True, False, 1.5, [], {}, {"a": 1}, "")
    for name in ("iss", "aud", "sub", "tenant"):
        for value in odd:
            yield f"{name} {value!r}", mint.claiming(**{name: value})
    for iss in (
        ["scanlane"],
        "other",
        "SCANLANE",
        "scanlane ",
        " scanlane",
        "scanlane/",
        "scanlane\0",
        "scan",
        "scanlane2",
    ):
        yield f"iss {iss!r}", mint.claiming(iss=iss)
    for aud in (
        "other",
        "SCANLANE",
        "scanlane ",
        "scan",
        "*",
        [["scanlane"]],
        ["other"],
        ["scanlane", 1],
        {"scanlane": 1},
    ):
        yield f"aud {aud!r}", mint.claiming(aud=aud)
    subjects = (
        "a\nb",
        "a\0",
        "\t",
        " a",
        "a ",
        " ",
        "a" * 256,
        "\x7f",
        "\x1b[31m",
        "\u202eadmin",
        "a\u2028b",
        "\ud800",
        "\u200b",
    )
    for sub in (*subjects, ["clerk"]):
        yield f"sub {str(sub)[:12]!r}", mint.claiming(sub=sub)
    tenants = (
        "Acme", "ACME", "a b", "a/b", "../a", "a.b", "a" * 64, "-a", "_a", " acme", "acme ", "acme\n", "acme\0", "a'--",
        "*", "%", "ac\u0301me", "\u0430cme", "acm\uff45", "a,b", "acme;drop", "\u0661",
    )  # fmt: skip
    for tenant in (*tenants, ["acme"]):
        yield f"tenant {str(tenant)[:12]!r}", mint.claiming(tenant=tenant)
    scopes: tuple[object, ...] = (
        ["jobs:read"], 1, None, True, {}, "a\tb", "a\nb", 'a"b', "a\\b", "\u00e9", "x" * 65,
        " ".join(f"s{n}" for n in range(65)),
    )  # fmt: skip
    for scope in scopes:
        yield f"scope {str(scope)[:12]!r}", mint.claiming(scope=scope)
    ids: tuple[object, ...] = (1, None, True, [], {}, "", "a" * 256, "a\0", "a\n")
    for jti in ids:
        yield f"jti {str(jti)[:12]!r}", mint.claiming(jti=jti)


def _payloads(mint: Mint) -> Iterator[tuple[str, str]]:
    for raw in (
        b"null",
        b"[]",
        b"1",
        b'"clerk"',
        b"{}",
        b"{",
        b"true",
        b"\xff\xff",
        b"[" * 2500,
        b'{"a":' * 900,
        b"\0",
    ):
        yield f"payload {raw[:8]!r}", mint.token(raw)
    yield "payload a list of claims", mint.token([honest_claims()])
    yield "payload a token", mint.token(mint.claiming().encode())
    yield "payload a token in JSON", mint.token(mint.claiming())
    yield "number of 5000 digits", mint.token(to_json(honest_claims())[:-1] + b',"n":' + b"9" * 5000 + b"}")
    yield "longer than 8 kB", mint.claiming(filler="x" * 8000)
    yield "two megabytes", mint.claiming(filler="x" * 2_000_000)
