"""`jaboti`, and `python -m jaboti_entrypoints`."""

import gc


def main() -> None:
    """Run the command line. Nothing that is loaded on the way is garbage: looking for some takes a fifth of a start."""
    gc.disable()
    from jaboti_entrypoints.cli import main as run

    run()


if __name__ == "__main__":
    main()
