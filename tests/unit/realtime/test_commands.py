"""What clients send is read strictly, and all that is wrong with it is told."""

import json
from typing import Any
from uuid import uuid4

import pytest

from jaboti_domain.integration.content import Template, Text
from jaboti_entrypoints.errors import FieldError, InvalidFields, Unreadable
from jaboti_entrypoints.realtime.commands import COMMANDS, SendMessage, read_auth, read_command, read_head
from jaboti_entrypoints.realtime.desk import HANDLERS

CHAT = str(uuid4())


def read(frame: dict[str, Any]) -> object:
    return read_command(json.dumps(frame), frame.get("type"))


def wrong(frame: dict[str, Any]) -> set[tuple[str, str]]:
    with pytest.raises(InvalidFields) as raised:
        read(frame)
    errors = raised.value.details["errors"]
    assert isinstance(errors, tuple)
    return {(error.pointer, error.code) for error in errors if isinstance(error, FieldError)}


RIGHT: list[dict[str, Any]] = [
    {"type": "message.send", "chatId": CHAT, "content": "Olá"},
    {"type": "message.send", "chatId": CHAT, "template": {"name": "hello", "language": "pt_BR"}},
    {"type": "message.send", "chatId": CHAT, "content": "Olá", "replyTo": CHAT, "metadata": {"a": [1]}},
    {"type": "chat.start", "chatId": CHAT},
    {"type": "chat.transfer", "chatId": CHAT, "toAttendantId": CHAT, "reason": "férias"},
    {"type": "chat.transfer", "chatId": CHAT, "toDepartmentId": CHAT},
    {"type": "chat.end", "chatId": CHAT, "reason": "resolvido", "farewell": "Até logo"},
    {"type": "chat.read", "chatId": CHAT, "seq": 3},
    {"type": "typing", "chatId": CHAT},
    {"type": "presence.set", "online": False},
    {"type": "auth", "token": "t"},
    {"type": "auth", "token": "t", "resume": "7-42"},
    {"type": "ping"},
]


@pytest.mark.parametrize("frame", RIGHT, ids=lambda frame: frame["type"])
def test_every_command_is_read(frame: dict[str, Any]) -> None:
    assert type(read({**frame, "ref": "1"})) is COMMANDS[frame["type"]]


@pytest.mark.parametrize("frame", RIGHT, ids=lambda frame: frame["type"])
def test_every_command_needs_a_ref_and_takes_nothing_unknown(frame: dict[str, Any]) -> None:
    assert wrong({**frame, "companyId": CHAT}) == {("/ref", "required"), ("/companyId", "unknown")}


@pytest.mark.parametrize("ref", ["", "a b", "é", "\x00", "x" * 129, 1, None, ["1"]])
def test_a_ref_is_a_short_word(ref: object) -> None:
    assert {pointer for pointer, _ in wrong({"type": "ping", "ref": ref})} == {"/ref"}


@pytest.mark.parametrize(
    ("frame", "pointer"),
    [
        ({"type": "chat.start", "chatId": "1"}, "/chatId"),
        ({"type": "chat.start", "chatId": 1}, "/chatId"),
        ({"type": "chat.read", "chatId": CHAT, "seq": "3"}, "/seq"),
        ({"type": "chat.read", "chatId": CHAT, "seq": True}, "/seq"),
        ({"type": "chat.read", "chatId": CHAT, "seq": 0}, "/seq"),
        ({"type": "presence.set", "online": 1}, "/online"),
        ({"type": "message.send", "chatId": CHAT, "content": 5}, "/content"),
        ({"type": "message.send", "chatId": CHAT, "metadata": {"a": "x" * 9000}}, "/metadata"),
        ({"type": "auth", "token": "x" * 5000}, "/token"),
        ({"type": "chat.delete"}, "/type"),
        ({"type": None}, "/type"),
        ({"type": ["ping"]}, "/type"),
        ({}, "/type"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(frame: dict[str, Any], pointer: str) -> None:
    assert {place for place, _ in wrong({**frame, "ref": "1"})} == {pointer}


@pytest.mark.parametrize("whom", [{}, {"toAttendantId": CHAT, "toDepartmentId": CHAT}])
def test_a_chat_is_handed_to_exactly_one(whom: dict[str, Any]) -> None:
    frame = {"type": "chat.transfer", "chatId": CHAT, "ref": "1", **whom}
    assert {code for _, code in wrong(frame)} == {"exactly_one"}


def test_words_and_templates_become_the_domains_contents() -> None:
    words, template = (read({**frame, "ref": "1"}) for frame in RIGHT[:2])
    assert isinstance(words, SendMessage)
    assert isinstance(template, SendMessage)
    assert words.as_content() == Text(body="Olá")
    assert template.as_content() == Template(name="hello", language="pt_BR")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "nonsense",
        '{"ref":"1","ref":"2"}',
        '{"a":NaN}',
        '{"a":"\\ud800"}',
        '{"a":"\\u0000"}',
        "[" * 40 + "]" * 40,
    ],
)
def test_what_is_no_json_for_everyone_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        read_head(text)


@pytest.mark.parametrize("text", ["null", "[]", '"x"', "1", "true"])
def test_a_frame_is_an_object(text: str) -> None:
    with pytest.raises(InvalidFields):
        read_head(text)


def test_a_head_may_have_anything_in_it() -> None:
    head = read_head('{"type":{"$gt":0},"ref":[1]}')
    assert (head.type, head.ref) == ({"$gt": 0}, [1])


def test_the_first_frame_may_resume_and_needs_no_ref() -> None:
    auth = read_auth('{"type":"auth","token":"t","resume":"7-42"}')
    assert (auth.token, auth.resume) == ("t", "7-42")
    assert read_auth('{"type":"auth","token":"t","resume":null}').resume is None


@pytest.mark.parametrize("text", ['{"type":"ping","ref":"1"}', '{"type":"auth"}', '{"type":"auth","token":"t","x":1}'])
def test_nothing_else_is_a_first_frame(text: str) -> None:
    with pytest.raises(InvalidFields):
        read_auth(text)


def test_every_command_is_done_somewhere() -> None:
    assert HANDLERS.keys() == set(COMMANDS.values())
