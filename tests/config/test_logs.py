"""Secrets and addresses do not reach a log."""

from config.logs import HIDDEN, without_secrets


def test_values_of_telling_names_are_hidden():
    event = {"event": "signed_in", "password": "demo", "session_key": "k", "claim_token": "t", "row": 7}

    assert without_secrets(None, "info", event) == {
        "event": "signed_in",
        "password": HIDDEN,
        "session_key": HIDDEN,
        "claim_token": HIDDEN,
        "row": 7,
    }


def test_addresses_inside_texts_are_hidden():
    event = {"event": "550 no mailbox <ada@demo.example> here"}

    assert without_secrets(None, "info", event) == {"event": f"550 no mailbox <{HIDDEN}> here"}
