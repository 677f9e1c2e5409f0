"""Tokens: ours are read back, forged ones never."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaboti_adapters.security.tokens import JwtTokens
from jaboti_domain.identity.errors import InvalidToken
from jaboti_domain.identity.model import Session
from jaboti_domain.kernel.ids import CompanyId, SessionId, UserId, new_id

KEY = b"k" * 32
TOKENS = JwtTokens(keys={"one": KEY, "old": b"o" * 32})
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SESSION = Session.open(user_id=UserId(new_id()), company_id=CompanyId(new_id()), at=NOW)
CLAIMS: dict[str, Any] = {
    "iss": "jaboti",
    "aud": "jaboti",
    "sub": str(SESSION.user_id),
    "sid": str(SESSION.id),
    "jti": "j",
    "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 600,
    "cid": None,
}
HEADERS = {"kid": "one", "typ": "at+jwt"}


def forged(
    *, key: bytes | str = KEY, algorithm: str = "HS256", headers: dict[str, Any] = HEADERS, **changes: Any
) -> str:
    claims = {name: value for name, value in (CLAIMS | changes).items() if value != "drop"}
    return jwt.encode(claims, key, algorithm=algorithm, headers=headers)


def raw(header: object, claims: object = CLAIMS) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims)]
    return ".".join([*parts, ""])


def test_an_access_token_says_who_in_which_session_for_which_company() -> None:
    token, grant = TOKENS.access_token(SESSION, at=NOW)
    assert TOKENS.verify(token, at=NOW) == grant
    assert (grant.user_id, grant.session_id, grant.company_id) == (SESSION.user_id, SESSION.id, SESSION.company_id)


def test_an_access_token_lives_for_ten_minutes() -> None:
    token, _ = TOKENS.access_token(SESSION, at=NOW)
    TOKENS.verify(token, at=NOW + timedelta(minutes=9, seconds=59))
    with pytest.raises(InvalidToken):
        TOKENS.verify(token, at=NOW + timedelta(minutes=10))


def test_the_test_s_own_forgery_would_be_taken_if_it_were_not_forged() -> None:
    assert TOKENS.verify(forged(), at=NOW).user_id == SESSION.user_id


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b.c",
        "é",
        "\udc80",
        "x" * 5000,
        raw({"alg": "none", "typ": "at+jwt", "kid": "one"}),
        raw({"alg": "HS256", "typ": "at+jwt", "kid": "one"}),
        raw([]),
        raw({"alg": "HS256"}, []),
        forged(key=b"x" * 32),
        forged(algorithm="HS512", key=b"k" * 64),
        forged(headers={"kid": "../../etc/passwd", "typ": "at+jwt"}),
        forged(headers={"kid": "two", "typ": "at+jwt"}),
        forged(headers={"typ": "at+jwt"}),
        forged(headers={"kid": "one", "typ": "JWT"}),
        forged(headers={"kid": "one", "typ": "refresh"}),
        forged(headers=HEADERS | {"jku": "https://evil.example/keys"}),
        forged(headers=HEADERS | {"x5u": "https://evil.example/cert"}),
        forged(headers=HEADERS | {"jwk": {"kty": "oct", "k": "eA"}}),
        forged(headers=HEADERS | {"crit": ["exp"]}),
        forged(iss="someone"),
        forged(aud="another"),
        forged(aud=["another"]),
        *(forged(**dict[str, Any]({name: "drop"})) for name in ("iss", "aud", "sub", "sid", "jti", "iat", "exp")),
        forged(exp=int(NOW.timestamp()) - 1),
        forged(exp=str(int(NOW.timestamp()) + 600)),
        forged(exp=True),
        forged(exp=1e308),
        forged(exp=NOW.timestamp() + 600.5),
        forged(exp=10**30),
        forged(exp=None),
        forged(sub="nobody"),
        forged(sid="0"),
        forged(cid="here"),
    ],
)
def test_a_forged_token_is_refused(token: str) -> None:
    with pytest.raises(InvalidToken):
        TOKENS.verify(token, at=NOW)


def test_a_retired_key_still_opens_what_it_signed() -> None:
    token, _ = JwtTokens(keys={"old": b"o" * 32}).access_token(SESSION, at=NOW)
    assert TOKENS.verify(token, at=NOW).session_id == SESSION.id


@pytest.mark.parametrize("keys", [{}, {"one": b"short"}, {"one": KEY, "two": b"x" * 31}])
def test_weak_keys_are_refused_at_once(keys: dict[str, bytes]) -> None:
    with pytest.raises(ValueError, match="256 bits"):
        JwtTokens(keys=keys)


@given(st.integers(0, 2**63 - 1))
def test_a_refresh_token_names_its_session_and_number(counter: int) -> None:
    session_id = SessionId(new_id())
    token = TOKENS.refresh_token(session_id, counter)
    assert TOKENS.read_refresh_token(token) == (session_id, counter)
    assert token == TOKENS.refresh_token(session_id, counter)


@given(st.text(max_size=90))
def test_anything_else_is_no_refresh_token(text: str) -> None:
    with pytest.raises(InvalidToken):
        TOKENS.read_refresh_token(text)


def test_a_refresh_token_with_one_bit_changed_is_refused() -> None:
    raw_token = bytearray(base64.urlsafe_b64decode(TOKENS.refresh_token(SESSION.id, 3)))
    raw_token[23] ^= 1
    with pytest.raises(InvalidToken):
        TOKENS.read_refresh_token(base64.urlsafe_b64encode(raw_token).decode())
