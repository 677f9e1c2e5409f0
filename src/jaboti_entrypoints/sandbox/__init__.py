"""The other side of the wire: local servers that behave as the messaging platforms do.

The demo, the tests, the benchmarks and the rehearsal talk to these instead of Meta. Nothing here knows the domain
or the adapters: a sandbox has the protocol from its documentation, so that a misreading on our side shows.
"""
