"""What a process listens with, beside a port: TLS, a Unix socket, sockets that systemd opened."""

from __future__ import annotations

import errno
import os
import socket
import ssl
import stat
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import structlog

log = structlog.stdlib.get_logger(__name__)

FIRST = 3
"""The file descriptor of the first socket that was handed over (sd_listen_fds(3))."""


class Certificate:
    """A certificate with its key; `context` is TLS by whichever was last loaded."""

    def __init__(self, certificate: Path, key: Path) -> None:
        """Load both; raises `OSError`, also for what is neither (`ssl.SSLError`)."""
        self._files = (certificate, key)
        self.context = self._loaded()

    def reload(self) -> None:
        """Take what is in the files now for connections to come; what can't be used is logged.

        Connections that are open go on by the certificate that they began with.
        """
        try:
            self._loaded()  # apart, as what fails halfway would leave one without the other
            self.context.load_cert_chain(*self._files, password="")
        except OSError as error:
            reason = error.strerror or type(error).__name__
            log.error("certificate not loaded: the one before stays", reason=reason)
        else:
            log.info("certificate loaded")

    def _loaded(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*self._files, password="")  # nobody is there to type one
        return context


@contextmanager
def unix_socket(path: Path) -> Iterator[socket.socket]:
    """Yield a socket at a path, and remove it at the end; one that nobody listens on is replaced.

    Raises `OSError` when somebody listens there, or something else is there.
    """
    with socket.socket(socket.AF_UNIX) as listener:
        listener.setblocking(False)
        _clear(path)
        listener.bind(str(path))
        made = path.stat().st_ino
        try:
            yield listener
        finally:
            with suppress(FileNotFoundError):
                if path.stat().st_ino == made:
                    path.unlink()


def _clear(path: Path) -> None:
    with suppress(FileNotFoundError), socket.socket(socket.AF_UNIX) as client:
        if not stat.S_ISSOCK(path.stat().st_mode):
            raise OSError(errno.EEXIST, os.strerror(errno.EEXIST))
        try:
            client.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
        else:
            raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))


def handed_over() -> Mapping[str, Sequence[socket.socket]]:
    """Return the sockets that this process was started with, by name (`FileDescriptorName=`).

    There are none unless systemd, or somebody who does as it does, has opened them for it.
    """
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return {}
    count = int(os.environ.get("LISTEN_FDS", "0"))
    names = os.environ.get("LISTEN_FDNAMES", "").split(":")
    sockets: dict[str, list[socket.socket]] = defaultdict(list)
    for number in range(count):
        listener = socket.socket(fileno=FIRST + number)
        listener.setblocking(False)
        listener.set_inheritable(False)
        sockets[names[number] if number < len(names) else ""].append(listener)
    return sockets
