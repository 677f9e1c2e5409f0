"""The client's telephone on each sandbox, over HTTP as its page uses it: writing, and seeing what became of it."""

import re
from base64 import b64encode
from hashlib import sha256
from typing import Any

import httpx
import pytest
from attrs import frozen

from tests.integration.sandbox.evolution_shop import NAME, PATH, EvolutionShop
from tests.integration.sandbox.shop import PNID, Shop, words

pytestmark = pytest.mark.asyncio(loop_scope="module")
PHONE = "5541988887777"
PNG = b"\x89PNG\r\n\x1a\n"


@frozen
class Telephone:
    """A client's, and the business that it writes to."""

    http: httpx.AsyncClient
    account: str
    business: Shop | EvolutionShop

    async def types(self, said: str = "", **more: Any) -> str:
        typed = {"account": self.account, "from": PHONE, "name": "Maria", "words": said, **more}
        answer = await self.http.post("/__sandbox/telephone", json=typed)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    async def sees(self) -> dict[str, Any]:
        assert await self.business.settled()
        asked = {"account": self.account, "peer": PHONE}
        return dict((await self.http.get("/__sandbox/telephone", params=asked)).json())

    async def hears(self, said: str) -> None:
        """The business answers."""
        if isinstance(self.business, Shop):
            answer = await self.business.send(words(PHONE, said))
        else:
            answer = await self.business.send(number=PHONE, text=said)
        assert answer.is_success


@pytest.fixture(params=["cloud", "evolution"])
def telephone(request: pytest.FixtureRequest, shop: Shop, evolution: EvolutionShop) -> Telephone:
    if request.param == "cloud":
        return Telephone(shop.graph, PNID, shop)
    return Telephone(evolution.server, NAME, evolution)


async def test_a_client_writes_is_answered_and_sees_what_the_business_was_told(telephone: Telephone) -> None:
    name = await telephone.types("Oi, bom dia")
    await telephone.hears("Bom dia, Maria")
    told = await telephone.sees()
    first, second = told["lines"]
    assert (first["id"], first["words"], first["by_client"], first["statuses"]) == (name, "Oi, bom dia", True, [])
    assert (second["words"], second["by_client"]) == ("Bom dia, Maria", False)
    assert len(second["statuses"]) == 3
    assert told["people"] == [PHONE]


async def test_what_a_client_types_reaches_the_webhook_with_its_file(telephone: Telephone) -> None:
    file = {"type": "image", "data": b64encode(PNG).decode(), "mime_type": "image/png", "name": "foto.png"}
    name = await telephone.types("veja", file=file)
    (line,) = (await telephone.sees())["lines"]
    assert (line["id"], line["words"], line["has_file"]) == (name, "veja", True)
    kept = await telephone.http.get("/__sandbox/telephone/file", params={"account": telephone.account, "id": name})
    assert (kept.content, kept.headers["content-disposition"]) == (PNG, "attachment")
    assert (kept.headers["x-content-type-options"], kept.headers["content-type"]) == (
        "nosniff",
        "application/octet-stream",
    )
    assert "veja" in str(telephone.business.posts[0])


async def test_a_client_sees_that_the_business_read(telephone: Telephone) -> None:
    name = await telephone.types("Oi")
    assert [line["statuses"] for line in (await telephone.sees())["lines"]] == [[]]
    if isinstance(telephone.business, Shop):
        read = {"messaging_product": "whatsapp", "status": "read", "message_id": name}
        await telephone.http.post(f"/v25.0/{PNID}/messages", json=read)
    else:
        key = {"remoteJid": f"{PHONE}@s.whatsapp.net", "fromMe": False, "id": name}
        await telephone.http.post(f"/chat/markMessageAsRead/{PATH}", json={"readMessages": [key]})
    told = await telephone.sees()
    assert [line["statuses"] for line in told["lines"]] == [["read"]]
    assert told["seq"] == telephone.business.ledger.seq


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"account": "nowhere"}, 404),
        ({"file": {"type": "spell", "data": "AAAA", "mime_type": "x/y"}}, 422),
        ({"file": {"type": "image", "data": "???", "mime_type": "x/y"}}, 422),
        ({"words": 7}, 422),
        ({"from": None}, 422),
    ],
)
async def test_what_cannot_be_is_refused(telephone: Telephone, change: dict[str, Any], status: int) -> None:
    typed = {"account": telephone.account, "from": PHONE, "words": "Oi", **change}
    assert (await telephone.http.post("/__sandbox/telephone", json=typed)).status_code == status
    nothing = await telephone.http.get("/__sandbox/telephone/file", params={"account": telephone.account, "id": "1"})
    assert nothing.status_code == 404


async def test_the_accounts_are_named_without_their_secrets(telephone: Telephone) -> None:
    shown = await telephone.http.get("/__sandbox/accounts")
    assert list(shown.json()["accounts"]) == [telephone.account]
    assert not re.search("token|secret|TOKEN", shown.text)


async def test_the_page_comes_whole_and_may_run_nothing_but_itself(telephone: Telephone) -> None:
    page = await telephone.http.get("/__sandbox/")
    assert page.headers["content-type"].startswith("text/html")
    assert not re.search(r"https?://|//[a-z]|@import|src=", page.text.replace("text/javascript", ""))
    policy = page.headers["content-security-policy"]
    for tag in ("style", "script"):
        (inside,) = re.findall(f"<{tag}>(.*?)</{tag}>", page.text, re.DOTALL)
        assert f"{tag}-src 'sha256-{b64encode(sha256(inside.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'")
    assert not re.search("innerHTML|insertAdjacentHTML|document.write|eval\\(", page.text)


async def test_everything_that_the_page_asks_for_is_there(telephone: Telephone) -> None:
    page = (await telephone.http.get("/__sandbox/")).text
    asked = {path.partition("?")[0] for path in re.findall(r'ask\("([a-z?/=]+)"', page)}
    assert asked == {"accounts", "telephone", "counters", "knobs", "ledger"}
    for path in asked:
        assert (await telephone.http.get(f"/__sandbox/{path}")).status_code == 200
    turned = await telephone.http.post("/__sandbox/knobs", json={"duplicate": 0.1})
    assert turned.json()["duplicate"] == 0.1
