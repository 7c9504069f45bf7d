"""Signatures hold for exactly what was signed, by exactly who signed."""

import base64
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws as joserfc_jws
from joserfc.jwk import OctKey, OKPKey

from tests.exchange.peer import Peer
from towpath.exchange import canonical, jws

DOCUMENT = {"found": True, "count": 3}


def test_ours_is_known_again_and_nobody_elses_is():
    signature = jws.sign(DOCUMENT)
    assert jws.is_ours(signature, DOCUMENT)
    assert not jws.is_ours(signature, {**DOCUMENT, "count": 4})
    assert not jws.is_ours(Peer().sign(DOCUMENT), DOCUMENT)


def test_ours_can_be_checked_by_others_with_the_public_key_alone():
    from towpath.foundation import crypto

    key = base64.urlsafe_b64encode(crypto.public_key()).rstrip(b"=").decode()
    assert jws.is_signed_by(key, jws.sign(DOCUMENT), DOCUMENT)


def test_a_receipt_made_by_another_library_is_accepted():
    private = Ed25519PrivateKey.generate()
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    made = joserfc_jws.serialize_compact(
        {"alg": "Ed25519"}, canonical.encode(DOCUMENT), OKPKey.import_key(private), algorithms=["Ed25519"]
    )
    detached = joserfc_jws.detach_content(made)
    assert jws.is_signed_by(base64.urlsafe_b64encode(raw).rstrip(b"=").decode(), detached, DOCUMENT)


def test_another_key_or_another_document_is_not_accepted():
    peer = Peer()
    signature = peer.sign(DOCUMENT)
    assert jws.is_signed_by(peer.public, signature, DOCUMENT)
    assert not jws.is_signed_by(Peer().public, signature, DOCUMENT)
    assert not jws.is_signed_by(peer.public, signature, {**DOCUMENT, "found": False})


def test_a_public_key_can_not_be_used_as_a_shared_secret():
    peer = Peer()
    forged = joserfc_jws.serialize_compact(
        {"alg": "HS256"}, canonical.encode(DOCUMENT), OctKey.import_key(peer.public), algorithms=["HS256"]
    )
    assert not jws.is_signed_by(peer.public, joserfc_jws.detach_content(forged), DOCUMENT)


def test_a_signature_without_algorithm_is_not_accepted():
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).rstrip(b"=").decode()
    assert not jws.is_signed_by(Peer().public, f"{header}..", DOCUMENT)


@given(
    st.text(max_size=60)
    | st.lists(st.text("abcXYZ019-_=", max_size=30), min_size=3, max_size=3).map(".".join)
)
def test_junk_is_no_signature(junk):
    assert not jws.is_ours(junk, DOCUMENT)
    assert not jws.is_signed_by(Peer().public, junk, DOCUMENT)
    assert not jws.is_signed_by(junk, Peer().sign(DOCUMENT), DOCUMENT)
