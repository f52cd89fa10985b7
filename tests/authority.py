"""A certificate authority of X.509 for one test: it certifies an organisation that signs PDFs."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

AUTHORITY = "Authority of one test"
ORGANISATION = "Northfield University"


@dataclass(frozen=True)
class Papers:
    """The files an operator is given, and the root that others trust."""

    certificate: Path
    key: Path
    root: Path

    def are_set_in(self, settings, *, password: str = "") -> None:
        settings.PDF_SIGNING_CERTIFICATE_FILE = str(self.certificate)
        settings.PDF_SIGNING_KEY_FILE = str(self.key)
        settings.PDF_SIGNING_KEY_PASSWORD = password


def made_in(
    folder: Path, *, key=None, starts_in_days: float = -1, ends_in_days: float = 400, signs=True, password=""
) -> Papers:
    """An authority, and what it certified. `signs`: whether the key usage lets it sign."""
    folder.mkdir(exist_ok=True)
    root, own = ec.generate_private_key(ec.SECP256R1()), key or ec.generate_private_key(ec.SECP256R1())
    now = dt.datetime.now(dt.UTC)
    authority = _certificate(AUTHORITY, AUTHORITY, root, root, now, now + dt.timedelta(days=3650), signs=True)
    starts, ends = now + dt.timedelta(days=starts_in_days), now + dt.timedelta(days=ends_in_days)
    certified = _certificate(ORGANISATION, AUTHORITY, own, root, starts, ends, signs=signs)
    papers = Papers(folder / "signer.pem", folder / "signer.key", folder / "root.pem")
    papers.certificate.write_bytes(
        certified.public_bytes(Encoding.PEM) + authority.public_bytes(Encoding.PEM)
    )
    locked = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    papers.key.write_bytes(own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked))
    papers.root.write_bytes(authority.public_bytes(Encoding.PEM))
    return papers


def rsa_key(bits: int = 2048):
    return rsa.generate_private_key(65537, bits)


def _certificate(subject, issuer, key, issuers_key, starts, ends, *, signs) -> x509.Certificate:
    is_root = key is issuers_key
    usage = dict.fromkeys(["data_encipherment", "key_agreement", "encipher_only", "decipher_only"], False)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                content_commitment=signs,
                digital_signature=signs, key_encipherment=not signs, key_cert_sign=is_root, crl_sign=is_root,
                **usage,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(issuers_key, SHA256())
    )  # fmt: skip
