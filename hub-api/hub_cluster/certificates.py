"""A certificate authority of the cluster's own, and the broker's certificate: for whoever comes from outside."""

import os
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hub_cluster.ports import LOOPBACK

VALID: Final = timedelta(days=365)
RENEW: Final = timedelta(days=30)
LATE_CLOCKS: Final = timedelta(minutes=10)


def issue(folder: Path) -> tuple[Path, Path]:
    """The authority's certificate and the broker's key with its chain, as PEM; made anew when they soon end.

    The authority's key is thrown away: nobody, whoever reads this folder later, makes another certificate by it.
    """
    authority, broker = folder / "authority.pem", folder / "broker.pem"
    now = datetime.now(UTC)
    if authority.exists() and broker.exists():
        ends = x509.load_pem_x509_certificate(authority.read_bytes()).not_valid_after_utc
        if ends - now > RENEW:
            return authority, broker
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Samråd, a cluster to try")])
    host = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    root = (
        _builder(name, name, root_key, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address(LOOPBACK))]
    own = (
        _builder(host, name, key, now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    # PKCS#8 is the only form that the broker reads.
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem = serialization.Encoding.PEM
    with os.fdopen(os.open(broker, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(private + own.public_bytes(pem) + root.public_bytes(pem))
    authority.write_bytes(root.public_bytes(pem))
    return authority, broker


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.CertificateBuilder:
    """What both certificates have in common."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - LATE_CLOCKS)
        .not_valid_after(now + VALID)
    )
