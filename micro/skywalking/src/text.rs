//! Texts of bounded length, and the base64 the headers are written in.

use std::borrow::Cow;

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// Agents write the padding; a proxy may have cut it off.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Appends the base64 form of `text`.
pub(crate) fn encode(text: &str, out: &mut String) {
    BASE64.encode_string(text, out);
}

/// The text behind a base64 form, if it is UTF-8 of at most `limit` bytes.
pub(crate) fn decode(field: &str, limit: usize) -> Option<String> {
    // Four characters carry three bytes: what is too long is not decoded first.
    if field.len() > limit.div_ceil(3) * 4 {
        return None;
    }
    let bytes = BASE64.decode(field).ok()?;
    if bytes.len() > limit {
        return None;
    }
    String::from_utf8(bytes).ok()
}

/// The first `limit` characters.
pub(crate) fn cut(mut text: String, limit: usize) -> String {
    if let Some(end) = end_of(&text, limit) {
        text.truncate(end);
    }
    text
}

/// The first `limit` characters, copied only if they must be and the text is not static.
pub(crate) fn cut_name(name: Cow<'static, str>, limit: usize) -> Cow<'static, str> {
    match name {
        Cow::Borrowed(text) => Cow::Borrowed(end_of(text, limit).map_or(text, |end| &text[..end])),
        Cow::Owned(text) => Cow::Owned(cut(text, limit)),
    }
}

/// Where a text must be cut to have `limit` characters; `None` where it is short enough.
fn end_of(text: &str, limit: usize) -> Option<usize> {
    if text.len() <= limit {
        return None;
    }
    text.char_indices().nth(limit).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::{cut, cut_name, decode};

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(cut("座位座位".into(), 3), "座位座");
        assert_eq!(cut("abc".into(), 3), "abc");
        assert_eq!(cut_name("abcd".into(), 2), "ab");
    }

    #[test]
    fn padding_may_be_missing_but_limits_hold() {
        assert_eq!(decode("YWI=", 2).as_deref(), Some("ab"));
        assert_eq!(decode("YWI", 2).as_deref(), Some("ab"));
        assert_eq!(decode("YWI=", 1), None);
        assert_eq!(decode("/w==", 8), None, "not UTF-8");
    }
}
