"""What the Graph API refuses, in its own words."""

from secrets import token_urlsafe
from typing import Any, NamedTuple


class Trouble(NamedTuple):
    """One row of Meta's table of errors: the usual HTTP status, the title, the details."""

    status: int
    title: str
    details: str = ""


TROUBLES = {
    0: Trouble(401, "AuthException", "We were unable to authenticate the app user."),
    1: Trouble(400, "API Unknown", "Invalid request or possible server error."),
    2: Trouble(503, "API Service", "Temporary due to downtime or due to being overloaded."),
    3: Trouble(500, "API Method", "Capability or permissions issue."),
    4: Trouble(400, "Application request limit reached", "The app has reached its API call rate limit."),
    10: Trouble(403, "Permission Denied", "Permission is either not granted or has been removed."),
    17: Trouble(400, "User request limit reached"),
    33: Trouble(400, "Parameter value is not valid", "The business phone number has been deleted."),
    100: Trouble(400, "Invalid parameter"),
    190: Trouble(401, "Invalid OAuth access token"),
    200: Trouble(403, "Permission is either not granted or has been removed"),
    368: Trouble(403, "Temporarily blocked for policies violations"),
    613: Trouble(429, "Calls to this api have exceeded the rate limit"),
    803: Trouble(404, "WhatsApp Business Account not found"),
    2500: Trouble(400, "Unknown path components"),
    80007: Trouble(400, "Rate limit issues", "The WhatsApp Business Account has reached its rate limit."),
    130429: Trouble(400, "Rate limit hit", "Cloud API message throughput has been reached."),
    130472: Trouble(400, "User's number is part of an experiment", "Message was not sent as part of an experiment."),
    130497: Trouble(403, "Business account is restricted from messaging users in this country"),
    131000: Trouble(500, "Something went wrong", "Message failed to send due to an unknown error."),
    131005: Trouble(403, "Access denied", "Permission is either not granted or has been removed."),
    131008: Trouble(400, "Required parameter is missing", "The request is missing a required parameter."),
    131009: Trouble(400, "Parameter value is not valid"),
    131016: Trouble(500, "Service unavailable", "A service is temporarily unavailable."),
    131021: Trouble(400, "Recipient cannot be sender", "Sender and recipient phone number is the same."),
    131026: Trouble(400, "Message undeliverable", "Message Undeliverable."),
    131030: Trouble(400, "Recipient phone number not in allowed list"),
    131031: Trouble(403, "Account has been locked", "The account was restricted for violating a platform policy."),
    131037: Trouble(400, "Display name not approved", "WhatsApp provided number needs display name approval."),
    131042: Trouble(400, "Business eligibility payment issue", "There was an error related to your payment method."),
    131045: Trouble(500, "Incorrect certificate", "Message failed to send due to a phone number registration error."),
    131047: Trouble(
        400,
        "Re-engagement message",
        "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
    ),
    131048: Trouble(400, "Spam rate limit hit", "There are restrictions on how many messages can be sent."),
    131049: Trouble(
        400,
        "This message was not delivered to maintain healthy ecosystem engagement.",
        "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
    ),
    131050: Trouble(400, "User has stopped marketing messages from this business"),
    131051: Trouble(400, "Unsupported message type", "Message type is currently not supported."),
    131052: Trouble(400, "Media download error", "Unable to download the media sent by the user."),
    131053: Trouble(400, "Media upload error", "Unable to upload the media used in the message."),
    131056: Trouble(
        400,
        "(Business Account, Consumer Account) pair rate limit hit",
        "Too many messages sent from this phone number to the same phone number in a short period of time.",
    ),
    131057: Trouble(500, "Account in maintenance mode"),
    131062: Trouble(400, "Business-scoped user ids are not supported for this message"),
    132000: Trouble(400, "Number of parameters does not match the expected number of params"),
    132001: Trouble(404, "Template name does not exist in the translation"),
    132005: Trouble(400, "Translated text too long"),
    132007: Trouble(400, "Template Format Character Policy Violated"),
    132012: Trouble(400, "Parameter format does not match format in the created template"),
    132015: Trouble(400, "Template is paused due to low quality"),
    132016: Trouble(400, "Template is disabled due to low quality"),
    132068: Trouble(400, "Flow is blocked"),
    132069: Trouble(400, "Flow is throttled"),
    133000: Trouble(500, "Incomplete deregistration"),
    133004: Trouble(503, "Server is temporarily unavailable"),
    133010: Trouble(400, "Account not registered", "The phone number is not registered on the platform."),
    135000: Trouble(400, "Generic user error"),
}
ASYNCHRONOUS = frozenset({130472, 131026, 131042, 131047, 131049, 131050, 131053})
TRANSIENT = frozenset({2, 4, 131016, 133004})
UNKNOWN = Trouble(400, "Something went wrong")


class GraphError(Exception):
    """A request that the Graph API refuses at once."""

    def __init__(
        self,
        code: int,
        details: str = "",
        *,
        subcode: int | None = None,
        title: str | None = None,
        method: bool = False,
        retry_after: float | None = None,
    ) -> None:
        trouble = TROUBLES.get(code, UNKNOWN)
        super().__init__(code, details)
        self.code, self.subcode, self.status = code, subcode, trouble.status
        self.title = title or f"(#{code}) {trouble.title}"
        self.details = details or trouble.details
        self.type = "GraphMethodException" if method else "OAuthException"
        self.retry_after = retry_after

    def body(self) -> dict[str, Any]:
        """The answer's JSON."""
        error: dict[str, Any] = {"message": self.title, "type": self.type, "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.code in TRANSIENT:
            error["is_transient"] = True
        if self.details:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        return {"error": {**error, "fbtrace_id": "A" + token_urlsafe(17)[:22]}}


class GatewayError(GraphError):
    """A failure in front of the API: an HTML page with a 5xx status instead of the API's own JSON."""

    def __init__(self, status: int, *, retry_after: float | None = None) -> None:
        super().__init__(status, retry_after=retry_after)
        self.status = status


def unknown_object(node: str, *, verb: str = "post") -> GraphError:
    """Meta's answer about an object that is not there or belongs to somebody else: it tells neither apart."""
    return GraphError(
        100,
        subcode=33,
        method=True,
        title=f"Unsupported {verb} request. Object with ID '{node}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation. Please read the Graph API documentation at "
        "https://developers.facebook.com/docs/graph-api",
    )


def status_error(code: int) -> dict[str, Any]:
    """The error of a message that was accepted and then failed, as a status webhook carries it."""
    trouble = TROUBLES.get(code, UNKNOWN)
    return {
        "code": code,
        "title": trouble.title,
        "message": trouble.title,
        "error_data": {"details": trouble.details or trouble.title},
        "href": "/documentation/business-messaging/whatsapp/support/error-codes",
    }
