//! The limits of `marquee.rules` as JSON Schema says them; `contract/src/check.rs` is what they must match.

use contract::marquee::Rules;
use prost_reflect::{FieldDescriptor, Kind};
use serde_json::{Map, Value, json};

/// Says in words what a pattern says, for the reference page.
const WORDS: &str = "x-marquee-characters";

/// A schema under construction.
pub type Schema = Map<String, Value>;

/// Whether a request without the field is refused.
pub fn required(field: &FieldDescriptor, rules: &Rules) -> bool {
    // A number that is left out is 0, and 0 may be outside of the bounds.
    let zero_refused =
        is_number(field) && (rules.min.is_some_and(|min| min > 0) || rules.max.is_some_and(|max| max < 0));
    rules.required || zero_refused
}

/// Adds the limits of a field to its schema; `items` is the schema of its entries where it is a list.
pub fn apply(field: &FieldDescriptor, rules: &Rules, schema: &mut Schema) {
    if field.is_list() {
        count(schema, rules, ["minItems", "maxItems"]);
        if let (Kind::String, Some(Value::Object(items))) = (field.kind(), schema.get_mut("items")) {
            items.insert("minLength".into(), json!(1));
            limit(items, "maxLength", rules.max_item_len);
            characters(items, &rules.characters);
        }
    } else if field.is_map() {
        count(schema, rules, ["minProperties", "maxProperties"]);
    } else if field.kind() == Kind::String {
        text(schema, rules);
    } else if is_number(field) {
        number(schema, rules);
    }
}

fn is_number(field: &FieldDescriptor) -> bool {
    !field.is_list() && matches!(field.kind(), Kind::Int32 | Kind::Int64)
}

fn limit(schema: &mut Schema, keyword: &str, value: u32) {
    if value > 0 {
        schema.insert(keyword.to_owned(), json!(value));
    }
}

/// Empty is accepted where the field is not required, whatever the smallest count.
fn count(schema: &mut Schema, rules: &Rules, [least, most]: [&str; 2]) {
    limit(schema, most, rules.max_items);
    if rules.required {
        limit(schema, least, rules.min_items.max(1));
    } else if rules.min_items > 1 {
        schema.insert("anyOf".into(), json!([{ most: 0 }, { least: rules.min_items }]));
    }
}

fn text(schema: &mut Schema, rules: &Rules) {
    limit(schema, "maxLength", rules.max_len);
    if rules.required {
        limit(schema, "minLength", rules.min_len.max(1));
    } else if rules.min_len > 1 {
        schema.insert("anyOf".into(), json!([{ "maxLength": 0 }, { "minLength": rules.min_len }]));
    }
    characters(schema, &rules.characters);
}

fn number(schema: &mut Schema, rules: &Rules) {
    if let Some(min) = rules.min {
        schema.insert("minimum".into(), json!(min));
    }
    if let Some(max) = rules.max {
        schema.insert("maximum".into(), json!(max));
    }
    let zero_in_bounds = rules.min.is_none_or(|min| min <= 0) && rules.max.is_none_or(|max| max >= 0);
    if rules.required && zero_in_bounds {
        schema.insert("not".into(), json!({ "const": 0 }));
    }
}

/// The characters of a class, for programs and for people. A text may be
/// empty as far as they go; its length says where not.
fn characters(schema: &mut Schema, class: &str) {
    let (pattern, words) = match class {
        "id" => ("^[A-Za-z0-9._-]*$", "letters A to Z, digits, . _ -"),
        // Not every reader of patterns knows `\p{L}`, so this leaves out what people type that is
        // neither letter nor digit; the service refuses the rest of it.
        "seat" => (
            r"^[^\u0000-\u001F!-,/:-@\[-^`{-\u00A9\u2000-\u206F]*$",
            "letters and digits of any script, . _ - and space",
        ),
        "currency" => ("^[A-Z]*$", "capital letters A to Z"),
        "text" => (r"^[^\u0000-\u0009\u000B-\u001F\u007F-\u009F]*$", "no control characters but line breaks"),
        _ => (r"^[^\u0000]*$", ""),
    };
    schema.insert("pattern".into(), json!(pattern));
    if !words.is_empty() {
        schema.insert(WORDS.into(), json!(words));
    }
}
