"""The certificate the proxy shows in Amazon's name, and the authority that programs are told to trust.

The authority's key signs once and is thrown away, and its certificate is good for the two names only:
whoever trusts it trusts it for nothing else, and nobody can make a second certificate with it.
"""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

GOOD_FOR = timedelta(days=365)
RENEWED_BEFORE = timedelta(days=30)
# Clocks differ a little.
_BACK = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Certificates:
    """Where they are: what programs trust, and key with certificate of the server."""

    authority: Path
    server: Path


def kept_in(folder: Path, names: Sequence[str]) -> Certificates:
    """Those in the folder, or new ones when there are none, they end soon or do not fit each other."""
    found = Certificates(folder / "ca.pem", folder / "server.pem")
    if not _are_good(found, names):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        authority, server = _made(names)
        _write(found.authority, authority)
        _write(found.server, server)
    return found


def _are_good(found: Certificates, names: Sequence[str]) -> bool:
    try:
        authority = x509.load_pem_x509_certificate(found.authority.read_bytes())
        pem = found.server.read_bytes()
        server = x509.load_pem_x509_certificate(pem)
        key = serialization.load_pem_private_key(pem, None)
        server.verify_directly_issued_by(authority)
        shown = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return (
        key.public_key() == server.public_key()
        and set(shown.get_values_for_type(x509.DNSName)) == set(names)
        and server.not_valid_after_utc - datetime.now(UTC) > RENEWED_BEFORE
    )


def _made(names: Sequence[str]) -> tuple[bytes, bytes]:
    authority_key, server_key = (
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Manyhands MTurk proxy on this machine")])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    dns = [x509.DNSName(name) for name in names]
    identifier = x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key())
    authority = (
        _begun(issuer, issuer, authority_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted_subtrees=dns, excluded_subtrees=None), critical=True)
        .add_extension(identifier, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    server = (
        _begun(subject, issuer, server_key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(dns), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False
        )
        .sign(authority_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    key = server_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return authority.public_bytes(pem), key + server.public_bytes(pem)


def _begun(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACK)
        .not_valid_after(now + GOOD_FOR)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates, key_cert_sign=signs_certificates, crl_sign=signs_certificates,
        content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all; readable by its owner only, which is how temporary files are made."""
    number, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(number, "wb") as file:
        file.write(content)
    Path(name).replace(path)
