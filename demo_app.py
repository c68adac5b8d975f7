"""The Gradio app, on its own or as a Space: ``python demo_app.py``, then open the address it prints."""

from __future__ import annotations

import argparse
import os


def main() -> None:
    parser = argparse.ArgumentParser(description="FLUX.2: text to image, editing, languages, JSON prompts.")
    here = os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1")
    parser.add_argument("--host", default=here, help="default: %(default)s")
    parser.add_argument("--port", type=int, help="default: 7860, or the next free one")
    parser.add_argument("--personal", action="store_true", help="one history for everyone, shared with the notebooks")
    parser.add_argument("--allow-host", action="append", default=[], metavar="NAME", help="a name it is asked for by")
    options = parser.parse_args()

    # Before Gradio is imported: it would look for a newer version of itself and send statistics.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    from flux2_nb import Flux2Error, build_app

    try:
        app = build_app()
        _, address, _ = app.launch(
            server_name=options.host,
            server_port=options.port,
            personal=options.personal,
            allowed_hosts=tuple(options.allow_host),
            prevent_thread_lock=True,
            quiet=True,
        )
    except Flux2Error as error:
        raise SystemExit(str(error)) from None
    print(f"Open {address} in a browser. Ctrl+C stops.", flush=True)
    app.block_thread()


if __name__ == "__main__":
    main()
