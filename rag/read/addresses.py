"""Which addresses a fetch may lead to: what the operator listed may be internal, what a foreign server writes may not.

A page may redirect to this machine, to one of its network, or to the metadata of a cloud. A name may resolve to a
public address when it is checked and to an internal one when it is asked for. So a name is resolved once, its addresses
are checked, and the connection goes to one of them.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from data.errors import SettingsError
from rag.errors import UnreadableDocument

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Reach = Literal["public", "private", "loopback", "special"]
Resolve = Callable[[str, int], Sequence[str]]

_METADATA = frozenset(
    map(ipaddress.ip_address, ("169.254.169.254", "168.63.129.16", "100.100.100.200", "fd00:ec2::254"))
)
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


def resolved(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host, those of numbers included.

    :raises OSError: it has none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(item[4][0]).partition("%")[0] for item in found))


def reach_of(address: Address) -> Reach:
    """Tell who can be reached at an address; "special" are those of the link, of metadata, and of nobody."""
    plain = _plain(address)
    if plain.is_loopback:
        return "loopback"
    if plain in _METADATA or plain.is_link_local or plain.is_unspecified or plain.is_multicast or plain.is_reserved:
        return "special"
    return "public" if plain.is_global else "private"


def _plain(address: Address) -> Address:
    """Return the IPv4 address that is written as one of IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return inner or address
    return address


def read_networks(written: Sequence[str]) -> tuple[Network, ...]:
    """Read networks such as "10.0.0.0/8".

    :raises SettingsError: one is none.
    """
    try:
        return tuple(ipaddress.ip_network(item) for item in written)
    except ValueError as error:
        raise SettingsError(f"ingest.allowed_networks: {error}: write a network like 10.0.0.0/8.") from error


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """Checks where the redirects of one listed URL lead; `allowed` networks may always be asked.

    Behind a proxy, which resolves names itself, a name that cannot be resolved here is taken as it is.
    """

    allowed: tuple[Network, ...] = ()
    resolve: Resolve = resolved
    proxied: bool = False

    def check_listed(self, host: str, port: int) -> tuple[str, frozenset[Reach]]:
        """Return an address of a listed host to connect to, and what its addresses reach.

        :raises UnreadableDocument: it has none, or one of the link, of metadata or of nobody.
        """
        found = self._addresses(host, port)
        for address in found:
            if reach_of(address) == "special" and not self._is_allowed(address):
                raise UnreadableDocument(f"{_told(host, address)}, which is no address of a document.")
        return str(found[0]) if found else host, frozenset(map(reach_of, found))

    def check_redirect(self, host: str, port: int, listed: frozenset[Reach]) -> str:
        """Return an address to connect to after a redirect from a URL that reaches `listed`.

        :raises UnreadableDocument: it has none, or one that a foreign server may not lead to.
        """
        found = self._addresses(host, port)
        for address in found:
            reach = reach_of(address)
            if reach != "public" and (reach == "special" or reach not in listed) and not self._is_allowed(address):
                raise UnreadableDocument(
                    f"the server redirects to {_told(host, address)}, which is no public address: list that URL itself,"
                    " or allow its network in ingest.allowed_networks."
                )
        return str(found[0]) if found else host

    def _addresses(self, host: str, port: int) -> list[Address]:
        try:
            found = [ipaddress.ip_address(item) for item in self.resolve(host, port)]
        except (OSError, ValueError) as error:
            raise UnreadableDocument(
                f"it cannot be fetched ({host}: {error}): check the URL and the network."
            ) from error
        if not found:
            raise UnreadableDocument(f"it cannot be fetched ({host} has no address): check the URL and the network.")
        return found

    def _is_allowed(self, address: Address) -> bool:
        return any(item in network for network in self.allowed for item in (address, _plain(address)))


def _told(host: str, address: Address) -> str:
    return host if host.strip("[]") == str(address) else f"{host} ({address})"
