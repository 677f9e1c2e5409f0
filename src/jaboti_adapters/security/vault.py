"""Secrets at rest: AES-256-GCM (NIST SP 800-38D) with a data key of its own for each value.

A sealed value is: format, length and id of the key-encryption key, the data key wrapped by it, the ciphertext; each
with its 96-bit nonce. Company and place are associated data of both, so that it opens nowhere else.
"""

import os
from collections.abc import Mapping

from attrs import field, frozen
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from jaboti_domain.integration.model import Secret
from jaboti_domain.integration.ports.channels import Vault
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.ids import CompanyId

FORMAT = b"\x01"
NONCE = 12
WRAPPED = NONCE + 32 + 16


def _fit(instance: object, attribute: object, keys: Mapping[str, bytes]) -> None:
    if not keys or any(len(key) != 32 for key in keys.values()):
        raise ValueError("vault keys have exactly 256 bits, and there must be one")


@frozen
class AesVault(Vault):
    """Seals with the first key-encryption key, opens with whichever the value names."""

    _keys: Mapping[str, bytes] = field(validator=_fit, repr=False)

    def seal(self, secret: Secret, *, company_id: CompanyId, place: str) -> bytes:
        key_id, key = next(iter(self._keys.items()))
        context, data_key = _context(company_id, place), AESGCM.generate_key(256)
        name = key_id.encode()
        wrapped = _encrypt(key, data_key, context + name)
        return FORMAT + bytes([len(name)]) + name + wrapped + _encrypt(data_key, secret.reveal().encode(), context)

    def open(self, sealed: bytes, *, company_id: CompanyId, place: str) -> Secret:
        context = _context(company_id, place)
        try:
            end = 2 + sealed[1]
            name, wrapped = sealed[2:end], sealed[end : end + WRAPPED]
            data_key = _decrypt(self._keys[name.decode()], wrapped, context + name)
            return Secret(_decrypt(data_key, sealed[end + WRAPPED :], context).decode())
        except (InvalidTag, KeyError, IndexError, ValueError) as error:
            raise Unavailable(what="vault") from error


def _context(company_id: CompanyId, place: str) -> bytes:
    return company_id.bytes + place.encode()


def _encrypt(key: bytes, plain: bytes, context: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, context)


def _decrypt(key: bytes, sealed: bytes, context: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], context)
