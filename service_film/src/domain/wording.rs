//! Texts as they are kept: without space around them, and never only space.

use std::collections::BTreeMap;

use super::Refusal;
use super::language;

/// Most titles of a film: as in the contract.
const MAX_TITLES: usize = 20;
/// Longest title, characters: as in the contract.
const MAX_TITLE: usize = 200;

/// A text that must say something.
///
/// # Errors
/// `FIELD_INVALID` where it is only space.
pub fn required(field: &'static str, text: &str) -> Result<String, Refusal> {
    match text.trim() {
        "" => Err(Refusal::field(field, "REQUIRED", "is required")),
        text => Ok(text.to_owned()),
    }
}

/// The new text where one is given, otherwise the old one.
#[must_use]
pub fn changed(old: &str, new: &str) -> String {
    match new.trim() {
        "" => old.to_owned(),
        new => new.to_owned(),
    }
}

/// A list without its empty texts.
#[must_use]
pub fn list(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

/// Titles by language tag: those there were, with the new ones added or put in their place.
///
/// # Errors
/// `FIELD_INVALID` for a tag or a title that cannot be used, or too many titles.
pub fn titles<'a>(
    old: impl IntoIterator<Item = (&'a String, &'a String)>,
    new: impl IntoIterator<Item = (&'a String, &'a String)>,
) -> Result<BTreeMap<String, String>, Refusal> {
    let mut titles: BTreeMap<_, _> =
        old.into_iter().map(|(tag, title)| (tag.clone(), title.clone())).collect();
    for (tag, title) in new {
        let refused = |code, problem: &str| Refusal::FieldInvalid {
            field: "titles",
            code,
            value: tag.clone(),
            problem: format!("{tag:?} {problem}"),
        };
        let tag = language::tag(tag).ok_or_else(|| refused("NO_LANGUAGE_TAG", "is no language tag"))?;
        let title = title.trim();
        if title.is_empty() || title.chars().count() > MAX_TITLE || title.chars().any(char::is_control) {
            return Err(refused("TITLE_LENGTH", "needs a title of 1 to 200 characters on one line"));
        }
        titles.insert(tag, title.to_owned());
    }
    if titles.len() > MAX_TITLES {
        let problem = format!("takes at most {MAX_TITLES} entries");
        let value = MAX_TITLES.to_string();
        return Err(Refusal::FieldInvalid { field: "titles", code: "TOO_MANY", value, problem });
    }
    Ok(titles)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(tag, title)| ((*tag).to_owned(), (*title).to_owned())).collect()
    }

    #[test]
    fn titles_are_added_and_put_in_place() {
        let old = map(&[("en", "Farewell"), ("zh-CN", "旧")]);
        let new = map(&[("zh_CN", " 霸王别姬 "), ("de", "Lebewohl")]);
        let merged = titles(&old, &new).unwrap();
        assert_eq!(merged, map(&[("de", "Lebewohl"), ("en", "Farewell"), ("zh-CN", "霸王别姬")]));
    }

    #[test]
    fn what_is_no_title_is_refused() {
        let empty = BTreeMap::new();
        for (tag, title) in [("", "A"), ("no tag", "A"), ("en", " "), ("en", "A\nB")] {
            assert!(titles(&empty, &map(&[(tag, title)])).is_err(), "{tag:?} {title:?}");
        }
        let many: BTreeMap<_, _> = (0..21).map(|n| (format!("en-{n:02}"), "A".to_owned())).collect();
        assert!(titles(&empty, &many).is_err());
    }

    #[test]
    fn space_is_no_text() {
        assert_eq!(required("name", " Roxy ").unwrap(), "Roxy");
        assert!(required("name", " \n ").is_err());
        assert_eq!(changed("old", "  "), "old");
        assert_eq!(list(&[" Drama".to_owned(), " ".to_owned()]), ["Drama"]);
    }
}
