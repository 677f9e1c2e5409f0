"""The Graph API's routes, under any version."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jaboti_entrypoints.sandbox.cloudapi.errors import GatewayError, GraphError
from jaboti_entrypoints.sandbox.cloudapi.knobs import Fate
from jaboti_entrypoints.sandbox.cloudapi.sandbox import CloudApiSandbox
