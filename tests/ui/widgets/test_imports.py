"""What a panel costs to have: the widget libraries when it is shown, and nothing of the app, ever."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CODE = """
import sys
import flux2_nb as f2
panel = f2.panel("text-to-image", prompt="a fox")
panel.request(), panel.plan
print(*{"ipywidgets", "anywidget"} & {*sys.modules}, sep=",")
panel._repr_mimebundle_()
print(*{"gradio", "starlette", "pandas", "jinja2"} & {*sys.modules}, sep=",")
"""


def test_a_panel_loads_no_gradio(tmp_path: Path) -> None:
    """A panel that is only used from code loads no widgets, and one that is shown loads no Gradio."""
    environ = {"FLUX2_HOME": str(tmp_path), "PATH": "", "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run([sys.executable, "-c", CODE], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["", ""]
