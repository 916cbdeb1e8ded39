"""Where a fetch may lead: what is listed may be internal, what a foreign server writes may not."""

import ipaddress
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from data.errors import SettingsError
from rag.errors import UnreadableDocument
from rag.read.addresses import AddressGuard, reach_of, read_networks
from rag.read.urls import fetch_all


@pytest.mark.parametrize(
    ("address", "reach"),
    [
        *((item, "loopback") for item in ("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1")),
        *((item, "private") for item in ("10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fc00::1")),
        *((item, "special") for item in ("169.254.169.254", "169.254.0.1", "fe80::1", "0.0.0.0", "::", "224.0.0.1")),
        *((item, "special") for item in ("fd00:ec2::254", "100.100.100.200", "168.63.129.16", "255.255.255.255")),
        *((item, "special") for item in ("::ffff:169.254.169.254", "2002:a9fe:a9fe::1")),
        *((item, "public") for item in ("93.184.216.34", "2606:2800:220:1::1")),
    ],
)
def test_each_address_is_known_for_who_can_be_reached_there(address, reach):
    assert reach_of(ipaddress.ip_address(address)) == reach


INTERNAL = ["127.0.0.1", "10.0.0.5", "169.254.169.254", "0.0.0.0", "::1", "::ffff:10.0.0.5", "fd00:ec2::254"]


@pytest.mark.parametrize("address", INTERNAL)
def test_a_public_page_may_not_redirect_to_an_internal_address(address):
    guard = AddressGuard(resolve=lambda host, port: [address])
    with pytest.raises(UnreadableDocument, match=r"redirects to inner\.example .* no public address"):
        guard.check_redirect("inner.example", 80, frozenset({"public"}))


def test_one_internal_address_among_public_ones_is_enough():
    guard = AddressGuard(resolve=lambda host, port: ["93.184.216.34", "127.0.0.1"])
    with pytest.raises(UnreadableDocument, match="127"):
        guard.check_redirect("both.example", 80, frozenset({"public"}))


def test_what_the_operator_listed_may_be_internal_and_stay_among_its_own():
    guard = AddressGuard(resolve=lambda host, port: ["10.0.0.5"])
    address, listed = guard.check_listed("wiki.corp", 443)
    assert address == guard.check_redirect("sso.corp", 443, listed) == "10.0.0.5"
    for other in ("127.0.0.1", "169.254.169.254"):
        with pytest.raises(UnreadableDocument):
            AddressGuard(resolve=lambda host, port, other=other: [other]).check_redirect("x", 80, listed)
    with pytest.raises(UnreadableDocument, match="no address of a document"):
        AddressGuard(resolve=lambda host, port: ["169.254.169.254"]).check_listed("meta", 80)


def test_networks_that_are_allowed_may_be_led_to():
    guard = AddressGuard(read_networks(["10.0.0.0/8"]), lambda host, port: ["10.0.0.5"])
    assert guard.check_redirect("inner", 80, frozenset({"public"})) == "10.0.0.5"
    with pytest.raises(SettingsError, match="10"):
        read_networks(["10.0.0.1/8"])


@pytest.fixture(scope="module")
def sites():
    """Two servers on loopback: the first redirects to where its path says, the second holds a secret."""
    asked = []

    class Site(BaseHTTPRequestHandler):
        def log_message(self, *arguments):
            """Say nothing."""

        def do_GET(self):
            asked.append((self.headers["Host"], self.path))
            if self.path.startswith("/to/"):
                self.send_response(302)
                self.send_header("Location", self.path.removeprefix("/to/"))
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            self.wfile.write(b"The pier opens at nine.")

    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Site) for _ in range(2)]
    for server in servers:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield asked, [server.server_address[1] for server in servers]
    for server in servers:
        server.shutdown()
        server.server_close()


class Names:
    """Resolves `public.example` to loopback, where the test's server is, and tells the guard it is public."""

    def __init__(self, monkeypatch):
        monkeypatch.setattr("rag.read.addresses.reach_of", self.reach)
        self.calls = []

    def resolve(self, host, port):
        self.calls.append(host)
        return ["127.0.0.1"] if host.endswith(".example") else ["127.0.0.2"]

    def reach(self, address):
        return "public" if str(address) == "127.0.0.1" else "loopback"


@pytest.mark.parametrize("target", ["http://localhost:{port}/a", "http://2130706434:{port}/a", "//127.0.0.2:{port}/a"])
def test_a_page_that_leads_inside_is_refused_by_name_and_nothing_is_asked_there(tmp_path, monkeypatch, sites, target):
    asked, (first, second) = sites
    names = Names(monkeypatch)
    listed = tmp_path / "urls.txt"
    listed.write_text(
        f"http://public.example:{first}/to/{target.format(port=second)}\nhttp://public.example:{first}/a\n"
    )
    asked.clear()
    fetched = fetch_all(listed, tmp_path, guard=AddressGuard(resolve=names.resolve))
    assert [file.source for file in fetched.files] == [f"http://public.example:{first}/a"]
    ((_, reason),) = fetched.failed
    assert "redirects to" in reason and "ingest.allowed_networks" in reason
    assert {host for host, _ in asked} == {f"public.example:{first}"}


def test_the_connection_goes_to_the_address_that_was_checked(tmp_path, monkeypatch, sites):
    asked, (first, second) = sites
    names = Names(monkeypatch)
    listed = tmp_path / "urls.txt"
    listed.write_text(f"http://one.example:{first}/to/http://two.example:{second}/a?b=c\n")
    asked.clear()
    fetched = fetch_all(listed, tmp_path, guard=AddressGuard(resolve=names.resolve))
    assert len(fetched.files) == 1 and names.calls == ["one.example", "two.example"]
    assert [host for host, _ in asked] == [f"one.example:{first}", f"two.example:{second}"]
