//! The reasons of refusals that the comments of the proto files name.
//!
//! A comment names them as "`SEATS_TAKEN` (ABORTED; more of it), `OTHER`, `ANOTHER`
//! (NOT_FOUND)": the code between the parentheses is that of every reason since
//! the last one. "Errors as `Refund`" names those of another method.

use std::collections::BTreeMap;

use contract::Access;
use prost_reflect::{FieldDescriptor, Kind, MethodDescriptor};

use super::comments::Comments;
use super::operation::Operation;
use crate::status;

/// What the service kit says of an idempotency key that is none.
const KEY_INVALID: &str = "IDEMPOTENCY_KEY_INVALID";

/// Reasons and the HTTP status they come with; none where the comment does not say.
type Found = Vec<(String, Option<u16>)>;

/// The reasons an operation is refused for, by HTTP status, as its comments name them.
pub fn of(operation: &Operation<'_>, comments: &Comments) -> BTreeMap<u16, Vec<String>> {
    let method = operation.method;
    let common = in_text(comments.of(method.parent_service()).whole());
    let mut found = of_method(method, comments);
    found
        .extend(common.into_iter().filter(|(reason, status)| concerns(operation, reason, *status, comments)));
    if operation.options.idempotency_key {
        found.push((KEY_INVALID.to_owned(), Some(400)));
    }
    let mut by_status: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    for (reason, status) in found {
        let status = status.or_else(|| said_elsewhere(method, &reason, comments));
        let Some(status) = status else { continue };
        let reasons = by_status.entry(status).or_default();
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    by_status
}

/// The reasons in the comments of a method and of the fields of its request.
fn of_method(method: &MethodDescriptor, comments: &Comments) -> Found {
    let comment = comments.of(method);
    let mut found = in_text(comment.whole());
    if let Some(other) = same_as(comment.whole())
        && let Some(other) = method.parent_service().methods().find(|method| method.name() == other)
    {
        found.extend(in_text(comments.of(&other).whole()));
    }
    for field in method.input().fields() {
        // A field's comment may show values that look like reasons.
        found.extend(in_text(comments.of(&field).whole()).into_iter().filter(|(_, status)| status.is_some()));
    }
    found
}

/// The status that another method of the service gives for a reason.
fn said_elsewhere(method: &MethodDescriptor, reason: &str, comments: &Comments) -> Option<u16> {
    let methods = method.parent_service().methods();
    methods
        .flat_map(|other| in_text(comments.of(&other).whole()))
        .find_map(|(other, status)| if other == reason { status } else { None })
}

/// Whether a reason that the service's comment names can come from this operation.
fn concerns(operation: &Operation<'_>, reason: &str, status: Option<u16>, comments: &Comments) -> bool {
    let request = operation.method.input();
    if let Some(thing) = reason.strip_suffix("_NOT_FOUND") {
        let thing = thing.to_lowercase();
        let names_it = |field: FieldDescriptor| {
            let id = field.kind() == Kind::Int64 && field.name().ends_with("id");
            let said = comments.of(&field).whole().to_lowercase();
            field.name() == format!("{thing}_id") || (id && said.contains(&thing.replace('_', " ")))
        };
        return request.fields().any(names_it);
    }
    if reason.starts_with("IDEMPOTENCY_KEY") {
        return operation.options.idempotency_key;
    }
    if let Some(field) = reason.strip_suffix("_INVALID") {
        return request.get_field_by_name(&field.to_lowercase()).is_some();
    }
    // An admin may do everything, so only these can be refused for more than their role.
    status != Some(403) || matches!(operation.options.access, Access::Staff | Access::Manager)
}

/// The method that "Errors as `Name`" names.
fn same_as(text: &str) -> Option<&str> {
    let (_, after) = text.split_once("Errors as `")?;
    after.split_once('`').map(|(name, _)| name)
}

fn in_text(text: &str) -> Found {
    let mut found = Found::new();
    let mut left = text;
    while let Some(at) = left.find(['`', '(']) {
        let after = &left[at + 1..];
        if left[at..].starts_with('`') {
            let Some((quoted, behind)) = after.split_once('`') else { break };
            if is_reason(quoted) {
                found.push((quoted.to_owned(), None));
            }
            left = behind;
            continue;
        }
        let end = after.find(|c: char| !c.is_ascii_uppercase() && c != '_').unwrap_or(after.len());
        left = after;
        if let Some(status) = status::named(&after[..end]) {
            for (_, status_of_it) in found.iter_mut().rev().take_while(|(_, status)| status.is_none()) {
                *status_of_it = Some(status);
            }
            left = after.split_once(')').map_or("", |(_, behind)| behind);
        }
    }
    found
}

fn is_reason(quoted: &str) -> bool {
    quoted.len() > 3 && quoted.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_holds_for_the_reasons_before_it() {
        let text = "Errors: `SEATS_TAKEN` (ABORTED; metadata `seats`, those `TAKEN`), `ONE_GONE`, `TWO_GONE` \
            (FAILED_PRECONDITION: see `GetInfo`), `THREE_GONE`. As RFC 9457 says (more or less).";
        let expected = [
            ("SEATS_TAKEN", Some(409)),
            ("ONE_GONE", Some(409)),
            ("TWO_GONE", Some(409)),
            ("THREE_GONE", None),
        ];
        let found = in_text(text);
        let found: Vec<_> = found.iter().map(|(reason, status)| (reason.as_str(), *status)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn text_that_breaks_off_is_read_as_far_as_it_goes() {
        assert_eq!(in_text("`A_BC` (NOT_FOUND"), [("A_BC".to_owned(), Some(404))]);
        assert_eq!(in_text("`A_BC` (`"), [("A_BC".to_owned(), None)]);
        assert_eq!(same_as("Errors as `Refund`."), Some("Refund"));
        assert_eq!(same_as("Errors as `Refund"), None);
    }
}
