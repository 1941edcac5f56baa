//! Refusals and failures as HTTP answers: `application/problem+json` (RFC 9457).

use serde_json::{Map, Value, json};

use super::schema::reference;

/// The component of the schema.
pub const NAME: &str = "Problem";
/// Media type of every refusal.
const MEDIA_TYPE: &str = "application/problem+json";

/// What the gateway and the service kit refuse for, whatever is called.
pub struct Common {
    /// HTTP status.
    pub status: u16,
    /// Component of the response.
    pub name: &'static str,
    /// Meaning of the status here.
    pub meaning: &'static str,
    /// The reasons that come with it.
    pub reasons: &'static [&'static str],
}

/// By status.
pub const COMMON: [Common; 12] = [
    Common {
        status: 400,
        name: "BadRequest",
        meaning: "The request can never succeed as it is",
        reasons: &[
            "FIELD_INVALID",
            "FIELD_UNKNOWN",
            "JSON_INVALID",
            "PATH_INVALID",
            "QUERY_INVALID",
            "HOST_INVALID",
        ],
    },
    Common {
        status: 401,
        name: "Unauthenticated",
        meaning: "Not signed in",
        reasons: &["TOKEN_MISSING", "TOKEN_INVALID", "TOKEN_EXPIRED", "TOKEN_REVOKED"],
    },
    Common { status: 403, name: "Forbidden", meaning: "Not allowed", reasons: &["ROLE_MISSING"] },
    Common { status: 404, name: "NotFound", meaning: "There is no such thing", reasons: &[] },
    Common {
        status: 408,
        name: "RequestTimeout",
        meaning: "The request did not come in the time allowed; nothing was done",
        reasons: &["REQUEST_TIMEOUT"],
    },
    Common { status: 409, name: "Conflict", meaning: "Not in this state of things", reasons: &[] },
    Common { status: 413, name: "TooLarge", meaning: "The body is too large", reasons: &["BODY_TOO_LARGE"] },
    Common {
        status: 414,
        name: "QueryTooLong",
        meaning: "The query is too long",
        reasons: &["QUERY_TOO_LONG"],
    },
    Common {
        status: 415,
        name: "UnsupportedMediaType",
        meaning: "The body is not of a type that is taken",
        reasons: &["CONTENT_TYPE_UNSUPPORTED"],
    },
    Common { status: 429, name: "TooMany", meaning: "Too many requests", reasons: &["RATE_LIMITED"] },
    Common {
        status: 503,
        name: "Unavailable",
        meaning: "Nothing was done; try again",
        reasons: &["OVERLOADED", "SERVICE_UNAVAILABLE"],
    },
    Common {
        status: 504,
        name: "Timeout",
        meaning: "The time allowed has passed; the work may have been done all the same",
        reasons: &["DEADLINE_EXCEEDED"],
    },
];

/// The schema of a refusal.
pub fn schema() -> Value {
    json!({
        "type": "object",
        "description": "Why a request was not done (RFC 9457). Programs go by `reason`.",
        "properties": {
            "type": { "type": "string", "format": "uri-reference", "description": "`/problems/` and the reason." },
            "title": { "type": "string", "description": "The HTTP status in words." },
            "status": { "type": "integer", "minimum": 400, "maximum": 599, "description": "The HTTP status." },
            "detail": { "type": "string", "description": "What is wrong, for people." },
            "reason": {
                "type": "string",
                "pattern": "^[A-Z][A-Z0-9_]*$",
                "description": "What is wrong, for programs; stable.",
            },
            "trace_id": { "type": "string", "description": "Names the request in logs and traces." },
            "metadata": {
                "type": "object",
                "additionalProperties": { "type": "string" },
                "description": "Facts a program can use.",
            },
        },
        "required": ["type", "title", "status", "detail", "reason", "trace_id"],
    })
}

/// A response with these reasons.
pub fn response(status: u16, meaning: &str, reasons: &[String]) -> Value {
    let list = reasons.iter().map(|reason| format!("`{reason}`")).collect::<Vec<_>>().join(", ");
    let description = if list.is_empty() { format!("{meaning}.") } else { format!("{meaning}: {list}.") };
    let mut narrowed = json!({ "status": { "const": status } });
    if !reasons.is_empty() {
        narrowed["reason"] = json!({ "examples": reasons });
    }
    let schema = json!({ "allOf": [reference(NAME), { "properties": narrowed }] });
    let mut response = json!({ "description": description, "content": { MEDIA_TYPE: { "schema": schema } } });
    if let Some(headers) = headers(status) {
        response["headers"] = headers;
    }
    response
}

/// The headers that come with a status.
fn headers(status: u16) -> Option<Value> {
    match status {
        401 => Some(json!({ "WWW-Authenticate": {
            "description": "How to sign in: `Bearer`.",
            "schema": { "type": "string" },
        } })),
        429 | 503 => Some(json!({ "Retry-After": {
            "description": "Seconds to wait before the next try.",
            "schema": { "type": "integer", "minimum": 1 },
        } })),
        _ => None,
    }
}

/// The responses that operations share.
pub fn common_responses() -> Map<String, Value> {
    let shared = COMMON.iter().map(|common| {
        let reasons: Vec<_> = common.reasons.iter().map(|reason| (*reason).to_owned()).collect();
        (common.name.to_owned(), response(common.status, common.meaning, &reasons))
    });
    let other = json!({
        "description": "Any other refusal or failure.",
        "content": { MEDIA_TYPE: { "schema": reference(NAME) } },
    });
    shared.chain([(NAME.to_owned(), other)]).collect()
}
