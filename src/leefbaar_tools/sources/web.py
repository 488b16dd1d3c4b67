"""Asking a web service for JSON: patient with the network, strict on what comes back.

urllib3, because it is well kept and trusts the certificates of the system itself: on an office
network those include the one of the firm's own gateway. Its retries stop at the headers of a
reply, and most of what goes wrong here goes wrong after them (a connection dropped halfway,
JSON that is cut off), so the loop around a whole reply stands here.
"""

import hashlib
import json
import re
import shutil
import time
import urllib.parse
import urllib.request
from pathlib import Path

from ..files import replacing
from .tables import SourceError

# A page of 100 000 cells is some 15 MB.
MAX_REPLY = 100_000_000
MAX_PAGES = 200
# The longest a server may ask us to wait, and a whole reply may take.
MAX_WAIT = 60
# A service that is there says so soon; an answer from a table of millions of rows may take a while.
MAX_CONNECT = 15
MAX_SECONDS = 300
# Pages of a download that was broken off are of use for a day; after that the table may differ.
FRESH_SECONDS = 24 * 3600
AGAIN = (408, 425, 429, 500, 502, 503, 504)
# What may be half a character, which cannot be written.
HALF = re.compile(rb"\\u[dD]|\xed")
# Names under which one service knows itself: its replies still link to the old one.
ALIASES = {"datasets.cbs.nl": {"odata4.cbs.nl"}}


class WebError(SourceError):
    """A service that does not give what was asked; Dutch.

    Attributes
    ----------
    network : bool
        Whether it is the connection, so that what came in before is still good.
    down : bool
        Whether the service cannot be reached at all: asking something else will not help.
    answered : bool
        Whether the service said no, so that the same can be asked in another way.
    unknown : bool
        Whether the service does not have it at all.
    """

    def __init__(
        self,
        message: str,
        *,
        network: bool = False,
        down: bool = False,
        answered: bool = False,
        unknown: bool = False,
    ):
        super().__init__(message)
        self.network = network
        self.down = down
        self.answered = answered or not network
        self.unknown = unknown


class _AgainError(Exception):
    """Worth another try."""

    def __init__(
        self,
        message: str,
        wait: float | None = None,
        *,
        down: bool = False,
        answered: bool = False,
    ):
        super().__init__(message)
        self.wait = wait
        self.down = down
        self.answered = answered


class Client:
    """Asks, with time-outs and retries.

    Parameters
    ----------
    timeout : float
        Seconds to wait for a connection, and for each next part of a reply.
    tries : int
        How often one address is asked.
    pause : float
        Seconds before the second try; doubles with each next one.
    limit : int
        Largest reply in bytes, unpacked.
    """

    def __init__(
        self, *, timeout: float = 60, tries: int = 4, pause: float = 1, limit: int = MAX_REPLY
    ):
        self.timeout = timeout
        self.tries = tries
        self.pause = pause
        self.limit = limit
        self._pools: dict[str, object] = {}
        self._down: dict[str, str] = {}

    def json(self, url: str) -> tuple[dict, bytes]:
        """Return a reply as JSON and as it came; `WebError` when there is no good one."""
        return self._patient(url, _json)

    def text(self, url: str) -> str:
        """Return a reply that is XML (a list of layers) as text."""
        return self._patient(url, _xml)

    def count(self, url: str) -> int | None:
        """Return a number that a service may give; None when it does not."""
        try:
            body, _ = self._once(url)
        except (WebError, _AgainError):
            return None
        return whole_number(body.decode("utf-8", "replace").strip("\ufeff \r\n"))

    def _patient(self, url: str, check):
        host = _host(url)
        if host in self._down:
            raise WebError(self._down[host], network=True, down=True)
        for attempt in range(1, self.tries + 1):
            try:
                return check(*self._once(url), host)
            except _AgainError as error:
                again = error
            if attempt < self.tries:
                wait = self.pause * 2 ** (attempt - 1) if again.wait is None else again.wait
                time.sleep(min(wait, MAX_WAIT))
        message = f"{again} Ik heb het {self.tries} keer geprobeerd."
        if again.down:
            self._down[host] = message
        raise WebError(message, network=True, down=again.down, answered=again.answered)

    def _once(self, url: str) -> tuple[bytes, str]:
        """Return body and content type of one reply with status 200."""
        import urllib3
        from urllib3 import exceptions as wrong

        host = _host(url)
        try:
            reply = self._pool(url).request(
                "GET",
                url,
                headers={
                    "Accept": "application/json, application/xml;q=0.5",
                    "Accept-Encoding": "gzip",
                    "User-Agent": "leefbaar-tools",
                },
                timeout=urllib3.Timeout(connect=min(self.timeout, MAX_CONNECT), read=self.timeout),
                retries=False,
                redirect=False,
                preload_content=False,
            )
            try:
                if reply.status != 200:
                    raise _refusal(reply.status, host, _asked_wait(reply))
                body = self._body(reply, host)
            except BaseException:
                reply.close()
                raise
            reply.release_conn()
            return body, reply.headers.get("Content-Type", "")
        except wrong.LocationValueError as error:  # our own addresses are fine
            raise _bad_proxy() from error
        except wrong.SSLError as error:
            raise WebError(
                f"Er komt geen veilige verbinding met {host} tot stand. Misschien houdt je netwerk "
                "dit tegen: vraag het je beheerder.",
                network=True,
                down=True,
            ) from error
        except (wrong.NewConnectionError, wrong.ConnectTimeoutError, wrong.ProxyError) as error:
            raise _AgainError(
                f"Er is geen verbinding met {host}. Kijk of het internet werkt.", down=True
            ) from error
        except wrong.TimeoutError as error:
            raise _AgainError(f"{host} antwoordt niet op tijd.") from error
        except (wrong.HTTPError, OSError) as error:
            raise _AgainError(f"De verbinding met {host} brak af.") from error

    def _body(self, reply, host: str) -> bytes:
        parts, size, end = [], 0, time.monotonic() + MAX_SECONDS
        # What is there, however little: who waits for more does not see how slow it comes.
        while part := reply.read1(1 << 16):
            size += len(part)
            if size > self.limit:
                raise WebError(f"{host} stuurt veel meer dan waar ik om vroeg. Ik ben gestopt.")
            if time.monotonic() > end:
                raise _AgainError(f"{host} antwoordt niet op tijd.")
            parts.append(part)
        return b"".join(parts)

    def _pool(self, url: str):
        """Return the connections for an address, through the proxy that the system names."""
        proxy = _proxy(url)
        if proxy not in self._pools:
            try:
                self._pools[proxy] = _new_pool(proxy)
            except ValueError as error:
                raise _bad_proxy() from error
        return self._pools[proxy]


def _proxy(url: str) -> str:
    """Return the address of the proxy for an address; empty for none."""
    parts = urllib.parse.urlsplit(url)
    host = parts.hostname or ""
    if host in ("localhost", "127.0.0.1") or urllib.request.proxy_bypass(host):
        return ""
    known = urllib.request.getproxies()
    proxy = known.get(parts.scheme) or known.get("all") or ""
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy  # as other programs read it


def _new_pool(proxy: str):
    import urllib3

    if not proxy:
        return urllib3.PoolManager()
    user = urllib.parse.urlsplit(proxy).netloc.rpartition("@")[0]
    known_as = urllib3.make_headers(proxy_basic_auth=urllib.parse.unquote(user) or None)
    return urllib3.ProxyManager(proxy, proxy_headers=known_as)


def _bad_proxy() -> WebError:
    return WebError(
        "Je computer gebruikt een proxy die ik niet begrijp. Vraag je beheerder om hulp.",
        network=True,
        down=True,
    )


def _host(url: str) -> str:
    return urllib.parse.urlsplit(url).netloc.rpartition("@")[2]


def _asked_wait(reply) -> float | None:
    """Return how long a server asks us to wait; None when it does not say so in a known way."""
    import urllib3

    try:
        return urllib3.Retry().get_retry_after(reply)
    except (urllib3.exceptions.HTTPError, ValueError, OverflowError):
        return None


def _refusal(status: int, host: str, wait: float | None) -> Exception:
    if status in AGAIN:
        # CBS also says 500 to a question that it does not support.
        answered = status == 500
        return _AgainError(f"{host} heeft een storing ({status}).", wait, answered=answered)
    if status in (401, 403, 407, 511):
        return WebError(
            f"{host} weigert dit ({status}). Misschien houdt je netwerk het tegen: vraag het je "
            "beheerder."
        )
    if 300 <= status < 400:
        return _log_in(f"{host} stuurt me door naar een andere pagina ({status}).")
    if status in (404, 410):
        return WebError(f"{host} heeft dit niet ({status}).", unknown=True)
    return WebError(f"{host} begrijpt mijn vraag niet ({status}).")


def _start(body: bytes) -> str:
    return body[:2000].decode("utf-8", "replace").lstrip("\ufeff \t\r\n").lower()


def _json(body: bytes, kind: str, host: str) -> tuple[dict, bytes]:
    """Return JSON, checked; a service may also say 200 and mean something else."""
    start = _start(body)
    if not start:
        raise _AgainError(f"{host} stuurt een leeg antwoord.")
    _no_page(start, kind, host)
    if start.startswith("<"):
        raise WebError(f"{host} geeft een foutmelding: “{_said(body)}”.")
    try:
        data = json.loads(body)
        if HALF.search(body):
            json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise _AgainError(f"Het antwoord van {host} is niet heel.") from error
    if not isinstance(data, dict):
        raise WebError(f"{host} stuurt iets wat ik niet ken.")
    for key in ("odata.error", "error", "exceptions"):
        if key in data:
            raise WebError(f"{host} geeft een foutmelding: “{str(data[key])[:200]}”.")
    return data, body


def _xml(body: bytes, kind: str, host: str) -> str:
    start = _start(body)
    if not start:
        raise _AgainError(f"{host} stuurt een leeg antwoord.")
    _no_page(start, kind, host)
    if not start.startswith("<"):
        raise WebError(f"{host} stuurt iets wat ik niet ken.")
    if "exceptionreport" in start:
        raise WebError(f"{host} geeft een foutmelding: “{_said(body)}”.")
    text = body.decode("utf-8", "replace").rstrip()
    if not text.endswith("Capabilities>"):
        raise _AgainError(f"Het antwoord van {host} is niet heel.")
    return text


def _no_page(start: str, kind: str, host: str) -> None:
    if "html" in kind.lower() or start.startswith(("<!doctype html", "<html", "<head", "<body")):
        raise _log_in(f"{host} stuurt een webpagina in plaats van cijfers.")


def _log_in(what: str) -> WebError:
    """Return the error for what is probably not of the service but of the network in between."""
    return WebError(
        f"{what} Misschien moet je je eerst aanmelden op het netwerk.", network=True, answered=True
    )


def _said(body: bytes) -> str:
    """Return the words in an XML message, for a person who has to pass them on."""
    text = re.sub(r"<[^>]*>", " ", body[:4000].decode("utf-8", "replace"))
    return re.sub(r"\s+", " ", text).strip()[:200]


class Pages:
    """Replies that came in, kept until a download is complete: a file per page.

    Parameters
    ----------
    client : Client
    folder : path
        Of this download alone.
    """

    def __init__(self, client: Client, folder):
        self.client = client
        self.folder = Path(folder)

    def json(self, url: str) -> dict:
        """Return a reply, of this time or of a time before that was broken off."""
        path = self.folder / f"{hashlib.sha256(url.encode()).hexdigest()[:20]}.json"
        try:
            if time.time() - path.stat().st_mtime < FRESH_SECONDS:
                return json.loads(path.read_bytes())
        except (OSError, ValueError):
            pass
        data, body = self.client.json(url)
        self.write(path.name, body)
        return data

    def write(self, name: str, body: bytes) -> Path:
        """Write a file in one step, so that half a page never counts as one."""
        path = self.folder / name
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with replacing(path) as part:
                part.write_bytes(body)
        except OSError as error:
            raise SourceError(
                f"Ik kan niets bewaren in {self.folder}. Kijk of de schijf vol is."
            ) from error
        return path

    def clear(self) -> None:
        """Remove all pages."""
        shutil.rmtree(self.folder, ignore_errors=True)


def whole_number(value) -> int | None:
    """Return a count of a service, which may be text; None for anything else."""
    return int(value) if re.fullmatch(r"\d{1,12}", str(value), re.ASCII) else None


def next_page(url: str, link) -> str:
    """Return the address of the next page; `WebError` when it is none, or at another service."""
    try:
        here, there = (urllib.parse.urlsplit(one) for one in (url, urllib.parse.urljoin(url, link)))
        there_port = there.port
    except (ValueError, TypeError, AttributeError) as error:
        raise WebError(
            f"{_host(url)} verwijst voor de rest naar iets wat geen adres is."
        ) from error
    if here.scheme == "https" and there.scheme == "http":  # some services forget their own s
        there = there._replace(scheme="https")
    own = (there.hostname, there_port) == (here.hostname, here.port)
    known = there.hostname in ALIASES.get(here.hostname or "", ()) and there_port is None
    if there.scheme != here.scheme or not (own or known):
        raise WebError(
            f"{_host(url)} verwijst voor de rest naar een ander adres ({there.hostname}). Dat "
            "volg ik niet."
        )
    return there.geturl()
