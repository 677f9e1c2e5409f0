"""Every bad input that is promised to do no harm: sent here, or held by the test that is named."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from attrs import frozen

NOBODY = "01890000-0000-7000-8000-000000000000"
FACE = "\U0001f600"


@frozen
class Sent:
    """What an administrator sends, and how it is answered."""

    method: str
    path: str
    status: int
    code: str | None = None
    """Of the problem; None: it is no problem."""
    body: Any = None


def _ids(*ids: str) -> list[Sent]:
    return [Sent("GET", f"/clients/{id}", 404, "request.no_such_route") for id in ids]


def _client(status: int = 422, code: str | None = "request.invalid_fields", **body: object) -> Sent:
    return Sent("POST", "/clients", status, code, {"name": "Ivo", **body})


def _search(*words: str) -> list[Sent]:
    return [Sent("GET", f"/clients?search={quote(word)}", 200) for word in words]


def _asked(path: str, *queries: str) -> list[Sent]:
    return [Sent("GET", f"{path}?{query}", 422, "request.invalid_fields") for query in queries]


def _budget(*amounts: object) -> list[Sent]:
    return [
        Sent("PUT", "/integrations/budget", 422, "request.invalid_fields", {"amount": amount, "currency": "USD"})
        for amount in amounts
    ]


SENT: Mapping[str, list[Sent]] = {
    "ids: 0, -1, 2^31, 2^64, `true`, `1.0`": _ids("0", "-1", str(2**31), str(2**64), "true", "1.0"),
    '`{"$gt": 0}`': [
        Sent("POST", "/notes", 422, "request.invalid_fields", {"clientId": {"$gt": 0}, "text": "x"}),
        *_ids(quote('{"$gt": 0}')),
    ],
    "4,301 digits, Arabic digits, `..%2f`": _ids("9" * 4301, quote("\u0661\u0662"), "..%2f"),
    "unknown and read-only fields (`companyId`, `role`, `id`, `passwordHash`)": [
        _client(**dict[str, Any]({name: NOBODY})) for name in ("companyId", "role", "id", "passwordHash", "version")
    ],
    "maximum length + 1, in 4-byte emoji": [
        _client(name=FACE * 201),
        Sent("POST", "/departments", 422, "request.invalid_fields", {"name": FACE * 201}),
    ],
    "bidi overrides, 1,000 combining marks": [
        _client(201, None, name="a\u202eb\u2066c"),
        _client(name="a" + "\u0301" * 1000),
    ],
    "homographs": [
        Sent(
            "POST",
            "/users",
            422,
            "user.invalid_email",
            {"email": "\u0430lda@example.com", "name": "A", "password": "cavalo bateria grampo", "role": "OPERATOR"},
        )
    ],
    "phones with Arabic digits, letters, 16 digits": [
        _client(phone=phone) for phone in ("+55 41 9" + "\u0661" * 8, "0800-PIZZA", "+" + "5" * 16)
    ],
    "alphanumeric, with a wrong digit": [_client(document=each) for each in ("12ABC34501DE36", "111.444.777-36")],
    "money NaN, Infinity, -1, 1e8": _budget("NaN", "Infinity", "-1", "1e8", -1, True),
    "dates naive, year 0, leap second, `infinity`": _asked(
        "/audit",
        "from=2026-01-01T00:00:00",
        "from=0000-01-01T00:00:00Z",
        "from=2016-12-31T23:59:60Z",
        "from=infinity",
    ),
    "`from > to`, 100 years": [
        Sent("GET", "/dashboard/metrics?from=2026-02-01&to=2026-01-01", 422, "dashboard.span_backwards"),
        Sent("GET", "/dashboard/metrics?from=1926-01-01&to=2026-01-01", 422, "dashboard.span_too_long"),
    ],
    "search `%`, `_`, `\\`": _search("%", "_", "\\"),
    "5,000 x `%`": _asked("/clients", "search=" + "%25" * 5000),
    "`' OR 1=1--`, `(a+)+$`": _search("' OR 1=1--", "(a+)+$"),
    "limit 0, -1, 1e9": _asked("/clients", "limit=0", "limit=-1", "limit=1000000000", "limit=1e9"),
    "a forged cursor": [Sent("GET", "/clients?cursor=AAAA", 422, "invalid.cursor"), *_asked("/clients", "cursor=%00")],
    "a layout of 1 MB": [
        Sent("PUT", "/dashboard/layout", 413, "request.too_large", {"widgets": [], "more": "x" * 1_000_000})
    ],
}

BODY, WIRE, GUARD = "unit/rest/test_body.py::", "integration/rest/test_wire.py::", "integration/rest/test_guard.py::"
TOKENS = "integration/realtime/test_forged_tokens.py::test_no_forgery_gets_in"
WEBHOOKS = "integration/postgres/test_forged_webhooks.py::test_forgeries_are_refused_and_leave_no_row"
ADDRESSES = "unit/channels/test_forged_addresses.py::"
ODD, STRANGERS = "unit/entrypoints/test_odd_webhooks.py::", "unit/channels/test_cloudapi_strangers.py::"
HANDSHAKE, CLOSING = "integration/realtime/test_handshake.py::", "integration/realtime/test_closing.py::"
REPEATS, MEDIA = "unit/rest/test_repeats.py::", "unit/rest/test_media.py::"
_READ_ALIKE = BODY + "test_what_others_might_read_otherwise_is_not_read"

HELD: Mapping[str, list[str]] = {
    "NUL, lone surrogates, BOM, UTF-16, overlong UTF-8, 5,000-digit integers, 1e400": [_READ_ALIKE],
    "depth 33 / 1,100 / 100,000, a million zeros, duplicate keys, trailing data": [
        _READ_ALIKE,
        BODY + "test_a_large_body_is_refused_whether_announced_or_not",
    ],
    '`null`/`[]`/`"x"` bodies': [BODY + "test_a_body_is_an_object"],
    "wrong and missing content types": [BODY + "test_only_plain_json_is_taken"],
    "e-mail case": ["unit/rest/test_users.py::test_an_address_belongs_to_one"],
    "with and without the ninth digit": [
        "unit/domain/test_phones.py::test_a_brazilian_mobile_is_the_same_line_with_and_without_its_ninth_digit"
    ],
    "CPF/CNPJ masked": ["unit/domain/test_documents.py::test_a_document_is_read_with_and_without_mask"],
    "another company's cursor": ["unit/rest/test_queries.py::test_another_companys_cursor_is_refused"],
    "headers of 1 MB, 20,000 headers": [GUARD + "test_a_head_that_is_too_large_is_refused"],
    "two Authorizations": [WIRE + "test_two_tokens_are_none"],
    "CL + TE, two CL, bare LF, no Host": [WIRE + "test_what_is_no_http_is_refused"],
    "TRACE, method override": [
        WIRE + "test_other_methods_are_told_so",
        "unit/rest/test_edge.py::test_a_method_is_not_overridden",
    ],
    "spoofed X-Forwarded-For": ["unit/rest/test_rates.py::test_an_address_that_somebody_made_up_counts_for_nothing"],
    "one byte a second": [GUARD + "test_a_head_that_comes_drop_by_drop_is_cut_off"],
    "Content-Length 10 then close": [WIRE + "test_a_body_that_breaks_off_harms_nobody"],
    "gzip bombs": [BODY + "test_only_plain_json_is_taken"],
    "signatures missing, empty, sha1, upper case, 63 digits, non-ASCII": [WEBHOOKS],
    "right over re-serialised JSON": [WEBHOOKS],
    "another company's; the previous secret": [
        WEBHOOKS,
        "unit/channels/test_cloudapi_signature.py::test_an_integration_knows_its_secret_and_the_previous_one",
    ],
    "the same event 200 times at once": [
        "integration/faults/test_inbound.py::test_two_hundred_copies_of_a_webhook_at_once_have_the_effect_of_one"
    ],
    "the same id with another text": [ODD + "test_of_one_id_with_two_texts_the_first_counts"],
    "1,000 items with one poison": [STRANGERS + "test_a_stranger_among_messages_loses_none_of_them"],
    "`entry` null, `{}`, unknown fields and types": [
        ODD + "test_an_odd_entry_by_itself_does_nothing_and_holds_nothing_up",
        ODD + "test_who_wrote_in_the_same_body_is_heard",
        STRANGERS + "test_a_stranger_anywhere_harms_only_its_own_item",
    ],
    'timestamps "0", "-1", 1.5, far future': [ODD + "test_at_whatever_time_a_message_says_to_be_written_it_is_heard"],
    "read before delivered before sent": [
        "unit/domain/test_delivery.py::test_receipts_give_the_same_state_in_any_order"
    ],
    "the same request after 31 days": [
        "integration/postgres/test_repeated_webhooks.py::test_the_same_request_after_31_days_is_known_by_its_key"
    ],
    "media URLs to loopback, link-local, private, mapped and translated addresses, decimal IPv4, `file:`, redirects": [
        ADDRESSES + "test_a_file_at_a_forged_address_connects_to_nothing",
        ADDRESSES + "test_a_redirect_is_an_answer_like_any_other",
    ],
    "10 GB without a length": [
        "integration/sandbox/test_media.py::test_ten_gigabytes_without_a_length_end_at_the_cap",
        MEDIA + "test_too_much_is_refused_while_it_comes",
    ],
    "HTML as JPEG; SVG": [MEDIA + "test_what_pretends_to_be_a_picture_is_refused"],
    "names with `../`, NUL, CRLF": [MEDIA + "test_names_are_cleaned_and_told_in_every_script"],
    "tokens: alg none, HS/RS swap, jku/x5u/jwk, kid paths": [TOKENS],
    "exp inf / string / true / missing, another audience, typ refresh": [TOKENS],
    "refresh: reuse, 50 in parallel, after logout": [
        "integration/accounts/test_across_servers.py::"
        "test_a_refresh_token_has_one_successor_and_a_stolen_one_is_found_out_within_a_second",
        "unit/rest/test_sessions.py::test_after_signing_out_the_token_is_dead_everywhere",
    ],
    "idempotency keys empty, 256 characters": [REPEATS + "test_an_odd_key_is_refused"],
    "in flight, another body, another user's": [
        REPEATS + "test_of_many_at_once_one_is_done",
        REPEATS + "test_the_same_key_for_something_else_is_refused",
        REPEATS + "test_a_key_is_the_users_own",
    ],
    "WebSocket: foreign and missing Origin": [
        HANDSHAKE + "test_browsers_elsewhere_are_turned_away",
        HANDSHAKE + "test_browsers_at_home_and_programs_are_let_in",
    ],
    "silence for 5 s": [HANDSHAKE + "test_whoever_says_nothing_is_turned_away"],
    "binary, 65,537 bytes": [
        CLOSING + "test_binary_frames_are_not_spoken_here",
        CLOSING + "test_a_frame_has_at_most_64_kib",
    ],
    "10,000 pings": [CLOSING + "test_whoever_sends_too_fast_is_closed"],
    "bad UTF-8": [CLOSING + "test_text_is_utf_8"],
    "stops reading": [
        "integration/realtime/test_slow.py::test_whoever_stops_reading_is_closed_and_the_others_hear_everything"
    ],
    "foreign chats": ["integration/realtime/test_commands.py::test_another_companys_chat_is_not_there"],
    "resume with a wrong epoch or a future seq": [HANDSHAKE + "test_with_a_cursor_that_leads_nowhere_one_begins_anew"],
    "domain: end an ended chat": ["unit/rest/test_attending.py::test_a_chat_ends_with_a_last_word"],
    "transfer to another company's user, to oneself, to a disabled one": [
        "unit/rest/test_attending.py::test_a_transfer_to_nobody_is_refused"
    ],
    "two starts at once": ["unit/rest/test_attending.py::test_of_two_who_start_at_once_one_gets_it"],
    "a note on another company's client": [
        "unit/rest/test_notes.py::test_a_note_about_what_is_not_there_is_refused_in_the_same_way"
    ],
    "demote the last admin": ["unit/rest/test_companies.py::test_the_last_admin_stays"],
    "delete a department with open chats": ["unit/rest/test_departments.py::test_a_department_with_open_chats_stays"],
    "CSV cells beginning with `=`, `+`, `-`, `@`": [
        "unit/rest/test_sheets.py::test_what_goes_out_comes_in_again_unchanged"
    ],
}
