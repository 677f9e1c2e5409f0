"""The walk itself: a day at the company, on which everything is asked for once at least."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from attrs import frozen

from jaboti_domain.kernel.actor import Role
from jaboti_entrypoints.rehearsal.people import PASSWORD, House
from jaboti_entrypoints.sandbox.cloudapi import CloudApiSandbox, Peer
from tests.integration.faults.letters import letter, phone
from tests.integration.faults.patience import eventually
from tests.integration.walk.walker import EMAILS, Node, Picture, SignedIn, Walker
from tests.unit.media.samples import PNG

NEW_PASSWORD = "outro cavalo bateria grampo"
SHEET = b"name;phone\nImportada;+55 41 91234-5678\n"
WIDGET = {"id": "a", "type": "series.day", "x": 0, "y": 0, "w": 6, "h": 4}


@frozen
class Day:
    """Who walks, and where."""

    walker: Walker
    house: House
    platform: CloudApiSandbox
    """Which brings its webhooks to the first server."""

    async def whole(self) -> None:
        """From morning to evening."""
        parts: Sequence[Callable[[], Awaitable[None]]] = (
            self.health,
            self.account,
            self.staff,
            self.clients,
            self.chats,
            self.notes,
            self.integrations,
            self.dead_letters,
            self.figures,
        )
        for part in parts:
            await part()

    async def health(self) -> None:
        for path in ("/health/live", "/health/ready", "/metrics"):
            await self.walker.go("GET", path)

    async def account(self) -> None:
        go = self.walker.go
        again = await self.walker.sign_in(EMAILS[Role.OPERATOR])
        await go("POST", "/auth/refresh", body={"refreshToken": again.refresh})
        me = (await go("GET", "/auth/me")).json()
        assert me["activeCompany"]["id"] == self.company_id
        await go("GET", "/auth/companies")
        await go("POST", "/auth/company", body={"companyId": self.company_id})
        sessions = (await go("GET", "/auth/sessions")).json()["items"]
        [other] = [each["id"] for each in sessions if not each["current"]]
        await go("DELETE", f"/auth/sessions/{other}")

    async def staff(self) -> None:
        go, company = self.walker.go, f"/companies/{self.company_id}"
        await go("GET", "/companies")
        await go("GET", company)
        await go("PATCH", company, body={"timeZone": "America/Recife"})
        eva, ana = await self._hired("eva"), self.walker.desks[Role.OPERATOR].user_id
        await go("GET", f"{company}/members")
        await go("PUT", f"{company}/members/{eva.user_id}", body={"role": "OPERATOR"})
        await go("PUT", "/auth/password", by=eva.access, body=_passwords(NEW_PASSWORD))
        await go("POST", "/auth/logout", by=eva.access)
        await go("DELETE", f"{company}/members/{eva.user_id}")
        rui = await self._hired("rui")
        await go("GET", "/users", online="false")
        await go("GET", f"/users/{rui.user_id}")
        await go("PUT", f"/users/{rui.user_id}", body={"name": "Rui", "role": "SUPERVISOR", "departments": []})
        await go("DELETE", f"/users/{rui.user_id}")
        await go("PUT", "/users/me/presence", body={"online": True})
        await self.walker.told("attendant.updated", ana)
        shut = (await go("POST", "/departments", body={"name": "Vendas"})).json()["id"]
        await go("GET", "/departments")
        await go("GET", f"/departments/{shut}")
        await go("PUT", f"/departments/{shut}", body={"name": "Vendas", "description": "Pães"})
        await go("PUT", f"/departments/{shut}/users/{ana}")
        await go("DELETE", f"/departments/{shut}/users/{ana}")
        await go("DELETE", f"/departments/{shut}")

    async def clients(self) -> None:
        go = self.walker.go
        maria, other = [await self._client(f"Maria {n}", n) for n in range(2)]
        path = f"/clients/{maria}"
        await go("GET", "/clients", search="maria")
        await go("GET", path)
        await go("PUT", path, body={"name": "Maria", "document": "111.444.777-35"}, tells="client.updated")
        await go("PATCH", path, body={"email": "maria@example.com"})
        await go("GET", f"{path}/history")
        await go("GET", f"{path}/notes")
        assert (await go("GET", f"{path}/export")).json()["client"]["name"] == "Maria"
        await go("POST", f"{path}/block", body={"reason": "spam"})
        await go("POST", f"{path}/unblock", body={})
        await go("POST", f"{path}/merge", body={"otherId": other})
        await go("POST", f"{path}/unmerge", body={"otherId": other})
        await go("DELETE", f"/clients/{other}")
        assert (await go("POST", f"/clients/{other}/anonymize")).json()["clientId"] == other
        await go("POST", "/clients/import", body=SHEET, dryRun="false")
        assert b"Importada" in (await go("GET", "/clients/export")).content

    async def chats(self) -> None:
        go, walker = self.walker.go, self.walker
        sales = (await go("POST", "/departments", body={"name": "Caixa"})).json()["id"]
        await go("PUT", f"/departments/{sales}/users/{walker.desks[Role.OPERATOR].user_id}")
        self.platform.client_writes(self.house.account.phone_number_id, Peer(wa_id=phone(7)), "Oi")
        chat = (await walker.told("chat.created", "PENDING", at=-1))["data"]
        path = f"/chats/{chat['id']}"
        await go("GET", "/chats", category="pending")
        await go("GET", "/chats/counts")
        soon = (await go("GET", "/chats/windows", within="1440")).json()["items"]
        assert chat["id"] in [each["id"] for each in soon]
        await go("GET", path)
        await go("POST", f"{path}/start", tells="chat.updated")
        sent = (await go("POST", f"{path}/messages", body={"content": "Bom dia!"}, tells="message.created")).json()
        await walker.told("message.updated", sent["id"])
        assert [each["seq"] for each in (await go("GET", f"{path}/messages")).json()["items"]] == [1, 2]
        await self._picture(path)
        place = {"location": {"latitude": -23.5, "longitude": -46.6, "label": "Padaria"}}
        assert (await go("POST", f"{path}/messages", body=place)).json()["metadata"]["kind"] == "location"
        await go("POST", f"{path}/read", body={"seq": 1})
        await go("POST", f"{path}/transfer", body={"toDepartmentId": sales}, tells="chat.transferred")
        await eventually(partial(self._is_listed, chat["id"]), within=6, what="ana's new queue is hers", every=0.5)
        await go("POST", f"{path}/start")
        await go("GET", f"{path}/timeline")
        await go("POST", f"{path}/end", body={"reason": "pronto"})
        assert [each["id"] for each in (await go("GET", "/chats/history")).json()["items"]] == [chat["id"]]
        first = {"clientId": chat["client"]["id"], "integrationId": str(self.house.integration.id), "content": "Oi!"}
        await go("POST", "/chats", body=first, tells="chat.created")

    async def _picture(self, chat: str) -> None:
        """Brought to one server, had from the other."""
        go = self.walker.go
        file = (await go("POST", "/media", body=Picture("conta.png", PNG))).json()
        assert (await go("GET", file["url"])).content == PNG
        shown = (await go("POST", f"{chat}/messages", body={"mediaId": file["id"], "content": "A conta"})).json()
        assert (shown["mediaType"], shown["media"]["url"]) == ("image", file["url"])

    async def notes(self) -> None:
        go = self.walker.go
        client = (await go("GET", "/clients")).json()["items"][0]["id"]
        note = (await go("POST", "/notes", body={"clientId": client, "text": "Alérgica"}, tells="note.created")).json()
        path = f"/notes/{note['id']}"
        await go("GET", path)
        await go("PUT", path, body={"text": "Alérgica a glúten"})
        assert len((await go("GET", "/notes", clientId=client)).json()["items"]) == 1
        await go("DELETE", path)

    async def integrations(self) -> None:
        go, own = self.walker.go, f"/integrations/config/{self.house.integration.id}"
        shown = (await go("GET", own)).json()
        assert self.house.account.access_token not in (await go("GET", "/integrations/config")).text
        await go("PUT", own, body={"name": "Balcão", "settings": shown["settings"]})
        await self.walker.told("integration.updated", shown["id"])
        assert (await go("POST", f"{own}/test")).json()
        await go("GET", f"{own}/status")
        await go("GET", "/integrations/templates")
        second = {**_like(shown), "account": "10000000000999"}
        made = (await go("POST", "/integrations/config", body=second)).json()["id"]
        await go("DELETE", f"/integrations/config/{made}")
        await go("GET", "/integrations/logs", direction="OUT")
        await go("GET", "/integrations/usage")

    async def dead_letters(self) -> None:
        go = self.walker.go
        await self.walker.bring(
            letter(self.house, name="wamid.poison", author=phone(8), content={"type": "edit", "edit": {}})
        )

        async def dead() -> bool:
            return bool((await go("GET", "/integrations/dead-letters")).json()["items"])

        await eventually(dead, within=10, what="a dead letter", every=0.2)
        [dead_letter] = (await go("GET", "/integrations/dead-letters")).json()["items"]
        await go("POST", f"/integrations/dead-letters/{dead_letter['id']}/replay")

    async def figures(self) -> None:
        go = self.walker.go
        await go("PUT", "/integrations/budget", body={"amount": "100.00", "currency": "USD"})
        await go("GET", "/integrations/budget")
        await go("DELETE", "/integrations/budget")
        assert (await go("GET", "/dashboard/metrics")).json()["chatsToday"] == 2
        await go("GET", "/dashboard/layout")
        await go("PUT", "/dashboard/layout", body={"widgets": [WIDGET]})
        deeds = {each["action"] for each in (await go("GET", "/audit", limit="200")).json()["items"]}
        assert len(deeds) > 10

    @property
    def company_id(self) -> str:
        return str(self.house.company.id)

    async def _is_listed(self, chat_id: str) -> bool:
        return chat_id in (await self.walker.go("GET", "/chats", category="pending")).text

    async def _hired(self, name: str) -> SignedIn:
        email = f"{name}@aurora.example"
        body = {"email": email, "name": name.title(), "password": PASSWORD, "role": "OPERATOR"}
        await self.walker.go("POST", "/users", body=body)
        return await self.walker.sign_in(email)

    async def _client(self, name: str, number: int) -> str:
        body = {"name": name, "phone": f"+55 41 98765-432{number}"}
        made: str = (await self.walker.go("POST", "/clients", body=body, tells="client.updated")).json()["id"]
        return made


def _passwords(new: str) -> Node:
    return {"currentPassword": PASSWORD, "newPassword": new}


def _like(shown: Node) -> Node:
    return {name: shown[name] for name in ("platform", "name", "settings")} | {
        "credentials": {"accessToken": "a" * 20, "appSecret": "b" * 20, "verifyToken": "c" * 20}
    }
