"""Access tokens (JWT, RFC 9068) and refresh tokens (opaque)."""

import base64
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
from attrs import field, frozen

from jaboti_domain.identity.errors import InvalidToken
from jaboti_domain.identity.model import Session
from jaboti_domain.identity.ports import Grant, TokenIssuer
from jaboti_domain.kernel.ids import CompanyId, SessionId, UserId, new_id

ALGORITHM = "HS256"
TYPE = "at+jwt"
LONGEST = 4096
_CLAIMS = ("iss", "aud", "sub", "sid", "jti", "iat", "exp")


def _strong(instance: object, attribute: object, keys: Mapping[str, bytes]) -> None:
    if not keys or any(len(key) < 32 for key in keys.values()):
        raise ValueError("token keys need at least 256 bits, and there must be one")


@frozen(kw_only=True)
class JwtTokens(TokenIssuer):
    """Signs with the first key, accepts all of them by `kid`. Raises ValueError for keys under 256 bits."""

    keys: Mapping[str, bytes] = field(validator=_strong, repr=False)
    issuer: str = "jaboti"
    audience: str = "jaboti"
    lifetime: timedelta = timedelta(minutes=10)

    def access_token(self, session: Session, *, at: datetime) -> tuple[str, Grant]:
        kid, key = next(iter(self.keys.items()))
        expires_at = at + self.lifetime
        claims = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": str(session.user_id),
            "sid": str(session.id),
            "jti": str(new_id()),
            "iat": int(at.timestamp()),
            "exp": int(expires_at.timestamp()),
            "cid": str(session.company_id) if session.company_id else None,
        }
        token = jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": kid, "typ": TYPE})
        return token, _grant(claims)

    def verify(self, token: str, *, at: datetime) -> Grant:
        """What the token says; only as we write it: no padding, no `nbf`, no header of its own. Raises InvalidToken."""
        try:
            return self._verified(token, at)
        except InvalidToken:
            raise
        except (jwt.PyJWTError, ValueError, TypeError, KeyError, OverflowError) as error:
            raise InvalidToken() from error

    def refresh_token(self, session_id: SessionId, counter: int) -> str:
        named = session_id.bytes + counter.to_bytes(8, "big")
        return base64.urlsafe_b64encode(named + self._mac(named)).decode()

    def read_refresh_token(self, token: str) -> tuple[SessionId, int]:
        try:
            raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
        except ValueError as error:
            raise InvalidToken() from error
        named, mac = raw[:24], raw[24:]
        if not any(hmac.compare_digest(mac, _mac(key, named)) for key in self.keys.values()):
            raise InvalidToken()
        return SessionId(UUID(bytes=named[:16])), int.from_bytes(named[16:], "big")

    def _mac(self, named: bytes) -> bytes:
        return _mac(next(iter(self.keys.values())), named)

    def _verified(self, token: str, at: datetime) -> Grant:
        if len(token) > LONGEST or not token.isascii() or "=" in token:
            raise InvalidToken()
        header = jwt.get_unverified_header(token)
        if header.get("typ") != TYPE or header.keys() - {"typ", "alg", "kid"}:
            raise InvalidToken()
        claims = jwt.decode(
            token,
            self.keys[header["kid"]],
            algorithms=[ALGORITHM],
            issuer=self.issuer,
            audience=self.audience,
            options={"require": list(_CLAIMS), "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        grant = _grant(claims)
        if type(claims["exp"]) is not int or grant.expires_at <= at or "nbf" in claims:
            raise InvalidToken()
        return grant


def _mac(key: bytes, named: bytes) -> bytes:
    return hmac.digest(key, b"jaboti refresh token" + named, "sha256")


def _grant(claims: Mapping[str, object]) -> Grant:
    company_id = claims.get("cid")
    return Grant(
        user_id=UserId(_id(claims["sub"])),
        session_id=SessionId(_id(claims["sid"])),
        company_id=CompanyId(_id(company_id)) if company_id else None,
        expires_at=datetime.fromtimestamp(float(str(claims["exp"])), UTC),
    )


def _id(written: object) -> UUID:
    """Raises ValueError unless it is written as we write it: UUID itself takes braces, and any alphabet's digits."""
    read = UUID(str(written))
    if str(read) != written:
        raise ValueError(written)
    return read
