"""The environment, read once into one frozen object."""

import base64
import binascii
import json
import os
import secrets
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

KEY_BITS = 256


def _key_ring(text: object) -> object:
    """`id:base64,id:base64`; the first is used for new things."""
    if not isinstance(text, str):
        return text
    try:
        pairs = (part.split(":", 1) for part in text.split(",") if part.strip())
        return {name.strip(): base64.b64decode(key.strip(), validate=True) for name, key in pairs}
    except (ValueError, binascii.Error):
        raise ValueError("keys are written as id:base64,id:base64") from None


def _strong(ring: dict[str, bytes]) -> dict[str, bytes]:
    if any(len(key) * 8 < KEY_BITS for key in ring.values()):
        raise ValueError(f"keys need {KEY_BITS} bits: 32 random bytes in base64")
    return ring


KeyRing = Annotated[dict[str, bytes], NoDecode, BeforeValidator(_key_ring), AfterValidator(_strong), Field(repr=False)]
Origins = Annotated[
    tuple[str, ...], NoDecode, BeforeValidator(lambda v: tuple(filter(None, v.split(","))) if isinstance(v, str) else v)
]
Hosts = Annotated[
    tuple[str, ...],
    NoDecode,
    BeforeValidator(lambda v: tuple(h.strip().lower() for h in v.split(",") if h.strip()) if isinstance(v, str) else v),
]


class Settings(BaseSettings):
    """Variables begin with `JABOTI_`. Times are in seconds."""

    model_config = SettingsConfigDict(env_prefix="JABOTI_", frozen=True, extra="ignore")

    database_url: SecretStr | None = None
    """The PostgreSQL to run on; its role owns nothing. Without it a server of our own runs in `data_dir`."""
    migration_url: SecretStr | None = None
    """The role that owns the tables; only `migrate` and the commands that set things up use it."""
    app_role: str = "jaboti_app"
    """The role to which `migrate` gives access."""
    redis_url: SecretStr | None = None
    """What several processes on one database hear one another by; without it there may be one process only."""
    data_dir: Path = Path(".jaboti")
    """Where the server of our own keeps its data, and its keys."""
    media_dir: Path | None = None
    """Where files are kept; processes on one database share it. Without it, `media` in `data_dir`."""
    media_bucket: str | None = None
    """The bucket of S3, or of what speaks like it, where files are kept instead."""
    media_bucket_region: str = "sa-east-1"
    """Where it is."""
    media_bucket_endpoint: str | None = None
    """Who keeps it, such as https://objects.example; without it, AWS."""
    media_bucket_key_id: str | None = None
    """Whose it is; without it, the machine's own role, or the usual variables of AWS."""
    media_bucket_secret: SecretStr | None = None
    """The secret that goes with it."""

    host: str = "127.0.0.1"
    """The address that is served."""
    port: int = 8000
    """The port; 0 takes a free one."""
    public_url: str | None = None
    """Where platforms reach us, such as https://jaboti.example: the address that is given to them for webhooks."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """What is logged: JSON lines on standard error."""
    allowed_origins: Origins = ()
    """Origins of browsers that may call us and open a WebSocket, with commas; the server's own always may."""
    allowed_hosts: Hosts = ()
    """Hosts of platforms, as `host` or `host:port`, that may be called in clear, and at private addresses."""

    token_keys: KeyRing = {}
    """Keys of access tokens as `id:base64,...`, 32 bytes each; the first signs. Needed beside `database_url`."""
    vault_keys: KeyRing = {}
    """Keys that seal credentials and the audit log, in the same form; those that sealed something must stay."""
    password_memory_kib: int = 47104
    """What hashing a password costs: the memory of argon2id."""

    trusted_proxies: Origins = ()
    """Addresses and networks whose X-Forwarded-For and X-Forwarded-Proto are believed."""
    metrics_port: int | None = None
    """Where /metrics is served instead of on the public port, on loopback."""
    connections: int = 20_000
    """Beyond so many at once, others are told to come back (503)."""
    head_seconds: float = 10.0
    """How long a request's head may take to come in."""
    body_seconds: float = 30.0
    """How long its body may; a large one has longer."""
    requests_per_minute: int = 1200
    """Of each user; 0: as many as they like."""
    sign_ins_per_minute: int = 60
    """Of each network address, for what is asked without a token; 0: as many as they like."""

    meta_app_secret: SecretStr | None = None
    """The secret of one Meta app that several companies share, for /webhooks/cloudapi."""
    meta_verify_token: SecretStr | None = None
    """The token by which Meta verifies that webhook."""

    pool_size: int = 6
    """Connections to PostgreSQL for requests."""
    queue_pool_size: int = 4
    """Connections for the workers."""
    drains: int = 2
    """Batches of inbound items that are worked on at once."""
    deliveries: int = 128
    """Messages that are on their way to platforms at once."""
    downloads: int = 4
    """Files that are fetched from platforms at once."""
    unsure_after: float = 90.0
    """How long the platform's own word is waited for, when nobody knows whether it took a message."""
    give_up_after: float = 86400.0
    """How old a message may become before it has gone out; then it fails."""
    retry_first: float = 1.0
    """How long an inbound item waits for what it depends on, at first; each time twice as long."""
    patience: int = 6
    """How often it waits."""
    silence: float = 900.0
    """A platform that can be asked, and told us nothing for so long, is asked what it has had."""
    housekeeping: float = 86400.0
    """How often what is too old goes, of each company; 0: never by itself (`jaboti retention run`)."""
    session_days: Annotated[int, Field(ge=31)] = 183
    """For how many days it is kept who signed in from where, counted from the last use (Brazil asks for six months)."""
    presence_grace: float = 10.0
    """How long an attendant without a connection still counts as online."""
    drain_grace: float = 10.0
    """How long a stopping server waits for what it has begun."""

    @model_validator(mode="after")
    def _keys_beside_a_database(self) -> Self:
        if self.database_url is not None and not (self.token_keys and self.vault_keys):
            raise ValueError("with JABOTI_DATABASE_URL, JABOTI_TOKEN_KEYS and JABOTI_VAULT_KEYS must be given")
        return self

    @property
    def media_directory(self) -> Path:
        """Where files are kept."""
        return self.media_dir or self.data_dir / "media"

    def with_keys(self) -> "Settings":
        """The same with keys: those of `data_dir/keys.json`, made at the first start, where none are given."""
        if self.token_keys and self.vault_keys:
            return self
        kept = _kept_keys(self.data_dir / "keys.json")
        return self.model_copy(
            update={"token_keys": self.token_keys or kept["token"], "vault_keys": self.vault_keys or kept["vault"]}
        )


def _kept_keys(path: Path) -> dict[str, dict[str, bytes]]:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = {use: {"first": base64.b64encode(secrets.token_bytes(32)).decode()} for use in ("token", "vault")}
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(fresh, file)
    rings: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return {use: {name: base64.b64decode(key) for name, key in ring.items()} for use, ring in rings.items()}
