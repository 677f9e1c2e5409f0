"""Idempotency-Key: a command that is repeated is carried out once, and answered as it was the first time."""

import asyncio
from typing import Any

import msgspec
import structlog
from attrs import define, field
from pydantic import BaseModel

from jaboti_domain.audit.model import Seal
from jaboti_domain.kernel.commands import (
    CommandInProgress,
    CommandKey,
    CommandLog,
    CommandNote,
    CommandRepeated,
    KeyReused,
    under_way,
)
from jaboti_domain.kernel.errors import Conflict, Unavailable
from jaboti_entrypoints.rest import headers
from jaboti_entrypoints.rest.answer import Answer, Streamed
from jaboti_entrypoints.rest.route import Call, Header, Route

log = structlog.get_logger(__name__)
LOOKS, PAUSE = 20, 0.05
"""How often, and how many seconds apart, an answer is looked for that another process may be about to keep."""
REPLAYED = (b"idempotency-replayed", b"true")

Name = tuple[object, ...]


class AnswerLost(Conflict):
    """This command was carried out before, but its answer was lost: look at what it was about."""

    code = "command.answer_lost"
    portuguese = "Este comando já foi executado, mas a resposta se perdeu: consulte aquilo de que ele tratava."


@define(eq=False)
class Repeats:
    """Remembers answers in the store, and what is under way in this process."""

    _log: CommandLog
    _seal: Seal
    """Makes fingerprints: what a command says may be a password, and must not be guessed by its hash."""
    _running: set[Name] = field(factory=set, init=False)

    async def answer(self, route: Route[Any], call: Call[Any]) -> Answer | Streamed:
        """Carry the call out, unless it is a repetition. Raises CommandInProgress, KeyReused, AnswerLost."""
        given = headers.idempotency_key(call.scope) if Header.IDEMPOTENCY_KEY in route.headers else None
        if given is None:
            return await route.endpoint(call)
        said = _said(call)
        actor = call.actor
        key = CommandKey(
            company_id=actor.company_id, user_id=actor.user_id, key=given, fingerprint=self._seal.make(said)
        )
        name = (key.company_id, key.user_id, key.key)
        if name in self._running:
            raise CommandInProgress()
        self._running.add(name)
        try:
            note = await self._log.find(key)
            return await (self._replay(route, call, key, note) if note else self._carry_out(route, call, key))
        finally:
            self._running.discard(name)

    async def _carry_out(self, route: Route[Any], call: Call[Any], key: CommandKey) -> Answer | Streamed:
        try:
            with under_way(key):
                answer = await route.endpoint(call)
        except CommandRepeated:
            return await self._replay(route, call, key, await self._log.find(key))
        if isinstance(answer, Streamed):
            return answer
        try:
            await self._log.keep_answer(key, msgspec.msgpack.encode(answer))
        except Unavailable:
            log.warning("command.answer_not_kept")
        return answer

    async def _replay(self, route: Route[Any], call: Call[Any], key: CommandKey, note: CommandNote | None) -> Answer:
        for _ in range(LOOKS):
            if note is not None and not self._seal.fits(note.fingerprint, _said(call)):
                raise KeyReused()
            if note is not None and note.answer is not None:
                answer = _decode(note.answer)
                return answer._replace(headers=(*answer.headers, REPLAYED))
            await asyncio.sleep(PAUSE)
            note = await self._log.find(key)
        if note is None or note.subject is None or route.recover is None:
            raise AnswerLost()
        answer = await route.recover(call, note.subject)
        return answer._replace(headers=(*answer.headers, REPLAYED))


_decode = msgspec.msgpack.Decoder(Answer).decode


def _said(call: Call[Any]) -> bytes:
    body = call.given.model_dump_json().encode() if isinstance(call.given, BaseModel) else call.body
    if call.given_file is not None:
        file = call.given_file
        body += "\0".join((file.stored.sha256, file.declared or "", file.filename or "")).encode()
    return b"\0".join((b"command", call.scope["method"].encode(), call.scope["path"].encode(), body))
