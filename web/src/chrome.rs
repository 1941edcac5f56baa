//! What is around the content of every page: its head, navigation and foot.

use fluent_bundle::FluentValue;

use crate::State;
use crate::assets;
use crate::language::{self, Language};
use crate::visitor::{Theme, Visitor};

/// What is around the content of a page, and the words for the page itself.
#[derive(Debug, Clone)]
pub struct Chrome {
    /// The language of the page.
    pub language: Language,
    /// The chain.
    pub chain: String,
    /// What the browser's tab says.
    pub title: String,
    /// Path and query of the page.
    pub here: String,
    /// Where signing in comes back to: here, but for the pages that do it.
    pub back: String,
    /// Light or dark.
    pub theme: Theme,
    /// What the navigation offers.
    pub signed_in: bool,
    /// The box office and the door.
    pub is_staff: bool,
    /// Running cinemas.
    pub is_manager: bool,
}

impl Chrome {
    /// Of a page whose title is a text of the site.
    pub fn new(state: &State, visitor: &Visitor, title: &str) -> Self {
        let title = visitor.language.text(title);
        Self::titled(state, visitor, title)
    }

    /// Of a page with a title of its own, such as a film's.
    pub fn titled(state: &State, visitor: &Visitor, title: String) -> Self {
        Self {
            language: visitor.language,
            chain: state.config.name.clone(),
            title,
            here: visitor.here.clone(),
            back: visitor.here.clone(),
            theme: visitor.theme,
            signed_in: visitor.signed_in.is_some(),
            is_staff: visitor.is_staff(),
            is_manager: visitor.is_manager(),
        }
    }

    /// A text of the site.
    pub fn t(&self, name: &str) -> String {
        self.language.text(name)
    }

    /// A text of the site with a number or a name in it.
    pub fn t1<'a>(&self, name: &str, key: &'a str, value: impl Into<FluentValue<'a>>) -> String {
        self.language.text_with(name, &[(key, value.into())])
    }

    /// A text of the site with two of them.
    pub fn t2<'a>(
        &self,
        name: &str,
        first: &'a str,
        one: impl Into<FluentValue<'a>>,
        second: &'a str,
        other: impl Into<FluentValue<'a>>,
    ) -> String {
        self.language.text_with(name, &[(first, one.into()), (second, other.into())])
    }

    /// The name of a spoken language.
    pub fn spoken(&self, tag: &str) -> String {
        language::spoken(self.language, tag)
    }

    /// Where an asset is.
    pub fn asset(&self, name: &str) -> &'static str {
        assets::place(name)
    }

    /// The languages there are.
    pub fn languages(&self) -> [Language; 2] {
        Language::ALL
    }
}
