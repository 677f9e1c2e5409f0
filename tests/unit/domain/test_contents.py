"""Every content travels as a plain record and comes back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaboti_domain.integration.content import (
    KINDS,
    Choice,
    ContactCard,
    Contacts,
    Content,
    Interactive,
    Location,
    Media,
    MediaFile,
    Order,
    Reaction,
    Reply,
    Template,
    Text,
    Unknown,
    content_from_record,
    content_record,
    edited,
    is_echo,
)
from jaboti_domain.integration.errors import UnreadableContent

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
maybe = st.none() | words
degrees = st.floats(-180, 180)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=5,
)
records = st.lists(st.dictionaries(words, plain, max_size=3), max_size=3)
files = st.builds(
    MediaFile,
    type=st.sampled_from(["image", "video", "audio", "document", "sticker"]),
    media_id=maybe,
    provider_id=maybe,
    link=maybe,
    mime_type=maybe,
    sha256=maybe,
    size=st.none() | st.integers(0, 2**40),
    filename=maybe,
    voice=st.booleans(),
)
cards = st.builds(
    ContactCard, name=words, phones=st.lists(words, max_size=2), emails=st.lists(words, max_size=2), organization=words
)
CONTENTS: dict[type[Content], st.SearchStrategy[Content]] = {
    Text: st.builds(Text, body=words),
    Media: st.builds(Media, media=files, caption=words),
    Location: st.builds(Location, latitude=degrees, longitude=degrees, label=words, address=words),
    Contacts: st.builds(Contacts, cards=st.lists(cards, max_size=3)),
    Reply: st.builds(Reply, title=words, choice=words, description=words, values=words),
    Interactive: st.builds(
        Interactive,
        body=words,
        choices=st.lists(st.builds(Choice, id=words, title=words, description=words), max_size=3),
        button=words,
        header=words,
        footer=words,
    ),
    Template: st.builds(Template, name=words, language=words, components=records, preview=words),
    Reaction: st.builds(Reaction, target=words, emoji=words),
    Order: st.builds(Order, note=words, items=records),
    Unknown: st.builds(Unknown, type=words, raw=words, reason=words),
}


def test_every_kind_is_tried() -> None:
    assert set(KINDS.values()) == CONTENTS.keys()
    assert all(cls.kind == kind for kind, cls in KINDS.items())


@given(st.one_of(*CONTENTS.values()))
def test_a_content_comes_back_equal_from_its_record_and_from_json(content: Content) -> None:
    record = content_record(content)
    assert content_from_record(record) == content
    assert content_from_record(json.loads(json.dumps(record))) == content


@given(st.one_of(*CONTENTS.values()))
def test_a_content_has_a_line_of_text_and_perhaps_a_file(content: Content) -> None:
    assert isinstance(content.text, str)
    assert (content.file is not None) == isinstance(content, Media)


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"kind": "hologram"},
        {"kind": "text"},
        {"kind": "text", "body": "a", "more": 1},
        {"kind": "media"},
        {"kind": "media", "media": None},
        {"kind": "media", "media": {"nothing": 1}},
        {"kind": "contacts", "cards": 3},
        {"kind": "contacts", "cards": [None]},
        {"kind": "contacts", "cards": [{}]},
        {"kind": "order", "note": "", "items": None},
    ],
)
def test_a_record_that_no_version_of_us_wrote_is_refused(record: dict[str, object]) -> None:
    with pytest.raises(UnreadableContent):
        content_from_record(record)


@given(st.one_of(*CONTENTS.values()))
def test_whatever_is_shown_as_it_was_sent_is_its_echo(content: Content) -> None:
    assert is_echo(content, content)


@given(st.one_of(*CONTENTS.values()), st.builds(Media, media=files, caption=words))
def test_an_edit_changes_words_and_never_a_file(content: Content, media: Media) -> None:
    assert edited(Text(body="before"), content) == content
    after = edited(media, content)
    assert (after.file, after.text) == (media.file, content.text)


def test_choices_are_spelled_out_with_their_numbers() -> None:
    rows = (Choice(id="a", title="Vendas"), Choice(id="b", title="Oficina", description="até as 18h"))
    bare = Interactive(body="Qual setor?", choices=rows)
    assert bare.spelled_out == "Qual setor?\n\n1. Vendas\n2. Oficina - até as 18h"
    assert Interactive(body="?", choices=(), header="Loja", footer="até já").spelled_out == "Loja\n\n?\n\naté já"
