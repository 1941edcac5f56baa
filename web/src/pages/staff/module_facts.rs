//! What the page of the door tells its module.

use contract::order::GetTicketKeysResponse;
use serde_json::{Map, Value, json};

use crate::assets;
use crate::visitor::Visitor;

/// Texts the module shows by itself; `{…}` in them is for it to fill.
const WORDS: &[&str] = &[
    "in-kept",
    "in-kept-advice",
    "genuine",
    "asking",
    "forged",
    "forged-advice",
    "not-a-code",
    "other",
    "other-advice",
    "not-now",
    "twice-here",
    "twice-here-advice",
    "away",
    "away-unproved",
    "full",
    "signed-out",
    "signed-out-advice",
    "kept-none",
    "kept-waiting",
    "kept-done",
    "kept-refused",
    "seat",
    "starts",
    "camera-start",
    "camera-stop",
    "camera-none",
    "camera-no-reader",
    "camera-insecure",
    "camera-denied",
    "no-proof",
    "offline",
    "online",
    "sending",
];

/// As JSON that may stand in a page: the keys, the door's screening, the cinema's time zone,
/// the time in milliseconds UTC, where the reader of codes is, words.
pub fn script(
    visitor: &Visitor,
    keys: &GetTicketKeysResponse,
    (film_sid, zone): (i64, &str),
    now_ms: i64,
) -> String {
    let keys: Map<String, Value> =
        keys.keys.iter().map(|key| (key.key_id.to_string(), Value::from(&*key.public_key))).collect();
    let hole = |name: &&str| {
        let holes = ["seat", "time", "count", "headline"];
        let values = holes.map(|hole| (hole, format!("{{{hole}}}").into()));
        ((*name).to_owned(), visitor.language.text_with(&format!("door-{name}"), &values).into())
    };
    let words: Map<String, Value> = WORDS.iter().map(hole).collect();
    json!({
        "keys": keys,
        // A number this large is not exact in a browser.
        "screening": film_sid.to_string(),
        "zone": zone,
        "now": now_ms,
        "language": visitor.language.tag(),
        "reader": assets::place("qr.js"),
        "words": words,
    })
    .to_string()
    .replace('<', "\\u003c")
}
