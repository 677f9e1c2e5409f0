"""`jaboti sandbox`: what can be done to a sandbox that runs somewhere, from the command line."""

import sys
from base64 import b64encode
from mimetypes import guess_type
from pathlib import Path
from typing import Annotated, Any, NoReturn

import httpx
import msgspec
import typer

from jaboti_domain.integration.messaging import Platform
from jaboti_entrypoints.sandbox.control import PREFIX

sandbox = typer.Typer(no_args_is_help=True, help="The platforms' sandboxes: run one, or reach one that runs.")
At = Annotated[str, typer.Option(help="where the sandbox is", envvar="JABOTI_SANDBOX")]
Account = Annotated[str, typer.Option(help="CloudAPI: the phone number id; EvolutionAPI: the instance's name")]
HERE, PORTS = "http://127.0.0.1:8090", {Platform.CLOUD_API: 8090, Platform.EVOLUTION_API: 8091}
_PATIENCE = 30.0
_SHOWN_AS = ("image", "audio", "video")


@sandbox.command()
def serve(
    platform: Platform = Platform.CLOUD_API,
    host: str = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="8090 for CloudAPI, 8091 for EvolutionAPI")] = None,
    seed: Annotated[int, typer.Option(help="decides which accidents happen")] = 0,
) -> None:
    """Runs one alone, without accounts, until it is interrupted; its page is at /__sandbox/."""
    import uvicorn

    from jaboti_entrypoints.sandbox.cloudapi import create_cloudapi_sandbox
    from jaboti_entrypoints.sandbox.evolutionapi import create_evolutionapi_sandbox

    port = port or PORTS[platform]
    create = create_cloudapi_sandbox if platform is Platform.CLOUD_API else create_evolutionapi_sandbox
    made = create(seed=seed)
    made.served_at(f"http://{host}:{port}")
    uvicorn.run(made.app, host=host, port=port, log_level="warning", timeout_graceful_shutdown=2)


@sandbox.command()
def knobs(
    positions: Annotated[list[str] | None, typer.Argument(help="name=value, the value as JSON or a word")] = None,
    at: At = HERE,
    account: Annotated[str, typer.Option(help="this account's alone")] = "",
) -> None:
    """Turns knobs, and prints where all of them stand: `duplicate=0.1 fail_next='{"code": 131056}' version=2.3.6`."""
    if positions:
        number = {"number": account} if account else {}
        _print(_ask(at, "knobs", body={**number, **dict(map(_position, positions))}))
    else:
        _print(_ask(at, "knobs", number=account))


@sandbox.command()
def write(
    account: Account,
    peer: Annotated[str, typer.Option("--from", help="the client's phone")],
    words: Annotated[str, typer.Argument(help="what the client says, or a file's caption")] = "",
    name: Annotated[str | None, typer.Option(help="the client's")] = None,
    file: Annotated[Path | None, typer.Option(help="sent as an image, audio, video or document")] = None,
    at: At = HERE,
) -> None:
    """A client writes to an account; prints the message's id."""
    typed: dict[str, Any] = {"account": account, "from": peer, "name": name, "words": words}
    if file is not None:
        typed["file"] = _attached(file)
    _print(_ask(at, "telephone", body=typed))


@sandbox.command()
def telephone(account: Account, peer: Annotated[str, typer.Option(help="the client's phone")], at: At = HERE) -> None:
    """What was said between a client and an account, and which statuses the business was told."""
    _print(_ask(at, "telephone", account=account, peer=peer))


@sandbox.command()
def accounts(at: At = HERE) -> None:
    """Whom clients can write to."""
    _print(_ask(at, "accounts"))


@sandbox.command()
def ledger(
    since: Annotated[int, typer.Option(help="only lines after this one")] = 0,
    counters: Annotated[bool, typer.Option("--counters", help="only how much of everything there was")] = False,
    at: At = HERE,
) -> None:
    """Every send, refusal, read receipt, client's message and webhook, in order."""
    _print(_ask(at, "counters") if counters else _ask(at, "ledger", since=str(since)))


@sandbox.command()
def settled(within: Annotated[float, typer.Option(min=0, help="seconds")] = 5.0, at: At = HERE) -> None:
    """Waits until nothing is under way; exit code 1 when something still is."""
    told = _ask(at, "settled", within=str(within))
    _print(told)
    raise typer.Exit(0 if told["settled"] else 1)


@sandbox.command()
def reset(at: At = HERE) -> None:
    """Begins anew with the accounts it has: knobs, ledger and files are as on the first day."""
    _print(_ask(at, "reset", body={}))


def _ask(at: str, path: str, *, body: object = None, **query: str) -> Any:
    """The answer; a refusal, or nobody there, is one line and exit code 2."""
    url = f"{at.rstrip('/')}{PREFIX}/{path}"
    method, content = ("GET", None) if body is None else ("POST", msgspec.json.encode(body))
    try:
        answer = httpx.request(method, url, content=content, params=query, timeout=_PATIENCE, trust_env=False)
        told = msgspec.json.decode(answer.content)
    except (httpx.HTTPError, httpx.InvalidURL, msgspec.DecodeError) as error:
        _fail(f"there is no sandbox at {at}: {error}")
    if not answer.is_success:
        _fail(str(told.get("error", answer.status_code)) if isinstance(told, dict) else str(answer.status_code))
    return told


def _fail(words: str) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(2)


def _position(given: str) -> tuple[str, object]:
    name, equals, value = given.partition("=")
    if not equals:
        raise typer.BadParameter("write name=value")
    try:
        return name, msgspec.json.decode(value)
    except msgspec.DecodeError:
        return name, value


def _attached(file: Path) -> dict[str, str]:
    mime_type = guess_type(file.name)[0] or "application/octet-stream"
    general = mime_type.partition("/")[0]
    kind = general if general in _SHOWN_AS else "document"
    return {
        "type": kind,
        "data": b64encode(file.read_bytes()).decode(),
        "mime_type": mime_type,
        "name": file.name,
    }


def _print(told: object) -> None:
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(told), indent=2).decode() + "\n")
