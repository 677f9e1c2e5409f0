"""Tokens that nobody may get in with, each made from one that is good."""

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Claims = dict[str, Any]
DROP = object()
"""The claim is left out."""
EVIL = "https://evil.example/keys"
RSA: RSAPrivateKey = generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@frozen(kw_only=True)
class Material:
    """What a forger may have got hold of."""

    good: str
    """Somebody's own token, which is let in."""
    key: bytes
    kid: str
    refresh: str
    """The same session's refresh token."""
    neighbour: str
    """A token of somebody else's, of another company."""
    colleague: str
    """A token of somebody else's, of the same company."""
    signed_out: str
    dismissed: str
    """A token of somebody who no longer works here."""

    def sign(
        self, headers: Claims | None = None, *, key: bytes | None = None, hash: str = "sha256", **changed: Any
    ) -> str:
        """The good token with something changed, and signed; by the right key, unless another is given."""
        header = _without({"alg": "HS256", "kid": self.kid, "typ": "at+jwt"} | (headers or {}))
        text = f"{packed(header)}.{packed(_without(claims_of(self.good) | changed))}"
        return f"{text}.{_b64(hmac.digest(self.key if key is None else key, text.encode(), hash))}"

    def with_part(self, index: int, part: str) -> str:
        """The good token with one of its three parts replaced."""
        parts = self.good.split(".")
        parts[index] = part
        return ".".join(parts)


Forge = Callable[[Material], str]


def claims_of(token: str) -> Claims:
    """What a token says, whoever signed it."""
    claims: Claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return claims


def packed(part: object) -> str:
    """A part of a token, from JSON or from text as it is."""
    return _b64((part if isinstance(part, str) else json.dumps(part)).encode())


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _without(named: Claims) -> Claims:
    return {name: value for name, value in named.items() if value is not DROP}


def _signed_by_rsa(m: Material) -> str:
    import jwt

    headers = {"kid": m.kid, "typ": "at+jwt"}
    return jwt.encode(claims_of(m.good), RSA, algorithm="RS256", headers=headers)


def _unsigned(m: Material, alg: str) -> str:
    return f"{packed({'alg': alg, 'kid': m.kid, 'typ': 'at+jwt'})}.{packed(claims_of(m.good))}."


def _twice(m: Material) -> str:
    """Another's name before the good claims: whoever takes the first of the two is fooled."""
    other, mine = claims_of(m.colleague), claims_of(m.good)
    return m.with_part(1, packed(f'{{"sub": "{other["sub"]}", {json.dumps(mine)[1:]}'))


def _flipped(m: Material) -> str:
    raw = bytearray(base64.urlsafe_b64decode(m.good.split(".")[2] + "=="))
    raw[0] ^= 1
    return m.with_part(2, _b64(bytes(raw)))


def _claim(name: str, value: object) -> Forge:
    return lambda m: m.sign(None, **dict[str, Any]({name: value}))


def _header(**headers: object) -> Forge:
    return lambda m: m.sign(headers)


def _arabic(text: str) -> str:
    return "".join(chr(0x660 + int(c)) if c.isdigit() else c for c in text)


SIGNATURES: Mapping[str, Forge] = {
    "alg none": lambda m: _unsigned(m, "none"),
    "alg none in another case": lambda m: _unsigned(m, "nOnE"),
    "alg none, and the good signature": lambda m: m.with_part(
        0, packed({"alg": "none", "kid": m.kid, "typ": "at+jwt"})
    ),
    "no signature": lambda m: m.with_part(2, ""),
    "no third part": lambda m: m.good.rpartition(".")[0],
    "another's signature": lambda m: m.with_part(2, m.colleague.split(".")[2]),
    "another's claims": lambda m: m.with_part(1, m.colleague.split(".")[1]),
    "one bit of the signature": _flipped,
    "another key": lambda m: m.sign(key=b"x" * 32),
    "an empty key": lambda m: m.sign(key=b""),
    "the kid as the key": lambda m: m.sign(key=m.kid.encode()),
    "HS384": lambda m: m.sign({"alg": "HS384"}, hash="sha384"),
    "HS512": lambda m: m.sign({"alg": "HS512"}, hash="sha512"),
    "RS256 of their own": _signed_by_rsa,
    "the public key as the secret": lambda m: m.sign(key=PUBLIC),
    "RS256 by name, HS256 in truth": _header(alg="RS256"),
    "claims twice": _twice,
}
HEADERS: Mapping[str, Forge] = {
    "an unknown kid": _header(kid="two"),
    "a kid that is a path": lambda m: m.sign({"kid": "../../../dev/null"}, key=b""),
    "a kid that is a query": lambda m: m.sign({"kid": "x' UNION SELECT 'x"}, key=b"x"),
    "a kid that is a list": _header(kid=["test"]),
    "no kid": _header(kid=DROP),
    "jku": _header(jku=EVIL),
    "x5u": _header(x5u=EVIL),
    "x5c": _header(x5c=["MIIB"]),
    "jwk": lambda m: m.sign({"jwk": {"kty": "oct", "k": _b64(b"x" * 32)}}, key=b"x" * 32),
    "crit": _header(crit=["exp"]),
    "a session's type": _header(typ="refresh"),
    "the type of any JWT": _header(typ="JWT"),
    "no type": _header(typ=DROP),
}
CLAIMS: Mapping[str, Forge] = {
    "expired": lambda m: m.sign(exp=claims_of(m.good)["iat"] - 1),
    "exp a text": lambda m: m.sign(exp=str(claims_of(m.good)["exp"])),
    "exp in Arabic digits": lambda m: m.sign(exp=_arabic(str(claims_of(m.good)["exp"]))),
    "exp true": _claim("exp", True),
    "exp infinite": _claim("exp", float("inf")),
    "exp missing": _claim("exp", DROP),
    "not before tomorrow": lambda m: m.sign(nbf=claims_of(m.good)["iat"] + 86_400),
    "another audience": _claim("aud", "billing"),
    "no audience": _claim("aud", DROP),
    "another issuer": _claim("iss", "https://evil.example"),
    "no issuer": _claim("iss", DROP),
    "no jti": _claim("jti", DROP),
    "a colleague's sub": lambda m: m.sign(sub=claims_of(m.colleague)["sub"]),
    "a sub of nobody": _claim("sub", "01890000-0000-7000-8000-000000000000"),
    "a sub that is no id": _claim("sub", "' OR 1=1--"),
    "a sub in Arabic digits": lambda m: m.sign(sub=_arabic(claims_of(m.good)["sub"])),
    "a sub in braces": lambda m: m.sign(sub="{" + claims_of(m.good)["sub"] + "}"),
    "a colleague's session": lambda m: m.sign(sid=claims_of(m.colleague)["sid"]),
    "a session of nobody": _claim("sid", "01890000-0000-7000-8000-000000000000"),
    "NUL in the sub": lambda m: m.sign(sub=claims_of(m.good)["sub"] + "\0"),
    "signed out": lambda m: m.signed_out,
}
COMPANIES: Mapping[str, Forge] = {
    "another company's cid": lambda m: m.sign(cid=claims_of(m.neighbour)["cid"]),
    "a cid of nobody": _claim("cid", "01890000-0000-7000-8000-000000000000"),
    "somebody who was dismissed": lambda m: m.dismissed,
}
"""Of people who are who they say, but do not work where they say."""
TEXTS: Mapping[str, Forge] = {
    "a refresh token": lambda m: m.refresh,
    "truncated": lambda m: m.good[:-1],
    "padded": lambda m: m.good + "=",
    "padded a lot": lambda m: m.good + "=" * 40,
    "a fourth part": lambda m: m.good + ".e30",
    "a newline": lambda m: m.good + "\n",
    "NUL": lambda m: m.good + "\0",
    "NUL at the head": lambda m: "\0" + m.good,
    "an unseen character": lambda m: m.good + "\u200b",
    "huge": lambda m: m.good + "A" * 40_000,
    "huge claims": lambda m: m.sign(more="x" * 30_000),
    "dots": lambda _: "." * 4000,
    "deep claims": lambda m: m.with_part(1, packed("[" * 2000)),
    "claims that are a list": lambda m: m.with_part(1, packed([])),
    "a header that is no object": lambda m: m.with_part(0, packed([])),
    "a number of 5,000 digits": lambda m: m.with_part(1, packed('{"exp":' + "9" * 2700 + "}")),
    "half a character": lambda m: m.with_part(1, packed('{"sub": "\\ud800"}')),
}
FORGERIES: Mapping[str, Forge] = {**SIGNATURES, **HEADERS, **CLAIMS, **COMPANIES, **TEXTS}
