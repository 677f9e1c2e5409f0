"""Use cases say what they need by the names of their fields; here the names are looked up."""

from collections.abc import Mapping
from typing import Any

import attrs
from dependency_injector import providers

Ports = Mapping[str, providers.Provider[Any]]


def wired(whole: type[Any], ports: Ports) -> providers.Singleton[Any]:
    """A provider of `whole`, and of everything that its fields are made of, each made once.

    A field is given the port of its name, or else an object of its type when that is a use case (an attrs class), or
    else what it is by default. Raises LookupError for a field that is none of these.
    """
    return _Wiring(ports).provider_of(whole)


class _Wiring:
    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._made: dict[type[Any], providers.Singleton[Any]] = {}

    def provider_of(self, kind: type[Any]) -> providers.Singleton[Any]:
        if kind not in self._made:
            self._made[kind] = providers.Singleton(kind, **self._needs(kind))
        return self._made[kind]

    def _needs(self, kind: type[Any]) -> dict[str, providers.Provider[Any]]:
        fields = [field for field in attrs.fields(kind) if field.init]
        found = {_name_of(field): self._found(kind, field) for field in fields}
        return {name: provider for name, provider in found.items() if provider is not None}

    def _found(self, kind: type[Any], field: "attrs.Attribute[Any]") -> providers.Provider[Any] | None:
        if _name_of(field) in self._ports:
            return self._ports[_name_of(field)]
        if field.default is not attrs.NOTHING:
            return None
        if isinstance(field.type, type) and attrs.has(field.type):
            return self.provider_of(field.type)
        raise LookupError(f"{kind.__name__}.{field.name} is neither a port nor a use case")


def _name_of(field: "attrs.Attribute[Any]") -> str:
    return field.alias or field.name
