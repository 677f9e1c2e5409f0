"""Passwords."""

from jaboti_adapters.security.passwords import Argon2Passwords

CHEAP = Argon2Passwords(memory_kib=64)


async def test_a_password_is_verified_against_its_own_hash_only() -> None:
    hashed = await CHEAP.hash("uma senha bem comprida")
    assert await CHEAP.verify("uma senha bem comprida", hashed)
    assert not await CHEAP.verify("outra senha bem comprida", hashed)


async def test_nobody_has_no_password() -> None:
    assert not await CHEAP.verify("nobody's password", None)


async def test_something_that_is_no_hash_matches_nothing() -> None:
    assert not await CHEAP.verify("uma senha bem comprida", "plain")


async def test_a_hash_made_with_other_parameters_is_outdated() -> None:
    hashed = await CHEAP.hash("uma senha bem comprida")
    assert not CHEAP.is_outdated(hashed)
    assert Argon2Passwords(memory_kib=128).is_outdated(hashed)
