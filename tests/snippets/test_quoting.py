"""Quoting: any text, written into code and read by the language itself, is the same text."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flux2_nb.request import ImageRequest
from flux2_nb.snippets import snippet
from flux2_nb.snippets.curl import shell
from flux2_nb.snippets.javascript import JAVASCRIPT
from flux2_nb.snippets.marks import FENCE, Marks, Name, Piece
from flux2_nb.snippets.python import PYTHON
from tests.snippets.running import NASTY, needs

HOSTILE = st.sampled_from(
    ["'", '"', "\\", "$", "`", "\n", "\r", "{", "}", "%", "!", "${", "$(", "</script>", FENCE, "JSON"]
)

LETTERS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))

TEXTS = st.lists(LETTERS | HOSTILE, max_size=6).map("".join)

PROMPTS = TEXTS.filter(str.strip)

HELD = 'the value\'s "own" $text'
"""What the variable CANARY holds while a text is read."""

PIECES: st.SearchStrategy[list[Piece]] = st.lists(TEXTS.filter(bool) | st.just(Name("CANARY")), min_size=1, max_size=4)

few = settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
"""For properties that start another program; each example holds many texts."""


def meant(pieces: Sequence[Piece]) -> str:
    """What a reader should get."""
    return "".join(HELD if isinstance(piece, Name) else piece for piece in pieces)


@given(PIECES)
def test_python_reads_any_text(pieces: list[Piece]) -> None:
    """Literals, look-ups and f-strings of both."""
    code = PYTHON.text(pieces)
    assert eval(code, {"os": type("os", (), {"environ": {"CANARY": HELD}})}) == meant(pieces)
    assert code.isprintable()


@few
@given(st.lists(PIECES, min_size=1, max_size=30))
def test_javascript_reads_any_text(texts: list[list[Piece]]) -> None:
    """Literals, look-ups and template literals of both."""
    needs("javascript")
    code = f"process.stdout.write(JSON.stringify([{', '.join(JAVASCRIPT.text(pieces) for pieces in texts)}]))"
    done = _ran(["node", "-"], code)
    assert json.loads(done) == [meant(pieces) for pieces in texts]
    assert code.isprintable()


@few
@given(st.lists(PIECES, min_size=1, max_size=30))
def test_the_shell_reads_any_text(texts: list[list[Piece]]) -> None:
    """Words in single quotes, in double quotes, and of both with names between."""
    needs("curl")
    words = " ".join(shell(pieces) for pieces in texts)
    assert _ran(["bash"], f"printf '%s\\0' {words}").split("\0")[:-1] == [meant(pieces) for pieces in texts]


@few
@given(st.lists(PROMPTS, min_size=1, max_size=10))
def test_a_body_passes_a_heredoc(prompts: list[str]) -> None:
    """The JSON that curl reads is the JSON that is sent, whatever the prompt holds."""
    needs("curl")
    codes = [snippet(ImageRequest(prompt), "bfl", language="curl") for prompt in prompts]
    bodies = [re.findall(r"<<'JSON'\n.*?\nJSON\n", code, re.DOTALL)[0] for code in codes]
    read = _ran(["bash"], "".join(f"cat {body}printf '\\0'\n" for body in bodies)).split("\0")[:-1]
    assert [json.loads(body)["prompt"] for body in read] == prompts


def _ran(command: list[str], code: str) -> str:
    done = subprocess.run(
        command,
        input=code.encode(),
        env={"CANARY": HELD, "PATH": "/usr/bin:/bin:/usr/local/bin"},
        capture_output=True,
        check=True,
    )
    return done.stdout.decode()


def sent_by(code: str, monkeypatch: pytest.MonkeyPatch, folder: Path) -> list[dict[str, Any]]:
    """Run a Python snippet in this process with a stand-in for httpx; returns what it asked with."""
    asked: list[dict[str, Any]] = []

    class Answer:
        is_error = False
        content = b""

        def json(self) -> Any:
            return {"result": {"image": ""}, "urls": {"get": ""}, "status": "succeeded", "output": ""}

        def raise_for_status(self) -> Answer:
            return self

    def request(method: str, url: str, **parts: Any) -> Answer:
        asked.append(parts)
        return Answer()

    stand_in: dict[str, Callable[..., Answer]] = {"request": request, "get": lambda *_, **__: Answer()}
    monkeypatch.setitem(__import__("sys").modules, "httpx", type("httpx", (), stand_in))
    monkeypatch.chdir(folder)
    monkeypatch.setenv("REPLICATE_API_TOKEN", "a token")
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", "a token")
    monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", "an account")
    exec(compile(code, "snippet.py", "exec"), {})
    return asked


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PROMPTS)
def test_a_whole_python_script_sends_any_prompt(tmp_path: Path, prompt: str) -> None:
    """In a JSON body and in a form, the prompt is what was asked for."""
    with pytest.MonkeyPatch.context() as patch:
        json_body = sent_by(snippet(ImageRequest(prompt), "replicate"), patch, tmp_path)[0]
        form_body = sent_by(snippet(ImageRequest(prompt), "cloudflare"), patch, tmp_path)[0]
    assert json_body["json"]["input"]["prompt"] == prompt
    assert form_body["files"]["prompt"] == (None, prompt)


# --- names ------------------------------------------------------------------------------------------------------------


@given(st.lists(TEXTS, max_size=5), TEXTS)
def test_a_name_is_found_and_nothing_else(texts: list[str], text: str) -> None:
    """However many fences a prompt holds, it is one piece of text, and a marked name is a name."""
    marks = Marks([*texts, text])
    key = Name("CANARY")
    marked = marks.mark(key)
    assert marks.pieces(f"Bearer {marked}") == ["Bearer ", key]
    assert all(marks.pieces(one) == ([one] if one else []) for one in [*texts, text])


def test_a_prompt_that_names_a_key_stays_a_prompt() -> None:
    """Writing the fence and a variable into the prompt reveals nothing and changes nothing."""
    prompt = f"{FENCE}REPLICATE_API_TOKEN{FENCE}"
    code = snippet(ImageRequest(prompt), "replicate")
    assert code.count("os.environ") == 1
    assert "\\ue000REPLICATE_API_TOKEN\\ue000" in code


def test_the_nasty_prompt_is_as_nasty_as_it_says() -> None:
    """The prompt of the tests that run every snippet holds what would break each kind of quoting."""
    marks = ("'", '"', "\\", "$(", "`", "\n", "\r", "{x}", "</script>", "\nJSON\n", FENCE, "\u202e")
    assert all(mark in NASTY for mark in marks)
