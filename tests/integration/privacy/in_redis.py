"""What somebody would read who had all of Redis."""

from typing import Any

from redis.asyncio import Redis


async def kept(redis: Redis) -> dict[str, str]:
    """Every key and value, whatever its kind, and what was noted as slow."""
    found = {}
    async for key in redis.scan_iter():
        name, kind = _text(key), _text(await redis.type(key))
        readers: dict[str, Any] = {
            "string": lambda key: redis.get(key),
            "hash": lambda key: redis.hgetall(key),
            "set": lambda key: redis.smembers(key),
            "list": lambda key: redis.lrange(key, 0, -1),
            "zset": lambda key: redis.zrange(key, 0, -1, withscores=True),
        }
        found[name] = str(await readers[kind](key))
    return found | {"slowlog": str(await redis.slowlog_get(128))}


def _text(said: bytes | str) -> str:
    return said.decode() if isinstance(said, bytes) else said
