"""The one door out: fetch a stranger's address without being led anywhere but the open internet.

https only, on allowed ports; the name is resolved once, every address it has must be public, and we connect
to one that was checked; no proxy, no cookie, no credential; redirects by hand, each checked anew; a limit for
the connection, for the whole and for the bytes.
"""

import functools
import http.client
import io
import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urljoin, urlsplit

import dns.exception
import dns.resolver
import idna

CONNECT_SECONDS = 3.0  # for all addresses of one hop together
DNS_SECONDS = 5.0  # for one question to the name servers, asked again included
ALL_SECONDS = 10.0  # from the first look-up to the last byte, redirects included
MOST_REDIRECTS = 3
LONGEST_URL = 2_000  # characters
_MOST_HEADER_BYTES = 65_536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

_SAFE = "/%:@!$&'()*+,;=~-._?"  # what may stand in a path or query as it is

_OPEN_IPV6 = ipaddress.ip_network("2000::/3")  # the only part that is given out; all else is special
# Networks that reach other addresses than they show, or that Python calls global though they are not.
_NOT_OPEN = tuple(
    map(
        ipaddress.ip_network,
        (
            "2001::/23",  # protocol assignments, Teredo (2001::/32) among them
            "2002::/16",  # 6to4
            "3fff::/20",  # documentation
            "192.88.99.0/24",  # 6to4 relays
            "192.0.0.0/24",  # protocol assignments
        ),
    )
)

Resolve = Callable[[str, int], Sequence[str]]
Connect = Callable[[str, int, float], socket.socket]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class FetchRefused(Exception):
    """We do not go there; its text is a sentence that says why."""


class FetchFailed(Exception):
    """We went, and nothing usable came back; its text is a sentence. `status` is 0 without an answer."""

    def __init__(self, sentence: str, *, status: int = 0):
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Fetched:
    """An answer with status 200: the address it came from after redirects, and its bytes."""

    url: str
    body: bytes
    content_type: str
    status: int


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a host, by the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def connect_to(address: str, port: int, seconds: float) -> socket.socket:
    """A connection to an address that is no name any more."""
    return socket.create_connection((address, port), timeout=seconds)


@functools.cache
def system_certificates() -> ssl.SSLContext:
    """TLS that trusts what this machine trusts. Read once: it takes longer than a whole verification."""
    return ssl.create_default_context()


@dataclass(frozen=True)
class Door:
    """How we go out. A test brings its own resolver, its own certificates and its own ports."""

    resolve: Resolve = look_up
    connect: Connect = connect_to
    allow_private: bool = False
    ports: frozenset[int] = frozenset({443})
    tls_context: ssl.SSLContext = field(default_factory=system_certificates)
    connect_seconds: float = CONNECT_SECONDS
    all_seconds: float = ALL_SECONDS
    name_servers: tuple[str, ...] = ()  # whom we ask for records; those of the system if none
    name_server_port: int = 53
    until: float | None = None  # of `for_one_outing`: the monotonic time at which all its fetches are over


def door_from_settings() -> Door:
    """The door of the running site, as FETCHING_EXTRA_PORTS and FETCHING_ALLOW_PRIVATE say."""
    from django.conf import settings

    extra = frozenset(map(int, settings.FETCHING_EXTRA_PORTS))
    private = bool(settings.FETCHING_ALLOW_PRIVATE)
    return Door(allow_private=private, ports=frozenset({443}) | extra)


def for_one_outing(door: Door | None = None) -> Door:
    """A door whose fetches share one `all_seconds`: what a document names is as many sites as it likes."""
    door = door or door_from_settings()
    return door if door.until is not None else replace(door, until=time.monotonic() + door.all_seconds)


def fetch(url: str, *, accept: str, max_bytes: int = 1_000_000, door: Door | None = None) -> Fetched:
    """What a GET of the address answers. Raises FetchRefused or FetchFailed, each with a sentence."""
    door = door or door_from_settings()
    deadline = _Deadline(door.all_seconds, until=door.until)
    for _ in range(MOST_REDIRECTS + 1):
        target = _target(url, door)
        with _open(target, door, deadline) as connection:
            answer = _ask(connection, target, accept, deadline)
            if answer.status not in _REDIRECTS:
                return _fetched(answer, target, max_bytes)
            url = _next_url(answer, target)
    raise FetchRefused(f"The address was redirected more than {MOST_REDIRECTS} times.")


def txt_records(name: str, *, door: Door | None = None) -> list[str]:
    """What the TXT records of a name say, each as one text, sorted. Raises FetchFailed.

    The question goes to our own name servers, never to an address that a stranger chose.
    """
    door = door or door_from_settings()
    seconds = min(DNS_SECONDS, _Deadline(door.all_seconds, until=door.until).left())
    try:
        answer = _name_servers(door).resolve(name, "TXT", search=False, lifetime=seconds)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as trouble:
        raise FetchFailed(f"The name servers gave no answer about {name}.") from trouble
    return sorted(b"".join(record.strings).decode("utf-8", "replace") for record in answer)


def _name_servers(door: Door) -> dns.resolver.Resolver:
    resolver = dns.resolver.Resolver(configure=not door.name_servers)
    if door.name_servers:
        resolver.nameservers, resolver.port = list(door.name_servers), door.name_server_port
    return resolver


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, whatever form it is wrapped in."""
    try:
        ip = _parsed(address)
    except ValueError:
        return False
    if any(ip in network for network in _NOT_OPEN) or (ip.version == 6 and ip not in _OPEN_IPV6):
        return False
    special = ip.is_multicast or ip.is_reserved or ip.is_private or ip.is_loopback or ip.is_link_local
    return ip.is_global and not special and not ip.is_unspecified


class _Deadline:
    """The moment by which everything is over."""

    def __init__(self, seconds: float, *, until: float | None = None):
        self.seconds = seconds
        self.at = time.monotonic() + seconds if until is None else until

    def left(self) -> float:
        """Seconds, more than none. Raises FetchFailed when time is up."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise FetchFailed(f"The site took longer than {self.seconds:g} seconds.")
        return left


@dataclass(frozen=True)
class _Target:
    """An address that passed the check of its form."""

    url: str
    host: str  # ASCII, without brackets
    port: int
    path: str  # with the query, as it is asked for

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == 443 else f"{host}:{self.port}"


def _target(url: str, door: Door) -> _Target:
    if len(url) > LONGEST_URL:
        raise FetchRefused(f"The address is longer than {LONGEST_URL:,} characters.")
    # urlsplit drops tabs and line breaks, and a backslash is a slash to some: what it reads must be what is.
    if any(c.isspace() or not c.isprintable() or c == "\\" for c in url):
        raise FetchRefused("The address has a character that no address has.")
    try:
        parts = urlsplit(url)
        port = 443 if parts.port is None else parts.port
        host = parts.hostname or ""
    except ValueError:
        raise FetchRefused("This is not a web address.") from None
    if parts.scheme != "https":
        raise FetchRefused("Only addresses that begin with https:// are fetched.")
    if "[" in parts.netloc and ":" not in host:
        raise FetchRefused("This is not a web address.")
    if "@" in parts.netloc:
        raise FetchRefused("An address with a user name or password is not fetched.")
    if port not in door.ports:
        raise FetchRefused(f"Port {port} is not fetched from.")
    query = f"?{quote(parts.query, safe=_SAFE)}" if parts.query else ""
    return _Target(url, _host(host), port, quote(parts.path or "/", safe=_SAFE) + query)


def _host(host: str) -> str:
    """The host in ASCII. Numbers that only some read as an address (0x7f.1, 2130706433) go nowhere."""
    if ":" in host:
        try:
            ip = ipaddress.IPv6Address(host)
        except ValueError:
            raise FetchRefused("This is not a web address.") from None
        if ip.scope_id is not None:
            raise FetchRefused("The address is one of a network card, not of a site.")
        return str(ip)
    try:
        name = idna.encode(host, uts46=True, std3_rules=True).decode("ascii").lower().removesuffix(".")
    except idna.IDNAError:
        raise FetchRefused("The address names no site.") from None
    last = name.rpartition(".")[2]
    if last.isdigit() or last.startswith("0x"):
        try:
            return str(ipaddress.IPv4Address(name))
        except ValueError:
            raise FetchRefused("The address names a computer by an odd number.") from None
    return name


def _open(target: _Target, door: Door, deadline: _Deadline) -> ssl.SSLSocket:
    """A connection with TLS to one of the checked addresses of the host."""
    addresses = _checked_addresses(target, door, deadline)
    connecting = _Deadline(min(door.connect_seconds, deadline.left()))
    trouble: OSError | None = None
    for address in addresses:
        try:
            raw = door.connect(address, target.port, _seconds_to_connect(connecting, target))
        except OSError as error:
            trouble = error
            continue
        return _secured(raw, address, target, door, deadline)
    raise FetchFailed(f"{target.host} does not answer.") from trouble


def _seconds_to_connect(connecting: _Deadline, target: _Target) -> float:
    try:
        return connecting.left()
    except FetchFailed:
        raise FetchFailed(f"{target.host} does not answer.") from None


def _checked_addresses(target: _Target, door: Door, deadline: _Deadline) -> list[str]:
    """All addresses of the host, asked for once. One that is not public condemns them all (rebinding)."""
    addresses = _resolved(target, door, deadline)
    if not addresses:
        raise FetchFailed(f"There is no site {target.host}.")
    if not door.allow_private and not all(map(is_public, addresses)):
        raise FetchRefused(f"{target.host} is not on the public internet.")
    return addresses


def _resolved(target: _Target, door: Door, deadline: _Deadline) -> list[str]:
    """The look-up runs in a thread of its own: the system's resolver keeps to no time limit of ours."""
    answers: queue.SimpleQueue[list[str] | OSError | UnicodeError] = queue.SimpleQueue()

    def look() -> None:
        try:
            answers.put(list(door.resolve(target.host, target.port)))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    left = deadline.left()  # when time is up nobody is asked any more
    threading.Thread(target=look, daemon=True).start()
    try:
        answer = answers.get(timeout=left)
    except queue.Empty:
        raise FetchFailed(f"The look-up of {target.host} took too long.") from None
    if isinstance(answer, OSError | UnicodeError):
        raise FetchFailed(f"There is no site {target.host}.") from answer
    return answer


def _secured(
    raw: socket.socket, address: str, target: _Target, door: Door, deadline: _Deadline
) -> ssl.SSLSocket:
    """TLS over a connection that really goes to the address that was checked."""
    try:
        if _parsed(str(raw.getpeername()[0])) != _parsed(address):
            raise FetchRefused(f"{target.host} led to another address than its own.")
        raw.settimeout(deadline.left())
        return door.tls_context.wrap_socket(raw, server_hostname=target.host)
    except ssl.SSLCertVerificationError as error:
        raw.close()
        raise FetchFailed(f"The certificate of {target.host} cannot be trusted.") from error
    except (OSError, ValueError) as error:
        raw.close()
        raise FetchFailed(f"{target.host} does not speak https as it should.") from error
    except (FetchRefused, FetchFailed):
        raw.close()
        raise


class _Stream(io.RawIOBase):
    """The bytes of a connection, each read held to the deadline and all of them to a number of bytes."""

    def __init__(self, connection: ssl.SSLSocket, deadline: _Deadline):
        self._connection = connection
        self._deadline = deadline
        self.bytes_left = _MOST_HEADER_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        self._connection.settimeout(self._deadline.left())
        try:
            got = self._connection.recv_into(memoryview(buffer)[: max(1, min(len(buffer), 16_384))])
        except TimeoutError:
            self._deadline.left()
            raise
        self.bytes_left -= got
        if self.bytes_left < 0:
            raise FetchFailed("The answer is larger than what is read.")
        return got


class _Readable:
    """What http.client asks of a socket."""

    def __init__(self, stream: _Stream):
        self._stream = stream

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._stream)


class _Answer(http.client.HTTPResponse):
    """A response that knows the stream below it, to set how much more may come."""

    def __init__(self, stream: _Stream):
        super().__init__(_Readable(stream), method="GET")  # type: ignore[arg-type]  # it only makes a file of it
        self.stream = stream


def _ask(connection: ssl.SSLSocket, target: _Target, accept: str, deadline: _Deadline) -> _Answer:
    """Send the request and read the head of the answer."""
    request = (
        f"GET {target.path} HTTP/1.1\r\nHost: {target.host_header}\r\nAccept: {accept}\r\n"
        "Accept-Encoding: identity\r\nUser-Agent: Testamur\r\nConnection: close\r\n\r\n"
    )
    answer = _Answer(_Stream(connection, deadline))
    try:
        connection.settimeout(deadline.left())
        connection.sendall(request.encode("ascii"))
        answer.begin()
    except (OSError, http.client.HTTPException) as error:
        deadline.left()
        raise FetchFailed(f"{target.host} gave no answer that can be read.") from error
    return answer


def _next_url(answer: _Answer, target: _Target) -> str:
    location = answer.getheader("Location")
    if not location:
        raise FetchFailed(f"{target.host} redirects to nowhere.", status=answer.status)
    return urljoin(target.url, location)


def _fetched(answer: _Answer, target: _Target, max_bytes: int) -> Fetched:
    if answer.status != 200:
        raise FetchFailed(f"{target.host} answered with status {answer.status}.", status=answer.status)
    if answer.getheader("Content-Encoding", "identity").strip().lower() != "identity":
        raise FetchFailed(f"{target.host} sent the answer compressed, which was not asked for.", status=200)
    body = _body(answer, target, max_bytes)
    return Fetched(target.url, body, answer.getheader("Content-Type", ""), answer.status)


def _body(answer: _Answer, target: _Target, max_bytes: int) -> bytes:
    too_large = FetchFailed(f"The answer of {target.host} is larger than {max_bytes:,} bytes.", status=200)
    if answer.length is not None and answer.length > max_bytes:
        raise too_large
    # Chunks of one byte take six bytes each on the wire; more than that is no honest answer.
    answer.stream.bytes_left = 8 * max_bytes + _MOST_HEADER_BYTES
    try:
        body = answer.read(max_bytes + 1)
    except (OSError, http.client.HTTPException) as error:
        raise FetchFailed(f"The answer of {target.host} broke off.", status=200) from error
    if len(body) > max_bytes:
        raise too_large
    if answer.length:
        raise FetchFailed(f"The answer of {target.host} broke off.", status=200)
    return body


def _parsed(address: str) -> Address:
    """The address itself: without its zone, and out of the IPv6 form of an IPv4 address."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    return mapped if mapped is not None else ip
