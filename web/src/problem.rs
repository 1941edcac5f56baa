//! What a visitor is told where something did not work.

use std::collections::HashMap;

use askama::Template;
use axum::body::Body;
use axum::response::IntoResponse;
use fluent_bundle::{FluentArgs, FluentValue};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use micro::Problem;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::State;
use crate::chrome::Chrome;
use crate::language::Language;
use crate::response;
use crate::visitor::Visitor;

/// A page that could not be given.
///
/// It is written where the visitor is known, in `visit`.
#[derive(Debug, Clone)]
pub enum Refused {
    /// Somewhere else first: to sign in.
    Elsewhere(String),
    /// A service, or a page itself, refused.
    Status(Box<Status>),
}

impl Refused {
    /// To sign in, and then back to a path.
    pub fn sign_in(back: &str) -> Self {
        Self::Elsewhere(Self::sign_in_place(back))
    }

    /// Where one signs in, and then comes back to a path.
    pub fn sign_in_place(back: &str) -> String {
        place_with_next("/login", back)
    }

    /// There is no such page, or it is not for this visitor.
    pub fn not_found() -> Self {
        Problem::not_found("PAGE_NOT_FOUND", "there is no such page").into()
    }

    /// As the visitor's browser gets it.
    pub fn response(&self, state: &State, visitor: &Visitor) -> Response<Body> {
        match self {
            Self::Elsewhere(place) => response::see_other(place),
            Self::Status(status) => error_page(state, visitor, status),
        }
    }
}

/// A page that leads on to a path.
pub fn place_with_next(page: &str, next: &str) -> String {
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    format!("{page}?{query}")
}

impl From<Status> for Refused {
    fn from(status: Status) -> Self {
        Self::Status(Box::new(status))
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Status(Box::new(problem.into()))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(self);
        response
    }
}

/// What a problem is in words: by its reason where the site has words for that, else what
/// the service said.
pub fn words(language: Language, status: &Status) -> String {
    let details = status.get_error_details();
    let known =
        details.error_info().and_then(|info| words_of_told(language, &info.reason, info.metadata.clone()));
    known.unwrap_or_else(|| match status.code() {
        Code::InvalidArgument | Code::FailedPrecondition => status.message().to_owned(),
        Code::NotFound => language.text("problem-PAGE_NOT_FOUND"),
        Code::PermissionDenied => language.text("problem-denied"),
        Code::Unavailable | Code::DeadlineExceeded => language.text("problem-unavailable"),
        Code::ResourceExhausted => language.text("problem-exhausted"),
        _ => language.text("problem-internal"),
    })
}

/// What a service tells of a problem: in the visitor's words what it has a code, a field or a
/// place in a text for, and in English what the site has no words for.
fn told(language: Language, reason: &str, mut told: HashMap<String, String>) -> HashMap<String, String> {
    let words = |name: String| language.find(&name, Some(&args(&told)));
    let field = told.get("field").and_then(|field| field.rsplit('.').next());
    let found = [
        ("problem", told.get("code").and_then(|code| words(format!("problem-{reason}-{code}")))),
        ("place", told.get("line").and_then(|_| words("problem-place".to_owned()))),
        ("field", field.and_then(|field| words(format!("field-{field}")))),
    ];
    told.extend(found.into_iter().filter_map(|(name, words)| Some((name.to_owned(), words?))));
    told
}

fn args(told: &HashMap<String, String>) -> FluentArgs<'_> {
    told.iter().map(|(key, value)| (key.as_str(), FluentValue::from(value.as_str()))).collect()
}

/// What a reason is in words, with what was told besides; nothing where the site has no words for it.
pub fn words_of_told(language: Language, reason: &str, told: HashMap<String, String>) -> Option<String> {
    let told = self::told(language, reason, told);
    language.find(&format!("problem-{reason}"), Some(&args(&told)))
}

/// What a reason alone is in words; nothing where the site has none for it, or where they need to
/// be told more.
pub fn words_of(language: Language, reason: &str) -> Option<String> {
    language.find_plain(&format!("problem-{reason}"))
}

/// The stable reason of an answer.
pub fn reason(status: &Status) -> String {
    status.get_error_details().error_info().map(|info| info.reason.clone()).unwrap_or_default()
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    chrome: Chrome,
    words: String,
    reason: String,
    trace: String,
}

/// The problem of an answer that says nothing, or nothing a visitor could read; nothing where an
/// answer is none of those.
pub fn unsaid(status: StatusCode, headers: &HeaderMap) -> Option<Problem> {
    let content_type = headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let is_said = !content_type.is_empty() && !content_type.starts_with(b"text/plain");
    if is_said || !(status.is_client_error() || status.is_server_error()) {
        return None;
    }
    Some(match status {
        StatusCode::METHOD_NOT_ALLOWED => {
            Problem::new(Code::Unimplemented, "METHOD_NOT_ALLOWED", "the page does not take this method")
        }
        StatusCode::PAYLOAD_TOO_LARGE => Problem::invalid("BODY_TOO_LARGE", "the form is too large"),
        status if status.is_client_error() => Problem::invalid("FORM_UNREADABLE", "the form cannot be read"),
        _ => Problem::new(Code::Internal, "INTERNAL", "the page could not be written"),
    })
}

/// The page that tells of a problem.
pub fn error_page(state: &State, visitor: &Visitor, status: &Status) -> Response<Body> {
    let code = status.code();
    if matches!(code, Code::Internal | Code::Unknown | Code::DataLoss) {
        tracing::error!(message = status.message(), trace_id = %visitor.origin.trace, "a page failed");
    }
    let page = ProblemPage {
        chrome: Chrome::new(state, visitor, title(code)),
        words: words(visitor.language, status),
        reason: reason(status),
        trace: visitor.origin.trace.to_string(),
    };
    response::page_with(http_status(code), &page)
}

fn title(code: Code) -> &'static str {
    match code {
        Code::NotFound => "problem-title-not-found",
        Code::ResourceExhausted | Code::Unavailable => "problem-title-busy",
        _ => "problem-title",
    }
}

/// The HTTP status of a page that was refused.
pub fn http_status(code: Code) -> StatusCode {
    match code {
        Code::InvalidArgument | Code::OutOfRange | Code::FailedPrecondition => StatusCode::BAD_REQUEST,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
        Code::PermissionDenied | Code::Unauthenticated => StatusCode::FORBIDDEN,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(reason: &'static str, told: &[(&str, &str)]) -> Status {
        told.iter()
            .fold(Problem::invalid(reason, "English"), |problem, (key, value)| problem.with(key, value))
            .into()
    }

    #[test]
    fn a_reason_alone_is_told_only_where_nothing_is_missing() {
        for language in Language::ALL {
            assert!(words_of(language, "SEATS_TAKEN").is_some());
            for needs_more in ["FIELD_INVALID", "PRICES_MISSING", "PLAN_INVALID", "NO_SUCH_REASON"] {
                assert_eq!(words_of(language, needs_more), None, "{needs_more}");
            }
        }
    }

    #[test]
    fn what_is_told_in_english_is_said_in_the_visitors_words() {
        let plan = [
            ("place", "line 3, column 4"),
            ("line", "3"),
            ("column", "4"),
            ("problem", "seat A1 is there twice: also at line 2, column 4"),
            ("code", "SEAT_TWICE"),
            ("value", "A1"),
        ];
        let field = [
            ("field", "prices.category"),
            ("problem", "is longer than 80 characters"),
            ("code", "TOO_LONG"),
            ("value", "80"),
        ];
        let seats = [("field", "ticket_types"), ("code", "SEAT_NOT_CHOSEN"), ("value", "A2")];
        let roles = [("field", "cinema_ids"), ("code", "TOO_MANY_FOR_ACCOUNT"), ("value", "")];
        let range = [("field", "to"), ("code", "REPORT_RANGE"), ("value", "400")];
        let number = [("field", "seats[0].amount"), ("code", "TAKES_INTEGER"), ("value", "")];
        let prices =
            [("problem", "\"S\" has no price for ADULT"), ("code", "NO_ADULT_PRICE"), ("category", "S")];
        for (reason, told, english, chinese) in [
            (
                "PLAN_INVALID",
                &plan[..],
                "The seating plan cannot be used. Line 3, column 4: seat A1 is there twice.",
                "座位图无法使用。第 3 行第 4 列：座位 A1 重复。",
            ),
            (
                "FIELD_INVALID",
                &field,
                "This cannot be used: “Category” has more than 80 characters.",
                "填写有误：“座位类别”不能超过 80 个字符。",
            ),
            (
                "FIELD_INVALID",
                &seats,
                "This cannot be used: “Ticket types” names seat A2, which was not chosen.",
                "填写有误：“票种”含有未选的座位 A2。",
            ),
            (
                "FIELD_INVALID",
                &roles,
                "This cannot be used: “Cinemas” has more than one account can have; make it an admin.",
                "填写有误：“影院”超过一个账号的上限，请改设为管理员。",
            ),
            (
                "FIELD_INVALID",
                &range,
                "This cannot be used: “To” must be after the beginning, and 400 days later at most.",
                "填写有误：“结束”须晚于开始日期，且最多相隔 400 天。",
            ),
            (
                "FIELD_INVALID",
                &number,
                "This cannot be used: “Price” takes a whole number.",
                "填写有误：“价格”须为整数。",
            ),
            (
                "PRICES_INVALID",
                &prices,
                "The prices cannot be used: category S has no price for adults.",
                "价目无法使用：类别“S”没有成人票价。",
            ),
        ] {
            let status = refused(reason, told);
            assert_eq!(words(Language::En, &status), english);
            assert_eq!(words(Language::Zh, &status), chinese);
        }
        // A code that the site has no words for yet leaves what the service said.
        let new = refused("PRICES_INVALID", &[("problem", "too cheap"), ("code", "TOO_CHEAP")]);
        assert_eq!(words(Language::Zh, &new), "价目无法使用：too cheap。");
    }
}
