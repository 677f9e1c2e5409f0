"""An EvolutionAPI server on this machine: opens sessions, accepts sends, tells of everything by webhooks.

`create_evolutionapi_sandbox` makes one; `serving(sandbox.app)` puts it behind a socket; `python -m` on this package
runs one alone. Whatever can be done to it in process can be done over HTTP under `/__sandbox`.
"""

from jaboti_entrypoints.sandbox.evolutionapi.incoming import Writing
from jaboti_entrypoints.sandbox.evolutionapi.instances import Instance, Webhook
from jaboti_entrypoints.sandbox.evolutionapi.people import Person
from jaboti_entrypoints.sandbox.evolutionapi.sandbox import EvolutionApiSandbox
from jaboti_entrypoints.sandbox.evolutionapi.server import GLOBAL_KEY, create_evolutionapi_sandbox
from jaboti_entrypoints.sandbox.evolutionapi.versions import Version

__all__ = [
    "GLOBAL_KEY",
    "EvolutionApiSandbox",
    "Instance",
    "Person",
    "Version",
    "Webhook",
    "Writing",
    "create_evolutionapi_sandbox",
]
