"""The request as a shell script of curl and jq."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from ..provider.base import Recipe
from ..wire import FilePart, Json, Request
from .capture import Capture
from .code import head, picture_name
from .marks import Marks, Name, Piece

CURL = "curl --silent --show-error --fail-with-body"

PLAIN = re.compile(r"[^\"\\$`!\x00-\x1f\x7f]*")
"""What means itself between double quotes."""

LOOK = """
poll=$(jq --raw-output {poll} reply.json)
while true; do
  {curl}{headers} \\
    --output reply.json "$poll"
  case $(jq --raw-output {state} reply.json) in
    {done}) break ;;
    {failed}) cat reply.json >&2; exit 1 ;;
  esac
  sleep 1
done
"""


def code(shot: Capture) -> str:
    """Return a script that makes the picture and writes it to a file."""
    recipe = shot.provider.recipe
    steps = [f"#!/usr/bin/env bash\n{head(shot, '#', 'bash, curl and jq')}"]
    steps.append("set -euo pipefail\ntrap 'cat reply.json >&2' ERR # on an error, show what the provider said\n")
    for upload in shot.uploads:
        steps.append(f"\n{_sent(upload.request, shot)}")
        steps.append(f"{upload.name.text}=$(jq --raw-output {_path(recipe.upload if recipe else '')} reply.json)\n")
    steps.append(f"\n{_sent(shot.paid, shot)}")
    steps += ["\ncat reply.json\n"] if recipe is None else _collected(recipe, shot)
    return "".join(steps)


def _sent(request: Request, shot: Capture) -> str:
    """The commands that send one request and keep its answer in ``reply.json``."""
    url = shell(shot.marks.pieces(request.url))
    if request.form is not None:
        lines = [_part(name, value, shot.marks) for name, value in request.form.items()]
        return f"{CURL}{_headers(request, shot.marks)}{''.join(lines)} \\\n  --output reply.json \\\n  {url}\n"
    before, data, after = _body(request.json, shot.marks)
    lines = ["  --header 'Content-Type: application/json'", f"  --data-binary {data}", "  --output reply.json"]
    options = "".join(f" \\\n{line}" for line in lines)
    return f"{before}{CURL}{_headers(request, shot.marks)}{options} \\\n  {url}{after}\n"


def _headers(request: Request, marks: Marks, indent: str = "  ") -> str:
    lines = [shell([f"{name}: ", *marks.pieces(value)]) for name, value in request.headers.items()]
    return "".join(f" \\\n{indent}--header {line}" for line in lines)


def _part(name: str, value: str | FilePart, marks: Marks) -> str:
    if isinstance(value, FilePart):
        return f" \\\n  --form {shell([f'{name}=@{value.name};type={value.reference.media_type}'])}"
    return f" \\\n  --form-string {shell([f'{name}=', *marks.pieces(value)])}"


def _body(value: Json, marks: Marks) -> tuple[str, str, str]:
    """What comes before curl, what it reads, and what follows its line: the JSON, with jq where a part is filled in."""
    filled = list(_filled(value, "", marks))
    text = _json(_with_gaps(value, marks))
    if not filled:
        return "", "@-", f" <<'JSON'\n{text}\nJSON"
    encoded = [
        f"base64 < {part.name} | tr -d '\\n' > {part.name}.b64\n" for _, part in filled if isinstance(part, FilePart)
    ]
    options, places = [], []
    for path, part in filled:
        if isinstance(part, FilePart):
            name = re.sub(r"\W", "_", part.name.partition(".")[0])
            options.append(f"  --rawfile {name} {part.name}.b64")
            start = f'"data:{part.reference.media_type};base64," + ' if part.encoding == "data-uri" else ""
            places.append(f"{path} = {start}${name}")
        else:
            options += [f"  --arg {one.text} {shell([one])}" for one in part if isinstance(one, Name)]
            written = [f"${one.text}" if isinstance(one, Name) else _json(one) for one in part]
            places.append(f"{path} = {' + '.join(written)}")
    program = shell([" | ".join(places)])
    lines = "".join(f"{option} \\\n" for option in options)
    return f"{''.join(encoded)}jq \\\n{lines}  {program} > request.json <<'JSON'\n{text}\nJSON\n", "@request.json", ""


def _filled(value: Json, path: str, marks: Marks) -> Iterator[tuple[str, FilePart | list[Piece]]]:
    """The places in a body that are filled in when the script runs, as jq paths."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _filled(item, f"{path}{_step(name)}", marks)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _filled(item, f"{path}[{index}]", marks)
    elif isinstance(value, FilePart):
        yield path, value
    elif isinstance(value, str) and marks.names(value):
        yield path, marks.pieces(value)


def _with_gaps(value: Json, marks: Marks) -> Json:
    if isinstance(value, dict):
        return {name: _with_gaps(item, marks) for name, item in value.items()}
    if isinstance(value, list):
        return [_with_gaps(item, marks) for item in value]
    return None if isinstance(value, FilePart) or (isinstance(value, str) and marks.names(value)) else value


def _json(value: Json) -> str:
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return "".join(letter if letter.isprintable() or letter == "\n" else json.dumps(letter)[1:-1] for letter in text)


def _collected(recipe: Recipe, shot: Capture) -> list[str]:
    steps, file = [], picture_name(shot)
    if recipe.poll:
        states = " | ".join(shell([state]) for state in recipe.failed)
        headers = _headers(shot.paid, shot.marks, "    ")
        look = LOOK.format(
            poll=_path(recipe.poll),
            curl=CURL,
            headers=headers,
            state=_path(recipe.state),
            done=shell([recipe.done]),
            failed=states,
        )
        steps.append(look)
    picture = _path(recipe.picture)
    if recipe.many:
        picture = shell([f'.{recipe.picture} | if type == "array" then .[0] else . end'])
    if recipe.inline:
        return [*steps, f"jq --raw-output {picture} reply.json | base64 --decode > {file}\n"]
    steps.append(f"picture=$(jq --raw-output {picture} reply.json)\n")
    return [*steps, f'curl --silent --show-error --fail --location --output {file} "$picture"\n']


def _path(path: str) -> str:
    return "".join(_step(part) for part in path.split("."))


def _step(name: str) -> str:
    return f".{name}" if re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) else f".[{json.dumps(name)}]"


def shell(pieces: Sequence[Piece]) -> str:
    """Write one word of a command: in double quotes where that is safe, else in single ones with the names between."""
    if not any(isinstance(piece, Name) for piece in pieces):
        return _single("".join(str(piece) for piece in pieces))
    if all(isinstance(piece, Name) or PLAIN.fullmatch(piece) for piece in pieces):
        return '"' + "".join(f"${{{piece.text}}}" if isinstance(piece, Name) else piece for piece in pieces) + '"'
    return "".join(f'"${{{piece.text}}}"' if isinstance(piece, Name) else _single(piece) for piece in pieces)


def _single(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
