"""The proxy that QGIS is set to use: the one thing that an installation takes from QGIS itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

from qgis.core import QgsNetworkAccessManager
from qgis.PyQt.QtNetwork import QNetworkProxy


@dataclass(frozen=True)
class Proxy:
    """Its address, with user and password; what of it must not be seen."""

    url: str = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def hide(self, line: str) -> str:
        """A line without the password."""
        for secret in self.secrets:
            line = line.replace(secret, "***")
        return line


def proxy_of_qgis() -> Proxy | None:
    """None where QGIS leaves it to the system, which pip asks by itself. To be called on the main thread."""
    proxy = QgsNetworkAccessManager.instance().fallbackProxy()
    schemes = {
        QNetworkProxy.ProxyType.HttpProxy: "http",
        QNetworkProxy.ProxyType.HttpCachingProxy: "http",
        QNetworkProxy.ProxyType.Socks5Proxy: "socks5h",
    }
    scheme = schemes.get(proxy.type())
    if scheme is None or not proxy.hostName():
        return None
    user, password = proxy.user(), proxy.password()
    who = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user else ""
    secrets = tuple(sorted({password, quote(password, safe="")} - {""}, key=len, reverse=True)) if user else ()
    return Proxy(f"{scheme}://{who}{proxy.hostName()}:{proxy.port() or 8080}", secrets)
