"""WhatsApp's CloudAPI on this machine: accepts sends, reports their statuses, delivers what clients write.

`create_cloudapi_sandbox` makes one; `serving(sandbox.app)` puts it behind a socket; `python -m` on this package runs
one alone. Whatever can be done to it in process can be done over HTTP under `/__sandbox`.
"""

from jaboti_entrypoints.sandbox.cloudapi.incoming import Writing
from jaboti_entrypoints.sandbox.cloudapi.numbers import SandboxNumber
from jaboti_entrypoints.sandbox.cloudapi.peers import Peer
from jaboti_entrypoints.sandbox.cloudapi.sandbox import CloudApiSandbox
from jaboti_entrypoints.sandbox.cloudapi.server import create_cloudapi_sandbox

__all__ = ["CloudApiSandbox", "Peer", "SandboxNumber", "Writing", "create_cloudapi_sandbox"]
