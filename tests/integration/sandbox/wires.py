"""What becomes of a request whose answer never comes."""

import httpx

CUT = (httpx.RemoteProtocolError, httpx.ReadError)
IMPATIENT = httpx.Timeout(20.0, read=0.3)
"""Whatever is asked arrives, on a busy machine too; only its answer is not waited for."""
