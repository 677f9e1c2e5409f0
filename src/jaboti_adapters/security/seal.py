"""Seals of the audit log: HMAC-SHA-256 (RFC 2104) with keys derived from those of the vault (HKDF, RFC 5869)."""

import hmac
from collections.abc import Mapping

from attrs import field, frozen
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from jaboti_domain.audit.model import Seal


def _derived(keys: Mapping[str, bytes]) -> dict[bytes, bytes]:
    return {
        key_id.encode(): HKDF(SHA256(), length=32, salt=None, info=b"jaboti audit").derive(key)
        for key_id, key in keys.items()
    }


@frozen
class HmacSeal(Seal):
    """A seal is the id of its key, `:`, and the hash. New ones are made with the first key."""

    _keys: Mapping[bytes, bytes] = field(converter=_derived, repr=False)

    def make(self, text: bytes) -> bytes:
        key_id, key = next(iter(self._keys.items()))
        return key_id + b":" + hmac.digest(key, text, "sha256")

    def fits(self, seal: bytes, text: bytes) -> bool:
        key_id, _, digest = seal.partition(b":")
        key = self._keys.get(key_id)
        return key is not None and hmac.compare_digest(digest, hmac.digest(key, text, "sha256"))
