//! The words of the site, in each of its languages.

use std::borrow::{Borrow, Cow};
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// A language of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Chinese, simplified.
    Zh,
}

const EN: &[&str] = &[
    include_str!("../locales/en/site.ftl"),
    include_str!("../locales/en/problems.ftl"),
    include_str!("../locales/en/details.ftl"),
    include_str!("../locales/en/hall.ftl"),
    include_str!("../locales/en/orders.ftl"),
    include_str!("../locales/en/staff.ftl"),
    include_str!("../locales/en/manage.ftl"),
    include_str!("../locales/en/sales.ftl"),
    include_str!("../locales/en/plan.ftl"),
    include_str!("../locales/en/import.ftl"),
];
const ZH: &[&str] = &[
    include_str!("../locales/zh/site.ftl"),
    include_str!("../locales/zh/problems.ftl"),
    include_str!("../locales/zh/details.ftl"),
    include_str!("../locales/zh/hall.ftl"),
    include_str!("../locales/zh/orders.ftl"),
    include_str!("../locales/zh/staff.ftl"),
    include_str!("../locales/zh/manage.ftl"),
    include_str!("../locales/zh/sales.ftl"),
    include_str!("../locales/zh/plan.ftl"),
    include_str!("../locales/zh/import.ftl"),
];

type Words = FluentBundle<FluentResource>;

static ENGLISH: LazyLock<Words> = LazyLock::new(|| words("en", EN));
static CHINESE: LazyLock<Words> = LazyLock::new(|| words("zh-CN", ZH));

impl Language {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::En, Self::Zh];

    /// The tag in cookies and in `lang`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh-CN",
        }
    }

    /// What speakers call it.
    #[must_use]
    pub fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Zh => "中文",
        }
    }

    /// By its tag, or one that is more exact.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        match tag.split('-').next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "en" => Some(Self::En),
            "zh" => Some(Self::Zh),
            _ => None,
        }
    }

    /// The best that an `Accept-Language` asks for (RFC 9110, section 12.5.4).
    #[must_use]
    pub fn accepted(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for entry in header.split(',') {
            let (tag, weight) = entry.split_once(';').unwrap_or((entry, "q=1"));
            let weight = weight.trim().strip_prefix("q=").and_then(|q| q.parse().ok()).unwrap_or(0.0);
            let better = best.is_none_or(|(known, _)| weight > known);
            if let Some(language) = Self::of_tag(tag.trim())
                && weight > 0.0
                && better
            {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }

    /// A text; its own name where there is none, so that the gap is seen.
    #[must_use]
    pub fn text(self, name: &str) -> String {
        self.find(name, None).unwrap_or_else(|| name.to_owned())
    }

    /// A text with something put in.
    #[must_use]
    pub fn text_with<'a>(self, name: &str, values: &[(&'a str, FluentValue<'a>)]) -> String {
        let args: FluentArgs<'_> = values.iter().cloned().collect();
        self.find(name, Some(&args)).unwrap_or_else(|| name.to_owned())
    }

    /// Several as people read them: `A1, A2`.
    #[must_use]
    pub fn list<S: Borrow<str>>(self, parts: &[S]) -> String {
        parts.join(&*self.text("hall-list-separator"))
    }

    fn words(self) -> &'static Words {
        match self {
            Self::En => &ENGLISH,
            Self::Zh => &CHINESE,
        }
    }

    /// A text that needs nothing put in; nothing where it is not there, or needs something.
    #[must_use]
    pub fn find_plain(self, name: &str) -> Option<String> {
        let words = self.words();
        let mut missing = Vec::new();
        let text = words.format_pattern(words.get_message(name)?.value()?, None, &mut missing);
        missing.is_empty().then(|| text.into_owned())
    }

    /// A text that may not be there.
    #[must_use]
    pub fn find(self, name: &str, args: Option<&FluentArgs<'_>>) -> Option<String> {
        let words = self.words();
        let pattern = words.get_message(name)?.value()?;
        let mut errors = Vec::new();
        let text: Cow<'_, str> = words.format_pattern(pattern, args, &mut errors);
        if !errors.is_empty() {
            tracing::warn!(name, ?errors, "a text could not be written");
        }
        Some(text.into_owned())
    }
}

/// The name of a spoken language, by its BCP 47 tag; the tag where the site has no name for it.
pub fn spoken(language: Language, tag: &str) -> String {
    let base = tag.split('-').next().unwrap_or_default();
    language.find(&format!("spoken-{base}"), None).unwrap_or_else(|| tag.to_owned())
}

fn words(tag: &'static str, sources: &[&'static str]) -> Words {
    let language: LanguageIdentifier = tag.parse().unwrap_or_default();
    let mut words = FluentBundle::new_concurrent(vec![language]);
    // Marks of direction around what is put in are for mixed directions, which neither has.
    words.set_use_isolating(false);
    for source in sources {
        // What cannot be read is left out, and seen: a test reads every text.
        let resource = match FluentResource::try_new((*source).to_owned()) {
            Ok(resource) => resource,
            Err((resource, errors)) => {
                tracing::error!(tag, ?errors, "words that cannot be read");
                resource
            }
        };
        if let Err(errors) = words.add_resource(resource) {
            tracing::error!(tag, ?errors, "words that are there twice");
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// A text begins at the edge of its line.
    fn names(sources: &[&str]) -> BTreeSet<String> {
        let lines = sources.iter().flat_map(|source| source.lines());
        let begins = lines.filter(|line| line.starts_with(|first: char| first.is_ascii_alphabetic()));
        let all: Vec<&str> = begins.filter_map(|line| line.split_once(" =")).map(|(name, _)| name).collect();
        let set: BTreeSet<String> = all.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(all.len(), set.len(), "a text is there twice");
        set
    }

    #[test]
    fn every_text_can_be_read() {
        for source in EN.iter().chain(ZH) {
            let read = FluentResource::try_new((*source).to_owned());
            read.unwrap_or_else(|(_, errors)| panic!("{errors:?}"));
        }
    }

    #[test]
    fn every_text_is_there_in_every_language() {
        assert_eq!(names(EN), names(ZH));
    }

    #[test]
    fn the_heaviest_language_that_is_known_is_taken() {
        for (header, language) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Some(Language::Zh)),
            ("de, en;q=0.7, zh;q=0.9", Some(Language::Zh)),
            ("en-GB", Some(Language::En)),
            ("fr;q=1, zh;q=0", None),
            ("", None),
        ] {
            assert_eq!(Language::accepted(header), language, "{header}");
        }
    }
}
