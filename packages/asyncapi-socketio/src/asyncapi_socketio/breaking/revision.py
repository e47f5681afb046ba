"""The two contracts that are compared, each with its document, and what differs between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from ..asyncapi.contract import Contract, Message, Namespace, Operation
from ..asyncapi.document import Document
from ..asyncapi.index import payload_address
from ..jsonschema.counterexamples import Example
from ..jsonschema.references import Address
from ..reporting.finding import Severity

Key: TypeAlias = tuple[str, str, str]
"""What an operation is matched by: its direction, the path of its namespace, and its event."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; `removed` says that its address is in the old document.

    `details` say who breaks and why, and show it; `example` is the value, None without one.
    """

    rule: str
    severity: Severity
    address: Address
    problem: str
    details: tuple[str, ...] = ()
    removed: bool = False
    example: Example | None = None


@dataclass(frozen=True)
class Revision:
    """One of the two contracts, with its document."""

    contract: Contract
    document: Document

    def schema_address(self, name: str) -> Address:
        """Return where a schema of the contract stands in its document."""
        return self.contract.addresses.get(name, ())

    def payload_address(self, message: Message) -> Address:
        """Return where a message has its payload, or is without one."""
        return payload_address(self.document, message.address) or message.address

    def operations(self) -> dict[Key, Operation]:
        """Key what is matched by what it is on the wire."""
        return {
            (kind, item.namespace.path, item.event): item
            for kind, items in (("receive", self.contract.receives), ("send", self.contract.sends))
            for item in items
        }

    def namespaces(self) -> dict[str, Namespace]:
        """Key the namespaces by their paths."""
        return {item.path: item for item in self.contract.namespaces}
