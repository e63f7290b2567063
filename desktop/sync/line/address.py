"""The server's address: where a till may send its token to."""

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit


class AddressProblem(StrEnum):
    """Why an address cannot be used."""

    NOT_AN_ADDRESS = "not_an_address"
    PLAIN_HTTP = "plain_http"


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """An `http` or `https` address without a trailing slash; the paths of the protocol are appended to it."""

    url: str


def read_address(text: str, *, allow_plain_http: bool = False) -> ServerAddress | AddressProblem:
    """The address behind `text`.

    Plain HTTP would show the token to anybody on the way, so it is taken for this machine itself only, unless
    `allow_plain_http`. User names, queries and fragments are no part of an address.
    """
    try:
        parts = urlsplit(text.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        return AddressProblem.NOT_AN_ADDRESS
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment or "@" in parts.netloc:
        return AddressProblem.NOT_AN_ADDRESS
    if any(character.isspace() for character in parts.netloc + parts.path):
        return AddressProblem.NOT_AN_ADDRESS
    if parts.scheme == "http" and not allow_plain_http and not _is_loopback(host):
        return AddressProblem.PLAIN_HTTP
    return ServerAddress(f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
