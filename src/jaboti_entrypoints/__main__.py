"""`python -m jaboti_entrypoints`."""

from jaboti_entrypoints.cli import main

main()
