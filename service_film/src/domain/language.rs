//! Language tags (BCP 47), as far as a programme needs them.

/// Longest part of a tag, characters.
const MAX_PART: usize = 8;

/// The tag with `-` between its parts; nothing where the text is not built like one.
///
/// Whether the language exists is not asked.
#[must_use]
pub fn tag(text: &str) -> Option<String> {
    let text = text.trim().replace('_', "-");
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let language = (1..=MAX_PART).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_alphabetic());
    let rest =
        |part: &str| (1..=MAX_PART).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    (language && parts.all(rest)).then_some(text)
}

/// The form two spellings of a tag share.
#[must_use]
pub fn key(tag: &str) -> String {
    tag.trim().replace('_', "-").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_letters_and_parts() {
        assert_eq!(tag("zh_CN").as_deref(), Some("zh-CN"));
        assert_eq!(tag("sr-Latn-RS").as_deref(), Some("sr-Latn-RS"));
        for text in ["", "-", "zh-", "z.h", "chinese-simplified", "12"] {
            assert_eq!(tag(text), None, "{text}");
        }
        assert_eq!(key("zh_CN"), key("ZH-cn"));
    }
}
