"""How a repository is reached: variables and options of the user, as properties that Java understands."""

from __future__ import annotations

import pytest
from glue_endpoint.spark.ivy import network_properties

NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
OPTIONS = "spark.driver.extraJavaOptions"


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*NAMES, *map(str.upper, NAMES), "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"):
        monkeypatch.delenv(name, raising=False)


def test_nothing_said_is_nothing_set() -> None:
    assert network_properties({}) == {}
    assert network_properties({OPTIONS: "-Xmx1g -Dmy.own=1"}) == {}


def test_proxies_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:p%40ss@proxy.example:3128")
    monkeypatch.setenv("http_proxy", "other.example")
    monkeypatch.setenv("NO_PROXY", "inside.example, .corp.example")
    assert network_properties({}) == {
        "http.proxyHost": "other.example",
        "http.proxyPort": "80",
        "https.proxyHost": "proxy.example",
        "https.proxyPort": "3128",
        "http.proxyUser": "me",
        "http.proxyPassword": "p@ss",
        "jdk.http.auth.tunneling.disabledSchemes": "",
        "http.nonProxyHosts": "localhost|127.*|[::1]|inside.example|*.inside.example|corp.example|*.corp.example",
    }


def test_no_proxy_for_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "*")
    assert network_properties({}) == {}


def test_javas_own_properties_win(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv(
        "JAVA_TOOL_OPTIONS", "-Dhttps.proxyHost=of-java -Djavax.net.ssl.trustStore='/a b/store'"
    )
    found = network_properties({OPTIONS: "-ea -Dhttps.proxyHost=of-spark -Dhttps.proxyPort=1"})
    assert found["http.proxyHost"] == "proxy.example"
    assert (found["https.proxyHost"], found["https.proxyPort"]) == ("of-spark", "1")
    assert found["javax.net.ssl.trustStore"] == "/a b/store"
