"""Lines of the log: what is harmless, and nothing else."""

import pytest

from jaboti_domain.integration.model import Secret
from jaboti_entrypoints.logs import harmless, scrubbed


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Authorization: Bearer abc.def-ghi", "Authorization: *** ***"),
        ("sent with Basic dXNlcjpwYXNz", "sent with Basic ***"),
        ("postgresql://jaboti_app:hunter2@db/jaboti", "postgresql://jaboti_app:***@db/jaboti"),
        ("token=EAAGm0PX4ZCpsBAKZC", "token=***"),
        ("with EAAGm0PX4ZCpsBAKZCabcdefgh in it", "with *** in it"),
        ("eyJhbGciOi.eyJzdWIi.c2ln expired", "*** expired"),
        ('{"password": "quatro tartarugas"}', '{"password": "*** tartarugas"}'),
        ("api_key: 12345", "api_key: ***"),
        ("to +5511955500199 failed", "to ••••0199 failed"),
        ("to 5511955500199@s.whatsapp.net", "to ••••0199@s.whatsapp.net"),
        ("chat 0190a8f0-0000-7000-8000-000000000000", "chat 0190a8f0-0000-7000-8000-000000000000"),
        ("2026-11-27T05:15:01.123456Z", "2026-11-27T05:15:01.123456Z"),
        ("42 entries in 1234 ms", "42 entries in 1234 ms"),
    ],
)
def test_what_looks_like_a_secret_is_taken_out(text: str, left: str) -> None:
    assert scrubbed(text) == left


def test_only_known_names_are_written() -> None:
    line = {"event": "x", "level": "info", "code": "131026", "body": "Oi, meu CPF é ...", "client": "Maria"}
    assert harmless(None, "info", line) == {
        "event": "x",
        "level": "info",
        "code": "131026",
        "withheld": ["body", "client"],
    }


def test_values_are_plain_and_secrets_are_not_shown() -> None:
    told = harmless(None, "info", {"event": "x", "error": ValueError("to 5511955500199"), "reason": Secret("s3cret")})
    assert told == {"event": "x", "error": "to ••••0199", "reason": "***"}
