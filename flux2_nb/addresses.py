"""Which addresses may be reached: any public https host, and the configured base URLs whatever they are.

A provider's answer names the address of the next request. Without this guard, an answer could point us at the machine's
own network; with it, the host is resolved once, every address it has must be public, and that very address is used.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from .errors import BadReply, Unreachable

DEFAULT_PORTS = {"https": 443, "http": 80}

HOLDS_IPV4_AT_ITS_END = (ipaddress.IPv6Network("::/96"), ipaddress.IPv6Network("64:ff9b::/96"))
"""IPv4-compatible addresses (RFC 4291) and those of NAT64 (RFC 6052)."""


@dataclass(frozen=True)
class Target:
    """Where to connect for one address.

    Attributes:
        url: The address to connect to; its host is a checked IP address where one was looked up.
        name: The name on the certificate; empty when the address is used as it is.
        host: The ``Host`` line: the name, with the port where it is not the usual one.
    """

    url: str
    name: str = ""
    host: str = ""


@dataclass(frozen=True)
class Guard:
    """Lets through the configured origins and public https addresses, and nothing else.

    Attributes:
        origins: The configured base URLs.
        finding: How a refusal begins; the address follows.
    """

    origins: tuple[str, ...] = ()
    finding: str = "The provider's answer points to"

    async def check(self, url: str) -> Target:
        """Return where to connect for an address.

        Raises:
            BadReply: When it is not https, not public, or not an address at all.
            Unreachable: When its name cannot be looked up.
        """
        if any(same_origin(url, origin) for origin in self.origins):
            return Target(url)
        parts = _split(url)
        if parts is None or parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
            raise BadReply(f"{self.finding} {_shown(url)}, which is not a public https address.")
        addresses = await _look_up(parts.hostname, parts.port or 443)
        if not all(is_public(address) for address in addresses):
            raise BadReply(f"{self.finding} {_shown(url)}, which is inside a private network.")
        return _pinned(parts, addresses[0])


def same_origin(first: str, second: str) -> bool:
    """Whether two addresses have the same scheme, host and port."""
    return _origin(first) == _origin(second) is not None


def is_public(address: str) -> bool:
    """Whether an IP address is reachable by anyone: not loopback, private, link-local, multicast or reserved."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    checked = _embedded(ip) or ip
    return checked.is_global and not checked.is_multicast


def _embedded(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 address stands for, however it is written."""
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    if any(ip in network for network in HOLDS_IPV4_AT_ITS_END):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


async def _look_up(host: str, port: int) -> Sequence[str]:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # a name with an empty or an endless part is none
        raise Unreachable(f"The address of {host} could not be looked up.", money="maybe") from None
    return [str(entry[4][0]) for entry in found]


def _pinned(parts: SplitResult, address: str) -> Target:
    bracketed = f"[{address}]" if ":" in address else address
    netloc = f"{bracketed}:{parts.port}" if parts.port else bracketed
    return Target(parts._replace(netloc=netloc, fragment="").geturl(), parts.hostname or "", parts.netloc)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises when it is not a number
    except ValueError:
        return None
    return parts


def _origin(url: str) -> tuple[str, str, int] | None:
    parts = _split(url)
    if parts is None or not parts.hostname:
        return None
    return parts.scheme, parts.hostname.lower(), parts.port or DEFAULT_PORTS.get(parts.scheme, 0)


def _shown(url: str) -> str:
    parts = _split(url)
    if parts and parts.hostname:
        return f"{parts.scheme}://{parts.hostname}"
    return f"a {parts.scheme[:20]}: address" if parts and parts.scheme else "something that is no address"
