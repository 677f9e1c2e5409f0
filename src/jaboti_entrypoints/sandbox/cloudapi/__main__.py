"""Runs a CloudAPI sandbox alone, without numbers: `POST /__sandbox/numbers` adds them."""

import argparse

import uvicorn

from jaboti_entrypoints.sandbox.cloudapi import create_cloudapi_sandbox


def main() -> None:
    """Serves until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--seed", type=int, default=0, help="decides which accidents happen")
    given = parser.parse_args()
    sandbox = create_cloudapi_sandbox(seed=given.seed)
    sandbox.served_at(f"http://{given.host}:{given.port}")
    uvicorn.run(sandbox.app, host=given.host, port=given.port, log_level="warning", timeout_graceful_shutdown=2)


if __name__ == "__main__":
    main()
