"""Runs an EvolutionAPI sandbox alone, without instances: `POST /instance/create` adds them."""

import argparse

import uvicorn

from jaboti_entrypoints.sandbox.evolutionapi import GLOBAL_KEY, create_evolutionapi_sandbox


def main() -> None:
    """Serves until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8091)
    parser.add_argument("--seed", type=int, default=0, help="decides which accidents happen")
    parser.add_argument("--key", default=GLOBAL_KEY, help="opens everything")
    given = parser.parse_args()
    sandbox = create_evolutionapi_sandbox(seed=given.seed, global_key=given.key)
    sandbox.served_at(f"http://{given.host}:{given.port}")
    uvicorn.run(sandbox.app, host=given.host, port=given.port, log_level="warning", timeout_graceful_shutdown=2)


if __name__ == "__main__":
    main()
