"""The request as a JavaScript module for Node.js that uses fetch and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from ..provider.base import Recipe
from ..wire import FilePart, Request
from .capture import Capture
from .code import Syntax, head, picture_name, quoted, written
from .marks import Marks, Name, Piece

ASK = """
async function ask(url, options) {
  const reply = await fetch(url, options);
  if (!reply.ok) throw new Error(`${reply.status} ${await reply.text()}`);
  return reply.json();
}
"""

LOOK = """
const poll = %(poll)s;
for (;;) {
  answer = await ask(poll, { headers });
  if (%(state)s === %(done)s) break;
  if ([%(failed)s].includes(%(state)s)) throw new Error(JSON.stringify(answer));
  await new Promise((resolve) => setTimeout(resolve, 1000));
}
"""

FETCH = """const download = await fetch(picture);
if (!download.ok) throw new Error(`The picture could not be fetched: ${download.status}`);
await writeFile("%s", Buffer.from(await download.arrayBuffer()));
"""

EXACT = """// Written out: FormData would turn each line break of the prompt into CR LF.
const boundary = crypto.randomUUID();
const start = `--${boundary}\\r\\nContent-Disposition: form-data; `;
const part = (about, value) => [start, about, "\\r\\n\\r\\n", value, "\\r\\n"];
const form = new Blob([
%s  `--${boundary}--\\r\\n`,
], { type: `multipart/form-data; boundary=${boundary}` });
"""


def code(shot: Capture) -> str:
    """Return a module that makes the picture and writes it to a file."""
    recipe = shot.provider.recipe
    steps = [head(shot, "//", "Node.js 20 or newer: save it as picture.mjs and run node picture.mjs")]
    used = [*(["readFile"] if shot.files else []), *(["writeFile"] if recipe else [])]
    steps.append(f'import {{ {", ".join(used)} }} from "node:fs/promises";\n' if used else "")
    steps.append(f"{ASK}\nconst headers = {written(dict(shot.paid.headers), JAVASCRIPT, shot.marks)};\n\n")
    for number, upload in enumerate(shot.uploads, start=1):
        form = f"file{number}"
        steps.append(fields(upload.request.form or {}, shot.marks, read_file, form))
        place = f"(await {_asked(upload.request, shot, form)}).{recipe.upload if recipe else ''}"
        steps.append(f"const {upload.name.text} = {place};\n\n")
    if shot.paid.form is not None:
        steps.append(fields(shot.paid.form, shot.marks, read_file))
    steps.append(f"let answer = await {_asked(shot.paid, shot)};\n")
    steps += ["console.log(answer);\n"] if recipe is None else _collected(recipe, picture_name(shot))
    return "".join(steps)


def _asked(request: Request, shot: Capture, form: str = "form") -> str:
    lines = [f"method: {quoted(request.method, escape)}", "headers"]
    if request.json is not None:
        lines[1] = 'headers: { ...headers, "Content-Type": "application/json" }'
        lines.append(f"body: JSON.stringify({written(request.json, JAVASCRIPT, shot.marks, 1)})")
    if request.form is not None:
        lines.append(f"body: {form}")
    options = "".join(f"  {line},\n" for line in lines)
    return f"ask({JAVASCRIPT.text(shot.marks.pieces(request.url))}, {{\n{options}}})"


def fields(
    form: Mapping[str, str | FilePart], marks: Marks, read: Callable[[FilePart], str], name: str = "form"
) -> str:
    """Return the lines that build a multipart body under a name, so that every text arrives as it is."""
    if any(isinstance(value, str) and re.search(r"[\r\n]", value) for value in form.values()):
        parts = [_exact(field, value, marks, read) for field, value in form.items()]
        return (EXACT % "".join(f"  ...part({part}),\n" for part in parts)).replace("const form ", f"const {name} ")
    lines = [f"const {name} = new FormData();\n"]
    for field, value in form.items():
        if isinstance(value, FilePart):
            blob = f'new Blob([{read(value)}], {{ type: "{value.reference.media_type}" }})'
            lines.append(f'{name}.append({quoted(field, escape)}, {blob}, "{value.name}");\n')
        else:
            lines.append(f"{name}.append({quoted(field, escape)}, {JAVASCRIPT.text(marks.pieces(value))});\n")
    return "".join(lines)


def _exact(field: str, value: str | FilePart, marks: Marks, read: Callable[[FilePart], str]) -> str:
    if isinstance(value, FilePart):
        about = f'name="{field}"; filename="{value.name}"\\r\\nContent-Type: {value.reference.media_type}'
        return f"'{about}', {read(value)}"
    return f"'name=\"{field}\"', {JAVASCRIPT.text(marks.pieces(value))}"


def _collected(recipe: Recipe, file: str) -> list[str]:
    steps = []
    if recipe.poll:
        failed = ", ".join(quoted(state, escape) for state in recipe.failed)
        places = {"poll": f"answer.{recipe.poll}", "state": f"answer.{recipe.state}", "failed": failed}
        steps.append(LOOK % {**places, "done": quoted(recipe.done, escape)})
    picture = f"[answer.{recipe.picture}].flat()[0]" if recipe.many else f"answer.{recipe.picture}"
    steps.append(f"\nconst picture = {picture};\n")
    if recipe.inline:
        return [*steps, f'await writeFile("{file}", Buffer.from(picture, "base64"));\n']
    return [*steps, FETCH % file]


def escape(letter: str) -> str:
    """Write a character that would not be seen, by its number."""
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\u{{{ord(letter):x}}}"


def _text(pieces: Sequence[Piece]) -> str:
    if not any(isinstance(piece, Name) for piece in pieces):
        return quoted("".join(str(piece) for piece in pieces), escape)
    if len(pieces) == 1 and isinstance(pieces[0], Name):
        return _name(pieces[0])
    return "`" + "".join(map(_inside, pieces)) + "`"


def _inside(piece: Piece) -> str:
    if isinstance(piece, Name):
        return f"${{{_name(piece)}}}"
    return quoted(piece, escape)[1:-1].replace("`", "\\`").replace("$", "\\$")


def _name(name: Name) -> str:
    return name.text if name.local else f"process.env.{name.text}"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) else quoted(name, escape)


def read_file(part: FilePart) -> str:
    """Write the bytes of a reference image that lies in the folder."""
    return f'await readFile("{part.name}")'


def _file(part: FilePart) -> str:
    text = f'await readFile("{part.name}", "base64")'
    return f'"data:{part.reference.media_type};base64," + ({text})' if part.encoding == "data-uri" else text


JAVASCRIPT = Syntax(text=_text, key=_key, file=_file, words=("true", "false", "null"), comment="//", step="  ")
