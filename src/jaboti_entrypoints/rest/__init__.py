"""REST: routes are values in a list, which drives both the routing and the OpenAPI document.

A resource is a module of wire models, endpoints and a list of routes; `app.ROUTES` is where it is added.
"""
