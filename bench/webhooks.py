"""Signed webhooks, as many as are wanted."""

import hmac
import itertools
import time
from collections.abc import Iterator

from bench.data import SECRET, Tenant
from bench.load import request

_BODY = (
    '{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"value":{"messaging_product":"whatsapp",'
    '"metadata":{"display_phone_number":"551140028922","phone_number_id":"%s"},"contacts":[{"profile":{"name":'
    '"Cliente"},"wa_id":"%s"}],"messages":[{"from":"%s","id":"wamid.%s","timestamp":"%d","type":"text","text":'
    '{"body":"Oi, %d"}}]},"field":"messages"}]}]}'
)


def webhook(tenant: Tenant, *, phone: str, name: str, number: int) -> bytes:
    """A request that brings one message of a client."""
    body = (_BODY % (tenant.account, phone, phone, name, int(time.time()), number)).encode()
    signature = hmac.new(SECRET.encode(), body, "sha256").hexdigest()
    return request(
        "POST",
        f"/webhooks/cloudapi/{tenant.integration_id}",
        body=body,
        headers=f"X-Hub-Signature-256: sha256={signature}\r\n",
    )


def webhooks(tenants: list[Tenant], *, count: int, tag: str) -> Iterator[bytes]:
    """So many messages of 100 known clients of each company, in turn."""
    turns = itertools.cycle(tenants)
    for number in range(count):
        phone = f"55119{80000001 + (number // len(tenants)) % 100:08}"
        yield webhook(next(turns), phone=phone, name=f"{tag}.{number}", number=number)
