"""Who asks: the bearer token of a request, and what it stands for."""

from starlette.types import Scope

from jaboti_domain.identity.errors import InvalidToken
from jaboti_domain.identity.use_cases.access import Identity
from jaboti_domain.kernel.actor import Actor, Operation
from jaboti_domain.kernel.errors import Unauthenticated
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.rest import headers
from jaboti_entrypoints.rest.route import Access


async def admit(application: Application, scope: Scope, access: Operation | Access) -> Actor | Identity | None:
    """Who asks. Raises Unauthenticated, InvalidToken, SessionEnded, NotAMember, Forbidden."""
    if access is Access.ANYONE:
        return None
    token = bearer_token(scope)
    if access is Access.SIGNED_IN:
        return await application.identify(token)
    actor = await application.authenticate(token)
    actor.must(Operation(access))
    return actor


def bearer_token(scope: Scope) -> str:
    """The token of the one Authorization header. Raises Unauthenticated without one, InvalidToken for any oddity."""
    given = headers.values(scope, b"authorization")
    if not given:
        raise Unauthenticated()
    if len(given) > 1:
        raise InvalidToken()
    scheme, _, token = given[0].partition(b" ")
    if scheme.lower() != b"bearer" or not token or not token.isascii() or b" " in token:
        raise InvalidToken()
    return token.decode("ascii")
