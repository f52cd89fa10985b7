"""The one door out, tried on a real TLS server and every disguise of a forbidden address."""

import datetime
import gzip
import http.server
import ipaddress
import socket
import ssl
import threading
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from credentials.fetching import Door, Fetched, FetchFailed, FetchRefused, fetch, is_public, look_up

HOST = "stranger.example"


def make_certificate(subject, key, *, issuer=None, issuer_key=None, authority=False):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(subject)]), critical=False)
        .sign(issuer_key or key, hashes.SHA256())
    )


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """(file of a throw-away authority, file with certificate and key for HOST)."""
    folder = tmp_path_factory.mktemp("certificates")
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = make_certificate("Throw-away authority", authority_key, authority=True)
    certificate = make_certificate(HOST, key, issuer=authority, issuer_key=authority_key)
    pem = serialization.Encoding.PEM
    (folder / "authority.pem").write_bytes(authority.public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "site.pem").write_bytes(certificate.public_bytes(pem) + private)
    return folder / "authority.pem", folder / "site.pem"


class Site(http.server.BaseHTTPRequestHandler):
    """Answers by path; what it was asked for stands in `server.seen`."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append((self.path, dict(self.headers)))
        answer = getattr(self, "answer_" + self.path.strip("/").partition("/")[0].partition("?")[0], None)
        (answer or self.answer_document)()

    def reply(self, status=200, body=b"", **headers):
        self.send_response(status)
        for name, value in {"Content-Length": len(body), **headers}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(body)

    def answer_document(self):
        self.reply(body=b'{"id": "one"}', Content_Type="application/json")

    def answer_redirect(self):
        self.reply(302, Location=self.path.removeprefix("/redirect/"))

    def answer_around(self):
        self.reply(302, Location="/around")

    def answer_hop(self):
        left = int(self.path.rpartition("/")[2])
        self.reply(307, Location=f"/hop/{left - 1}" if left else "/document")

    def answer_gone(self):
        self.reply(410)

    def answer_nowhere(self):
        self.reply(302)

    def answer_bytes(self):
        self.reply(body=b"x" * int(self.path.rpartition("/")[2]))

    def answer_endless(self):
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self._write_until_they_go(b"x" * 10_000, pause=0)

    def answer_chunked(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n")

    def answer_cut(self):
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"half")
        self.close_connection = True

    def answer_packed(self):
        self.reply(body=gzip.compress(b"x" * 1_000), Content_Encoding="gzip")

    def answer_drip(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self._write_until_they_go(b"x", pause=0.05)

    def answer_slowhead(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        self._write_until_they_go(b"X-Slow: 1\r\n", pause=0.05)

    def answer_longhead(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(90):
            self.wfile.write(b"X-Long-%d: " % number + b"y" * 5_000 + b"\r\n")
        self.wfile.write(b"\r\n")

    def answer_nonsense(self):
        self.wfile.write(b"SSH-2.0-Something\r\n\r\n")
        self.close_connection = True

    def _write_until_they_go(self, piece, pause):
        self.close_connection = True
        while not self.server.closing.wait(pause):
            try:
                self.wfile.write(piece)
                self.wfile.flush()
            except OSError:
                return

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def __init__(self, certificate):
        super().__init__(("127.0.0.1", 0), Site)
        self.seen = []
        self.connections = 0
        self.closing = threading.Event()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)

    def get_request(self):
        connection, address = super().get_request()
        self.connections += 1
        connection.settimeout(5)
        return self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, *_):
        pass  # a client that hangs up is what these tests are about


@pytest.fixture
def server(certificates):
    server = Server(certificates[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.closing.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def trusting(certificates):
    return ssl.create_default_context(cafile=certificates[0])


@pytest.fixture
def door(server, trusting):
    """Leads HOST to the server on this machine, which a door of the running site would refuse."""
    return Door(
        resolve=lambda host, port: ["127.0.0.1"],
        allow_private=True,
        ports=frozenset({443, server.server_port}),
        tls_context=trusting,
        all_seconds=5.0,
    )


@pytest.fixture
def get(server, door):
    def get(path="/", **kwargs):
        return fetch(f"https://{HOST}:{server.server_port}{path}", accept="application/json", **kwargs)

    return lambda path="/", **kwargs: get(path, **{"door": door, **kwargs})


def altered(door, **changes):
    return Door(**{name: getattr(door, name) for name in door.__dataclass_fields__} | changes)


def test_a_document_is_fetched_with_nothing_said_but_what_is_needed(server, get):
    fetched = get("/document?a=ö")

    url = f"https://{HOST}:{server.server_port}/document?a=ö"
    assert fetched == Fetched(url, b'{"id": "one"}', "application/json", 200)
    assert server.seen == [
        (
            "/document?a=%C3%B6",
            {
                "Host": f"{HOST}:{server.server_port}",
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                "User-Agent": "Testamur",
                "Connection": "close",
            },
        )
    ]


def test_proxies_of_the_environment_are_not_asked(get, monkeypatch):
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert get("/document").status == 200


def test_an_answer_in_chunks_is_put_together(get):
    assert get("/chunked").body == b"abcdefg"


def test_redirects_are_followed_three_times(server, get):
    assert get("/hop/2").url == f"https://{HOST}:{server.server_port}/document"
    assert [path for path, _ in server.seen] == ["/hop/2", "/hop/1", "/hop/0", "/document"]


@pytest.mark.parametrize("path", ["/hop/3", "/around"])
def test_a_fourth_redirect_is_refused(server, get, path):
    with pytest.raises(FetchRefused, match=r"^The address was redirected more than 3 times\.$"):
        get(path)

    assert len(server.seen) == 4


@pytest.mark.parametrize(
    ("location", "sentence"),
    [
        ("http://stranger.example/", "Only addresses that begin with https:// are fetched."),
        ("file:///etc/passwd", "Only addresses that begin with https:// are fetched."),
        ("https://user@stranger.example/", "An address with a user name or password is not fetched."),
        ("https://stranger.example:8000/", "Port 8000 is not fetched from."),
        ("https://2130706433/", "The address names a computer by an odd number."),
    ],
)
def test_a_redirect_is_checked_like_the_first_address(server, get, location, sentence):
    with pytest.raises(FetchRefused) as refused:
        get("/redirect/" + location)

    assert str(refused.value) == sentence
    assert len(server.seen) == 1


def test_a_redirect_to_a_private_address_reaches_nobody(server, door, certificates, trusting):
    canary = Server(certificates[1])
    public = {HOST: ["93.184.215.14"], "inside.example": ["10.0.0.1"]}

    def connect(address, port, seconds):
        """The public address is played by the server; whatever else is asked for, by the canary."""
        real = server if address == "93.184.215.14" else canary
        return Played(address, socket.create_connection(real.server_address, timeout=seconds))

    outside = altered(
        door,
        allow_private=False,
        resolve=lambda host, port: public[host],
        connect=connect,
    )
    try:
        assert fetch(f"https://{HOST}/document", accept="*/*", door=outside).status == 200
        with pytest.raises(FetchRefused, match=r"^inside\.example is not on the public internet\.$"):
            fetch(f"https://{HOST}/redirect/https://inside.example/secret", accept="*/*", door=outside)
        assert canary.connections == 0
        canary.socket.setblocking(False)
        with pytest.raises(BlockingIOError):
            canary.socket.accept()
    finally:
        canary.server_close()


class Played(socket.socket):
    """A connection to this machine that says it goes to the public address that it plays."""

    def __init__(self, address, real):
        super().__init__(real.family, real.type, real.proto, fileno=real.detach())
        self.address = address

    def getpeername(self):
        return (self.address, 443)


FORBIDDEN_HOSTS = [
    *["127.0.0.1", "127.9.8.7", "127.0.0.1.", "127.1", "127.0.1", "0", "0.0.0.0", "localhost", "LOCALHOST"],
    *["localhost.", "2130706433", "0x7f000001", "0x7F.0.0.1", "0x7f.1", "0177.0.0.1", "017700000001"],
    *["00000177.0.0.1", "127.0.0.0x1", "①②⑦.⓪.⓪.①", "127。0。0。1", "127．0．0．1", "%31%32%37.0.0.1"],
    *["10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.254", "192.168.0.1", "169.254.169.254"],
    *["100.64.0.1", "198.18.0.1", "192.0.0.1", "192.0.0.10", "192.0.2.1", "198.51.100.7", "203.0.113.9"],
    *["192.88.99.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "0.1.2.3"],
    *["[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::127.0.0.1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"],
    *["[::ffff:10.0.0.1]", "[::ffff:169.254.169.254]", "[::ffff:0:127.0.0.1]", "[64:ff9b::7f00:1]"],
    *["[64:ff9b::169.254.169.254]", "[64:ff9b:1::a00:1]", "[2002:7f00:1::]", "[2002:a9fe:a9fe::1]"],
    *["[2001:0:7f00:1::]", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]", "[fe80::1]", "[fe80::1%25eth0]"],
    *["[fc00::1]", "[fd00::1]", "[fec0::1]", "[ff02::1]", "[ff0e::1]", "[2001:db8::1]", "[100::1]"],
    *["[5f00::1]", "[3fff::1]", "[4000::1]", "[2001:10::1]", "[2001:20::1]", "[::ffff:0.0.0.0]"],
]


@pytest.mark.parametrize("host", FORBIDDEN_HOSTS)
def test_an_address_that_is_not_public_is_refused_in_every_form(server, trusting, host):
    connections = []
    real = Door(
        resolve=resolve_here,
        connect=lambda *args: connections.append(args),
        ports=frozenset({server.server_port}),
        tls_context=trusting,
    )

    with pytest.raises(FetchRefused):
        fetch(f"https://{host}:{server.server_port}/secret", accept="*/*", door=real)

    assert (connections, server.connections) == ([], 0)


def resolve_here(host, port):
    """The system's own reading of numbers and of localhost; it asks no name server."""
    assert host == "localhost" or ":" in host or ipaddress.IPv4Address(host)
    return look_up(host, port)


@pytest.mark.parametrize(
    "url",
    [
        "http://stranger.example/",
        "HTTP://stranger.example/",
        "ftp://stranger.example/",
        "file:///etc/passwd",
        "gopher://stranger.example/",
        "data:application/json,{}",
        "javascript:alert(1)",
        "//stranger.example/",
        "stranger.example",
        "/secret",
        "",
        "https://",
        "https:///secret",
        "https:stranger.example",
        "https://user@stranger.example/",
        "https://user:word@stranger.example/",
        "https://8.8.8.8@127.0.0.1/",
        "https://@stranger.example/",
        "https://stranger.example@/",
        "https://stranger.example:0/",
        "https://stranger.example:80/",
        "https://stranger.example:22/",
        "https://stranger.example:8443/",
        "https://stranger.example:99999/",
        "https://stranger.example:4a/",
        "https://stranger.example\\@127.0.0.1/",
        "https://stranger.example\t.org/",
        "https://stranger.example/a b",
        "https://stranger.example/\r\nHost: other.example",
        "https://stranger.example/\u202egpj",
        "https://stranger.example/\x00",
        "https://[::1",
        "https://[stranger.example]/",
        "https://[v1.fe80]/",
        "https://-stranger.example/",
        "https://stran_ger.example/",
        "https://stranger..example/",
        "https://" + "a" * 64 + ".example/",
        "https://stranger.example/" + "a" * 2_000,
    ],
)
def test_a_form_of_address_that_we_do_not_fetch_is_refused_before_any_look_up(url):
    asked = []
    door = Door(resolve=lambda *args: asked.append(args), connect=lambda *args: asked.append(args))

    with pytest.raises(FetchRefused) as refused:
        fetch(url, accept="*/*", door=door)

    assert str(refused.value).endswith(".")
    assert asked == []


@pytest.mark.parametrize(
    "addresses",
    [
        ["93.184.215.14", "127.0.0.1"],
        ["10.0.0.1", "93.184.215.14"],
        ["2606:4700::1111", "::1"],
        ["93.184.215.14", "::ffff:10.0.0.1"],
        ["93.184.215.14", "fe80::1%2"],
        ["93.184.215.14", "not an address"],
    ],
)
def test_one_private_address_among_public_ones_condemns_the_host(addresses):
    connections = []
    door = Door(resolve=lambda *_: addresses, connect=lambda *args: connections.append(args))

    with pytest.raises(FetchRefused, match=r"^rebinding\.example is not on the public internet\.$"):
        fetch("https://rebinding.example/", accept="*/*", door=door)

    assert connections == []


def test_a_host_is_looked_up_once(door, server):
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    once = altered(door, resolve=lambda host, port: answers.pop(0))

    fetch(f"https://{HOST}:{server.server_port}/document", accept="*/*", door=once)

    assert answers == [["10.0.0.1"]]


def test_a_connection_that_leads_elsewhere_is_dropped_before_a_word_is_said(server, door):
    astray = altered(
        door,
        allow_private=False,
        resolve=lambda *_: ["93.184.215.14"],
        connect=lambda address, port, seconds: socket.create_connection(server.server_address, seconds),
    )

    with pytest.raises(FetchRefused, match=r"^stranger\.example led to another address than its own\.$"):
        fetch(f"https://{HOST}/document", accept="*/*", door=astray)

    assert server.seen == []


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "::ffff:8.8.8.8", "2606:4700::1111", "2a00:1450:4001::1"]
)
def test_an_address_of_the_open_internet_is_public(address):
    assert is_public(address)


def test_the_second_address_is_tried_when_the_first_does_not_answer(server, door):
    tried = []

    def connect(address, port, seconds):
        tried.append(address)
        if address == "::1":
            raise ConnectionRefusedError
        return socket.create_connection((address, port), seconds)

    both = altered(door, resolve=lambda *_: ["::1", "127.0.0.1"], connect=connect)

    assert fetch(f"https://{HOST}:{server.server_port}/", accept="*/*", door=both).status == 200
    assert tried == ["::1", "127.0.0.1"]


def refuse_connection(*_):
    raise ConnectionRefusedError


def find_nothing(*_):
    raise socket.gaierror(-2, "Name or service not known")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"connect": refuse_connection}, "stranger.example does not answer."),
        ({"resolve": find_nothing}, "There is no site stranger.example."),
        ({"resolve": lambda *_: []}, "There is no site stranger.example."),
        (
            {"tls_context": ssl.create_default_context()},
            "The certificate of stranger.example cannot be trusted.",
        ),
    ],
)
def test_a_site_that_cannot_be_reached_is_told_in_a_sentence(door, get, changes, sentence):
    with pytest.raises(FetchFailed) as failed:
        get(door=altered(door, **changes))

    assert (str(failed.value), failed.value.status) == (sentence, 0)


def test_a_certificate_for_another_name_is_not_trusted(server, door):
    with pytest.raises(FetchFailed, match=r"^The certificate of other\.example cannot be trusted\.$"):
        fetch(f"https://other.example:{server.server_port}/", accept="*/*", door=door)

    assert server.seen == []


@pytest.mark.parametrize(
    ("path", "sentence", "status"),
    [
        ("/gone", "stranger.example answered with status 410.", 410),
        ("/nowhere", "stranger.example redirects to nowhere.", 302),
        ("/cut", "The answer of stranger.example broke off.", 200),
        ("/packed", "stranger.example sent the answer compressed, which was not asked for.", 200),
        ("/nonsense", "stranger.example gave no answer that can be read.", 0),
        ("/longhead", "The answer is larger than what is read.", 0),
        ("/bytes/1001", "The answer of stranger.example is larger than 1,000 bytes.", 200),
        ("/endless", "The answer of stranger.example is larger than 1,000 bytes.", 200),
    ],
)
def test_an_answer_that_cannot_be_used_is_told_in_a_sentence(get, path, sentence, status):
    with pytest.raises(FetchFailed) as failed:
        get(path, max_bytes=1_000)

    assert (str(failed.value), failed.value.status) == (sentence, status)


def test_an_answer_of_exactly_the_limit_is_taken(get):
    assert len(get("/bytes/1000", max_bytes=1_000).body) == 1_000


@pytest.mark.parametrize("path", ["/drip", "/slowhead"])
def test_an_answer_that_drips_ends_with_the_time_for_all(door, get, path):
    started = time.monotonic()

    with pytest.raises(FetchFailed, match=r"^The site took longer than 0\.5 seconds\.$"):
        get(path, door=altered(door, all_seconds=0.5))

    assert 0.4 < time.monotonic() - started < 1.5


def test_a_site_that_never_shakes_hands_ends_with_the_time_for_all(door, trusting):
    silent = socket.create_server(("127.0.0.1", 0))
    port = silent.getsockname()[1]
    started = time.monotonic()

    with silent, pytest.raises(FetchFailed):
        fetch(
            f"https://{HOST}:{port}/",
            accept="*/*",
            door=altered(door, all_seconds=0.4, ports=frozenset({port})),
        )

    assert time.monotonic() - started < 1.5


def test_a_look_up_that_hangs_ends_with_the_time_for_all(door, get):
    release = threading.Event()

    with pytest.raises(FetchFailed, match=r"^The look-up of stranger\.example took too long\.$"):
        get(door=altered(door, all_seconds=0.2, resolve=lambda *_: release.wait(5) and []))

    release.set()


def test_all_addresses_together_have_the_time_to_connect(door, get):
    given = []

    def hang(address, port, seconds):
        given.append(seconds)
        time.sleep(0.1)
        raise TimeoutError

    slow = altered(door, connect_seconds=0.25, resolve=lambda *_: ["127.0.0.1"] * 9, connect=hang)
    with pytest.raises(FetchFailed, match=r"^stranger\.example does not answer\.$"):
        get(door=slow)

    assert len(given) == 3
    assert given == sorted(given, reverse=True)


def test_the_running_site_goes_out_as_its_settings_say(settings):
    from credentials.fetching import door_from_settings

    settings.FETCHING_EXTRA_PORTS = ["8443"]
    settings.FETCHING_ALLOW_PRIVATE = True
    door = door_from_settings()

    assert (door.ports, door.allow_private) == (frozenset({443, 8443}), True)
    assert (door.connect_seconds, door.all_seconds) == (3.0, 10.0)
    assert (Door().ports, Door().allow_private) == (frozenset({443}), False)
