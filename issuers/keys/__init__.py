"""The only room with private keys: it makes them, keeps them wrapped, signs with them and withdraws them.

Whoever signs gets a `KeySigner`, never the bytes: an HSM can take its place.
"""

from issuers.keys.paper import (
    CannotSignPaper,
    paper_certificates,
    paper_fingerprint,
    paper_signer,
    signs_paper,
)
from issuers.keys.rotation import CannotWithdraw, TooManyKeys, document_of, rotate, withdraw
from issuers.keys.signing import KeySigner, NoSigningKey, make_key, signer_for
from issuers.keys.site import site_signer
from issuers.keys.tokens import token_signer
from issuers.keys.wrapping import Rewrapped, WrongMasterKey, fault_of, fingerprint, rewrap

__all__ = [
    "CannotSignPaper",
    "CannotWithdraw",
    "KeySigner",
    "NoSigningKey",
    "Rewrapped",
    "TooManyKeys",
    "WrongMasterKey",
    "document_of",
    "fault_of",
    "fingerprint",
    "make_key",
    "paper_certificates",
    "paper_fingerprint",
    "paper_signer",
    "rewrap",
    "rotate",
    "signer_for",
    "signs_paper",
    "site_signer",
    "token_signer",
    "withdraw",
]
