"""The examples run, and do what they say."""

from examples import embed


async def test_the_library_works_inside_another_program() -> None:
    assert await embed.main() == ["Temos, Marina! Saiu agora do forno."]
