"""The ways in: REST, WebSocket, webhooks, workers, the command line, and the sandbox."""
