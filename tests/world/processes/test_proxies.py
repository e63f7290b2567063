"""The configurations for nginx and Caddy that we give away, in a real nginx and a real Caddy on loopback."""

import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from common.wire.events import EVENTS_PATH
from tests.helpers.event_stream import EventStream
from tests.helpers.real_hub import RealHub
from tests.shape.source import ROOT
from tests.world.processes.commands import PATIENCE_S, environment
from tests.world.processes.conftest import NewTill
from tests.world.processes.server_process import ServerProcess

GIVEN = ROOT / "packaging" / "server"
CERTIFICATE = ROOT / "tests" / "desktop" / "sync" / "certificates" / "valid.pem"

PATH = f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin"
NGINX = """
daemon off;
pid {here}/nginx.pid;
error_log {here}/nginx.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {here}/body;
    proxy_temp_path {here}/proxy;
    fastcgi_temp_path {here}/fastcgi;
    uwsgi_temp_path {here}/uwsgi;
    scgi_temp_path {here}/scgi;
{site}
}}
"""
CADDY = """
{{
	admin off
	grace_period 100ms
	auto_https disable_redirects
	storage file_system {here}
	log {{
		output file {here}/caddy.log
	}}
}}
{site}
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def changed(text: str, *pairs: tuple[str, str]) -> str:
    """The given file with what is ours here; each must be there, or this would try something else."""
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


def nginx(here: Path, upstream: str, port: int) -> list[str]:
    letsencrypt = "/etc/letsencrypt/live/stamps.example"
    site = changed(
        (GIVEN / "nginx.conf").read_text(),
        ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("    listen [::]:80;\n", ""),
        ("    listen [::]:443 ssl;\n", ""),
        (f"{letsencrypt}/fullchain.pem", str(CERTIFICATE)),
        (f"{letsencrypt}/privkey.pem", str(CERTIFICATE)),
        ("127.0.0.1:8460", upstream),
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    (here / "nginx.conf").write_text(user + NGINX.format(here=here, site=site))
    return ["nginx", "-p", str(here), "-e", str(here / "nginx.log"), "-c", str(here / "nginx.conf")]


def caddy(here: Path, upstream: str, port: int) -> list[str]:
    site = changed(
        (GIVEN / "Caddyfile").read_text(),
        ("stamps.example {", f"https://127.0.0.1:{port} {{\n\ttls {CERTIFICATE} {CERTIFICATE}"),
        ("127.0.0.1:8460", upstream),
    )
    (here / "Caddyfile").write_text(CADDY.format(here=here, site=site))
    return ["caddy", "run", "--config", str(here / "Caddyfile"), "--adapter", "caddyfile"]


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[ServerProcess]:
    """The server, told as the configurations say."""
    settings = environment(
        TILLSTAMP_DATABASE_URL=database_url,
        TILLSTAMP_DATA_DIR=str(tmp_path / "server"),
        TILLSTAMP_TRUSTED_PROXIES="127.0.0.1, ::1",
    )
    with ServerProcess(settings, tmp_path / "server.log") as server:
        yield server


@pytest.fixture(params=[nginx, caddy], ids=["nginx", "caddy"])
def proxy(
    request: pytest.FixtureRequest, server: ServerProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[int]:
    """The port of a proxy in front of the server, which answers."""
    port = free_port()
    configure: Callable[[Path, str, int], list[str]] = request.param
    program, *words = configure(tmp_path, server.url.removeprefix("http://"), port)
    found = shutil.which(program, path=PATH)
    if found is None:
        pytest.skip(f"{program} is not installed")
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    process = subprocess.Popen(
        [found, *words],
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env={"HOME": str(tmp_path), "PATH": PATH},
    )
    try:
        wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError(f"{process.args!r} does not listen")


def ask(port: int, method: str, path: str, body: object = None, *, sender: str = "127.0.0.1", **headers: str) -> int:
    """The status of an answer to one who asks from `sender`."""
    line = connect(port, sender)
    try:
        line.request(method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"} | headers)
        return line.getresponse().status
    finally:
        line.close()


def connect(port: int, sender: str = "127.0.0.1") -> http.client.HTTPSConnection:
    context = ssl.create_default_context(cafile=CERTIFICATE)
    return http.client.HTTPSConnection(
        "127.0.0.1", port, timeout=PATIENCE_S, context=context, source_address=(sender, 0)
    )


def test_a_till_sells_through_it_and_is_woken(proxy: int, shop: RealHub, new_till: NewTill) -> None:
    shop.open_shop()
    enrolment = {"code": shop.code("listener"), "app_version": "0.1.0", "protocol": 1}
    line = connect(proxy)
    line.request("POST", "/v1/tills/enrol", json.dumps(enrolment), {"Content-Type": "application/json"})
    token = json.load(line.getresponse())["token"]
    line.request("GET", EVENTS_PATH, headers={"Authorization": f"Bearer {token}"})
    stream = EventStream(line.getresponse())
    before = stream.next()
    assert before is not None

    till = new_till(url=f"https://127.0.0.1:{proxy}")
    as_ben = ("--staff", "Ben", "--json")
    number = till("new-card", *as_ben, pin="1357").json["card_number"]
    assert till("stamp", number, *as_ben, pin="1357").json["stamp_count"] == 1
    assert till("sync", "--json").json["waiting"] == 0
    # A proxy that gathers what it passes on would keep a few bytes for ever.
    woken = stream.next()
    assert woken is not None
    assert woken > before
    stream.answer.close()
    line.close()


def test_each_sender_is_counted_for_itself_whatever_it_claims(proxy: int, shop: RealHub) -> None:
    shop.open_shop()
    wrong = {"code": "K7QF-2M9D", "app_version": "0.1.0", "protocol": 1}
    for attempt in range(10):
        claimed = f"192.0.2.{attempt}"
        assert ask(proxy, "POST", "/v1/tills/enrol", wrong, sender="127.0.0.2", **{"X-Forwarded-For": claimed}) == 401
    assert ask(proxy, "POST", "/v1/tills/enrol", wrong, sender="127.0.0.2") == 429
    assert ask(proxy, "POST", "/v1/tills/enrol", wrong, sender="127.0.0.3") == 401


def test_what_is_for_the_inside_stays_there_and_refusals_are_the_servers_own(proxy: int, server: ServerProcess) -> None:
    for path in ("/metrics", "/healthz", "/readyz", "/openapi.json"):
        assert ask(proxy, "GET", path) == 404
    line = connect(proxy)
    line.request("POST", "/v1/tills/enrol", json.dumps("x" * 1_500_000), {"Content-Type": "application/json"})
    answer = line.getresponse()
    assert (answer.status, answer.headers.get_content_type()) == (413, "application/problem+json")
    answer.close()
    line.close()
