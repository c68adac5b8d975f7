"""Keys: never shown, always masked, and found where they are set."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import sys
import types

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flux2_nb.errors import MissingKey
from flux2_nb.keys import MASK, Account, Redactor, Secret, Setting, find_account

KEY = "canary-key-0123456789abcdef"

SETTINGS = (
    Setting("ACME_KEY", "secret", where="acme.example/keys"),
    Setting("ACME_ACCOUNT", "id"),
    Setting("ACME_GATEWAY", "id", default=""),
    Setting("ACME_URL", "url", default="https://api.acme.example"),
)

SET = {"ACME_KEY": KEY, "ACME_ACCOUNT": "me"}


@pytest.mark.parametrize("template", ["{}", "{:>40}", "{!r}", "{!s}", "{!a}"])
def test_a_secret_is_never_shown(template: str) -> None:
    """No way of turning it into text gives the key."""
    assert KEY not in template.format(Secret(KEY))
    assert MASK in template.format(Secret(KEY))


def test_a_secret_is_not_pickled() -> None:
    """It would lie readable in a file or a queue."""
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(Secret(KEY))
    with pytest.raises(TypeError, match="not pickled"):
        copy.deepcopy(Secret(KEY))


def test_a_secret_is_not_json() -> None:
    """Neither is it written into a file by accident."""
    with pytest.raises(TypeError):
        json.dumps({"key": Secret(KEY)})


def test_equal_keys_are_equal_secrets() -> None:
    """Two sessions with one key share one limit."""
    assert len({Secret(KEY), Secret(KEY), Secret("other-key")}) == 2


def test_an_account_shows_no_value() -> None:
    """Its repr, which stands in tracebacks, holds the provider's name alone."""
    assert repr(find_account("acme", SETTINGS, SET, {})) == "Account(provider='acme')"


def test_a_key_in_a_log_is_masked(caplog: pytest.LogCaptureFixture) -> None:
    """A secret handed to logging is written as its mask."""
    logging.getLogger("flux2_nb").warning("sent with %s", Secret(KEY))
    assert caplog.messages == [f"sent with {MASK}"]


# --- the redactor -----------------------------------------------------------------------------------------------------


@given(st.text(), st.text(), st.text(min_size=6).filter(lambda key: key.strip() == key))
def test_a_known_key_never_passes(before: str, after: str, key: str) -> None:
    """Wherever it stands in whatever text, it is masked; masking twice changes nothing."""
    assume(key not in MASK)
    redact = Redactor([Secret(key)])
    masked = redact(before + key + after)
    assert key not in masked.replace(MASK, "")
    assert redact(masked) == masked


def test_a_key_that_holds_another_is_masked_whole() -> None:
    """The longer one goes first, so that no end of it is left."""
    assert Redactor([Secret("abcdef"), Secret("abcdef-ghi")])("x abcdef-ghi y") == f"x {MASK} y"


def test_a_short_value_is_left_alone() -> None:
    """Masking every "me" would spoil ordinary words."""
    assert Redactor([Secret("me")])("show me") == "show me"


@pytest.mark.parametrize(
    "text",
    [
        "r8_" + "a1B2" * 9,
        "hf_" + "a1B2" * 8,
        "cfut_" + "a1B2" * 10,
        "01234567-89ab-cdef-0123-456789abcdef:0123456789abcdef0123456789abcdef",
        "Authorization: Bearer s3cret-token-value",
        "authorization: bearer s3cret-token-value",
        "Authorization: Key s3cret-token-value",
        "x-key: s3cret-token-value",
    ],
)
def test_what_looks_like_a_key_is_masked_unseen(text: str) -> None:
    """A key that was pasted into a prompt is masked by its shape."""
    masked = Redactor()(f"a red fox {text}, in snow")
    assert text.rpartition(" ")[2] not in masked
    assert masked.startswith("a red fox ")
    assert masked.endswith(", in snow")


@pytest.mark.parametrize("text", ["a red fox", "hf_short", "the bearer bonds", "#ff8800", "0123-4567", "x-key: ab"])
def test_ordinary_words_are_not_masked(text: str) -> None:
    """What only begins like a key stays."""
    assert Redactor()(text) == text


# --- finding ----------------------------------------------------------------------------------------------------------


def test_an_explicit_value_wins_over_the_environment() -> None:
    """What was handed over counts first, then the environment, then the default."""
    account = find_account("acme", SETTINGS, {"ACME_KEY": Secret("explicit-key")}, SET | {"ACME_GATEWAY": "gate"})
    assert [account[setting.variable] for setting in SETTINGS] == [
        "explicit-key",
        "me",
        "gate",
        "https://api.acme.example",
    ]


def test_white_space_around_a_key_is_dropped() -> None:
    """A pasted key often ends with a line break, which no header takes."""
    assert find_account("acme", SETTINGS, {}, {**SET, "ACME_KEY": f" {KEY}\n"})["ACME_KEY"] == KEY


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({}, ["ACME_KEY", "ACME_ACCOUNT"]),
        ({"ACME_KEY": "  ", "ACME_ACCOUNT": "me"}, ["ACME_KEY"]),
        ({"ACME_KEY": KEY}, ["ACME_ACCOUNT"]),
    ],
)
def test_what_is_missing_is_named_with_the_way_on(environ: dict[str, str], named: list[str]) -> None:
    """The error names each variable and the offline way; an empty value counts as missing."""
    with pytest.raises(MissingKey, match="sketch") as caught:
        find_account("acme", SETTINGS, {}, environ)
    assert list(caught.value.variables) == named
    assert all(name in str(caught.value) for name in named)
    assert KEY not in str(caught.value)


def test_the_page_where_a_key_is_made_is_named() -> None:
    """A person without a key learns where to get one."""
    with pytest.raises(MissingKey, match=r"acme\.example/keys"):
        find_account("acme", SETTINGS, {}, {"ACME_ACCOUNT": "me"})


class NotFound(Exception):
    """Colab's error for a secret that is not there."""


class NotAllowed(Exception):
    """Colab's error for a secret that this notebook may not read."""


@pytest.fixture
def colab(monkeypatch: pytest.MonkeyPatch) -> dict[str, str | Exception]:
    """Colab's secrets, as `google.colab.userdata` gives them."""
    held: dict[str, str | Exception] = {}

    def get(name: str) -> str:
        value = held.get(name, NotFound())
        if isinstance(value, Exception):
            raise value
        return value

    userdata = types.ModuleType("userdata")
    vars(userdata).update(get=get, SecretNotFoundError=NotFound, NotebookAccessError=NotAllowed)
    module = types.ModuleType("google.colab")
    vars(module).update(userdata=userdata)
    monkeypatch.setitem(sys.modules, "google", types.ModuleType("google"))
    monkeypatch.setitem(sys.modules, "google.colab", module)
    return held


def test_a_colab_secret_is_found(colab: dict[str, str | Exception]) -> None:
    """In Colab a key that the notebook may read is found, after the environment."""
    colab.update(ACME_KEY=KEY, ACME_ACCOUNT="from Colab")
    account = find_account("acme", SETTINGS, {}, {"ACME_ACCOUNT": "me"})
    assert (account["ACME_KEY"], account["ACME_ACCOUNT"]) == (KEY, "me")


@pytest.mark.parametrize("error", [NotFound(), NotAllowed()], ids=["not there", "not allowed"])
def test_a_colab_secret_out_of_reach_is_missing(colab: dict[str, str | Exception], error: Exception) -> None:
    """Colab's own errors end in our sentence."""
    colab["ACME_KEY"] = error
    with pytest.raises(MissingKey):
        find_account("acme", SETTINGS, {}, {"ACME_ACCOUNT": "me"})


# --- fingerprints -----------------------------------------------------------------------------------------------------


def test_a_fingerprint_tells_accounts_apart_without_the_key() -> None:
    """Twelve hex digits: the same for the same account, another for another key, the key in none."""
    first, same = (find_account("acme", SETTINGS, SET, {}) for _ in range(2))
    other = find_account("acme", SETTINGS, {**SET, "ACME_KEY": "another-key"}, {})
    assert first.fingerprint == same.fingerprint != other.fingerprint
    assert len(first.fingerprint) == 12
    assert KEY not in first.fingerprint


def test_only_secrets_are_secrets() -> None:
    """Ids and addresses are shown, keys are not."""
    account = find_account("acme", SETTINGS, SET, {})
    assert account.secrets == (Secret(KEY),)
    assert Account("acme")["ACME_KEY"] == ""


@pytest.mark.parametrize("header", ["Bearer ", "Authorization: Key ", "x-key: "])
def test_a_shell_variable_is_no_key(header: str) -> None:
    """The name of a variable in shown code stays readable; what only begins like one is masked whole."""
    redact = Redactor()
    assert redact(header + "${BFL_API_KEY}") == header + "${BFL_API_KEY}"
    assert "4711" not in redact(header + "${BFL_API_KEY}secret-4711-value")
