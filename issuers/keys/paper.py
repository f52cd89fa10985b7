"""The operator's own certificate of X.509, if there is one: with it the PDFs are signed as well (PAdES).

Two PEM files, as web servers have them. The one with the certificate and its chain may be read by everybody;
the one with the key is opened only by whoever draws.
"""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.utils import timezone

from issuers.text import day_of

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner

SMALLEST_RSA = 2048  # bits


class CannotSignPaper(Exception):
    """The certificate or its key cannot sign PDFs. The message is for whoever runs the site."""


def signs_paper() -> bool:
    return bool(settings.PDF_SIGNING_CERTIFICATE_FILE)


def paper_fingerprint() -> str:
    """What tells files that were signed by one certificate from others: "" if none is configured."""
    if not signs_paper():
        return ""
    try:
        return paper_certificates()[0].fingerprint(hashes.SHA256()).hex()
    except CannotSignPaper:
        return "unreadable"


def paper_certificates() -> list[x509.Certificate]:
    """The certificate that signs, then its chain. Raises `CannotSignPaper`."""
    name = settings.PDF_SIGNING_CERTIFICATE_FILE
    try:
        return _read(name, Path(name).stat().st_mtime_ns)
    except OSError as reason:
        raise CannotSignPaper(
            f"PDF_SIGNING_CERTIFICATE_FILE, {name}, cannot be read: {reason.strerror}."
        ) from None


@lru_cache(maxsize=1)
def _read(name: str, changed: int) -> list[x509.Certificate]:
    """Read once for each state of the file, so that a renewed one counts without a restart."""
    try:
        return x509.load_pem_x509_certificates(Path(name).read_bytes())
    except ValueError:
        raise CannotSignPaper(
            f"PDF_SIGNING_CERTIFICATE_FILE, {name}, holds no certificate in PEM form "
            "(openssl pkcs12 -nokeys makes it of a .p12 file)."
        ) from None


def paper_signer() -> "SimpleSigner":
    """What signs PDFs today. Raises `CannotSignPaper`."""
    from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    certificates, private = paper_certificates(), _private_key()
    if fault := _fault_of(certificates[0], private):
        raise CannotSignPaper(f"{settings.PDF_SIGNING_CERTIFICATE_FILE} cannot sign PDFs: {fault}")
    pem = b"".join(one.public_bytes(Encoding.PEM) for one in certificates)
    own, *chain = load_certs_from_pemder_data(pem)
    opened = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    key = load_private_key_from_pemder_data(opened, passphrase=None)
    return SimpleSigner(own, key, cert_registry=SimpleCertificateStore.from_certs(chain))


def _private_key() -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    name = settings.PDF_SIGNING_KEY_FILE
    if not name:
        raise CannotSignPaper(
            "PDF_SIGNING_KEY_FILE is not set. It is the key of PDF_SIGNING_CERTIFICATE_FILE."
        )
    password = settings.PDF_SIGNING_KEY_PASSWORD.encode() or None
    try:
        private = load_pem_private_key(Path(name).read_bytes(), password)
    except OSError as reason:
        raise CannotSignPaper(f"PDF_SIGNING_KEY_FILE, {name}, cannot be read: {reason.strerror}.") from None
    except (ValueError, TypeError):  # no key; another password; one that is missing or not needed
        raise CannotSignPaper(
            f"PDF_SIGNING_KEY_FILE, {name}, holds no private key in PEM form that "
            "PDF_SIGNING_KEY_PASSWORD opens."
        ) from None
    if not isinstance(private, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise CannotSignPaper("PDF readers know RSA and elliptic curves only, and this key is neither.")
    return private


def _fault_of(own: x509.Certificate, private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    """What forbids to sign with it now, as a sentence, or ""."""
    if _spki(own.public_key()) != _spki(private.public_key()):
        return "the first certificate in it is not that of the key in PDF_SIGNING_KEY_FILE."
    if isinstance(private, rsa.RSAPrivateKey) and private.key_size < SMALLEST_RSA:
        return (
            f"its RSA key has {private.key_size} bits, and fewer than {SMALLEST_RSA} are no longer believed."
        )
    if not _may_sign(own):
        return "its key usage is neither digital signature nor non-repudiation."
    if timezone.now() < own.not_valid_before_utc:
        return f"it is valid only from {day_of(own.not_valid_before_utc)} on."
    if timezone.now() > own.not_valid_after_utc:
        return f"it ended on {day_of(own.not_valid_after_utc)}. Bring a new one."
    return ""


def _may_sign(own: x509.Certificate) -> bool:
    try:
        usage = own.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def _spki(public) -> bytes:
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
