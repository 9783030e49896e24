"""Websites whose encryption is not to be trusted: a certificate of their own making, and one that has expired."""

import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from socket import create_server, socket

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HOST = "127.0.0.1"


@contextmanager
def tls_sites() -> Iterator[dict[str, str]]:
    """Their URLs by name, served by threads while the block runs."""
    with tempfile.TemporaryDirectory() as folder:
        sites = {
            "tls: self-signed": _listen(_certificate(Path(folder) / "new.pem", begins=timedelta(days=-1))),
            "tls: expired": _listen(_certificate(Path(folder) / "old.pem", begins=timedelta(days=-900))),
        }
        try:
            yield {name: f"https://{HOST}:{listening.getsockname()[1]}/" for name, listening in sites.items()}
        finally:
            for listening in sites.values():
                listening.close()


def _certificate(path: Path, *, begins: timedelta) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    start = datetime.now(UTC) + begins
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=400))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(HOST))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    secret = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(secret + made.public_bytes(encoding))
    return path


def _listen(certificate: Path) -> socket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listening = create_server((HOST, 0))
    threading.Thread(target=_shake_hands, args=(listening, context), daemon=True).start()
    return listening


def _shake_hands(listening: socket, context: ssl.SSLContext) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listening.accept()
            with suppress(OSError), context.wrap_socket(connection, server_side=True) as encrypted:
                encrypted.recv(1000)
