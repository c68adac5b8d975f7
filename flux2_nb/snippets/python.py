"""The request as a Python script that uses httpx and nothing of this package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..provider.base import Recipe
from ..wire import FilePart, Request
from .capture import Capture
from .code import Syntax, head, picture_name, quoted, written
from .marks import Name, Piece

ASK = """
def ask(method, url, **rest):
    reply = httpx.request(method, url, timeout={timeout:g}, **rest)
    if reply.is_error:
        raise SystemExit(f"{{reply.status_code}} {{reply.text}}")
    return reply.json()

"""

LOOK = """
poll = {poll}
while True:
    answer = ask("GET", poll, headers=headers)
    if {state} == {done}:
        break
    if {state} in {failed}:
        raise SystemExit(f"{{answer}}")
    time.sleep(1)
"""


def code(shot: Capture) -> str:
    """Return a script that makes the picture and writes it to a file."""
    recipe = shot.provider.recipe
    used = {
        "base64": (recipe is not None and recipe.inline) or any(part.encoding != "file" for part in shot.files),
        "os": bool(shot.variables),
        "time": recipe is not None and bool(recipe.poll),
    }
    imports = "".join(f"import {module}\n" for module, needed in used.items() if needed)
    imports += "from pathlib import Path\n" if recipe is not None or shot.files else ""
    return f"{head(shot, '#', 'httpx (pip install httpx)')}{imports}\nimport httpx\n\n{''.join(_steps(shot))}"


def _steps(shot: Capture) -> list[str]:
    recipe = shot.provider.recipe
    steps = [
        ASK.format(timeout=shot.paid.timeout),
        f"\nheaders = {written(dict(shot.paid.headers), PYTHON, shot.marks)}\n",
    ]
    for upload in shot.uploads:
        place = _at("", recipe.upload) if recipe else ""
        steps.append(f"{upload.name.text} = {_asked(upload.request, shot)}{place}\n")
    steps.append(f"answer = {_asked(shot.paid, shot)}\n")
    if recipe is None:
        return [*steps, "print(answer)\n"]
    return [*steps, *_collected(recipe, picture_name(shot))]


def _asked(request: Request, shot: Capture) -> str:
    body = ""
    if request.json is not None:
        body = f"    json={written(request.json, PYTHON, shot.marks, 1)},\n"
    if request.form is not None:
        body = f"    files={_parts(request.form, shot)},\n"
    url = PYTHON.text(shot.marks.pieces(request.url))
    return f"ask(\n    {quoted(request.method, _escape)},\n    {url},\n    headers=headers,\n{body})"


def _parts(form: Mapping[str, str | FilePart], shot: Capture) -> str:
    """Multipart fields; httpx takes a text without a file name as (None, text)."""
    lines = []
    for name, value in form.items():
        about = (
            f'("{value.name}", Path("{value.name}").read_bytes(), "{value.reference.media_type}")'
            if isinstance(value, FilePart)
            else f"(None, {PYTHON.text(shot.marks.pieces(value))})"
        )
        lines.append(f"        {PYTHON.key(name)}: {about},\n")
    return f"{{\n{''.join(lines)}    }}"


def _collected(recipe: Recipe, file: str) -> list[str]:
    steps = []
    if recipe.poll:
        failed = ", ".join(quoted(state, _escape) for state in recipe.failed)
        state, poll = _at("answer", recipe.state), _at("answer", recipe.poll)
        steps.append(LOOK.format(poll=poll, state=state, done=quoted(recipe.done, _escape), failed=f"[{failed}]"))
    steps.append(f"\npicture = {_at('answer', recipe.picture)}\n")
    if recipe.many:
        steps.append("picture = picture[0] if isinstance(picture, list) else picture\n")
    data = "base64.b64decode(picture)"
    if not recipe.inline:
        data = "httpx.get(picture, follow_redirects=True, timeout=60).raise_for_status().content"
    return [*steps, f'Path("{file}").write_bytes({data})\n']


def _at(variable: str, path: str) -> str:
    return variable + "".join(f'["{part}"]' for part in path.split("."))


def _escape(letter: str) -> str:
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"


def text_of(pieces: Sequence[Piece]) -> str:
    """Write a text: as a literal, as a look into the environment, or as an f-string of both."""
    if not any(isinstance(piece, Name) for piece in pieces):
        return quoted("".join(str(piece) for piece in pieces), _escape)
    if len(pieces) == 1 and isinstance(pieces[0], Name):
        return pieces[0].text if pieces[0].local else f'os.environ["{pieces[0].text}"]'
    return 'f"' + "".join(map(_inside, pieces)) + '"'


def _inside(piece: Piece) -> str:
    if isinstance(piece, str):
        return quoted(piece, _escape)[1:-1].replace("{", "{{").replace("}", "}}")
    return f"{{{piece.text}}}" if piece.local else f"{{os.environ['{piece.text}']}}"


def _file(part: FilePart) -> str:
    data = f'base64.b64encode(Path("{part.name}").read_bytes()).decode()'
    return f'"data:{part.reference.media_type};base64," + {data}' if part.encoding == "data-uri" else data


PYTHON = Syntax(
    text=text_of,
    key=lambda name: quoted(name, _escape),
    file=_file,
    words=("True", "False", "None"),
    comment="#",
    step="    ",
)
