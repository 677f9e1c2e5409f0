"""Live events and commands over WebSockets.

`shapes` is what clients read, `kept` what the stream holds, `frames` makes the one of the other. A `Feed` follows one
company's stream and tells its connections; the `Hub` has the feeds, and closes whoever may not listen any more.
`websocket` is one way in, of those that implement `Connection`.
"""
