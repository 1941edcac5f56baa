//! Cookies, read and written.

use std::fmt::Write;

use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue};

/// The cookies that the site knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// The access token.
    Access,
    /// The refresh token.
    Refresh,
    /// The chosen language.
    Language,
    /// Light or dark, where it is chosen.
    Theme,
    /// The city whose cinemas are shown.
    City,
    /// The proof of a choice that waits for signing in.
    Waiting,
}

impl Cookie {
    fn name(self) -> &'static str {
        match self {
            Self::Access => "marquee_access",
            Self::Refresh => "marquee_refresh",
            Self::Language => "marquee_language",
            Self::Theme => "marquee_theme",
            Self::City => "marquee_city",
            Self::Waiting => "marquee_waiting",
        }
    }

    /// Its value in a request, where it was sent.
    pub fn of(self, headers: &HeaderMap) -> Option<&str> {
        let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(name, _)| *name == self.name()).map(|(_, value)| value).filter(|value| !value.is_empty())
    }

    /// Whether an answer sets it.
    pub fn is_set_by(self, headers: &HeaderMap) -> bool {
        let lines = headers.get_all(SET_COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut names = lines.filter_map(|line| line.split_once('=')).map(|(name, _)| name);
        names.any(|name| name == self.name())
    }

    /// A header that sets it for `seconds`; that removes it where they are 0.
    ///
    /// No script reads it, and no other site's form sends it. Nothing where the value cannot
    /// stand in a cookie.
    pub fn set(self, value: &str, seconds: i64, secure: bool) -> Option<HeaderValue> {
        let fits = value.bytes().all(|byte| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte));
        if !fits {
            return None;
        }
        let mut line =
            format!("{}={value}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax", self.name(), seconds.max(0));
        if secure {
            let _ = write!(line, "; Secure");
        }
        line.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "a=b; marquee_theme=dark".parse().unwrap());
        headers.append(COOKIE, "marquee_access=x.y-z; marquee_city=".parse().unwrap());
        assert_eq!(Cookie::Theme.of(&headers), Some("dark"));
        assert_eq!(Cookie::Access.of(&headers), Some("x.y-z"));
        assert_eq!(Cookie::City.of(&headers), None);
        assert_eq!(Cookie::Refresh.of(&headers), None);
    }

    #[test]
    fn an_answer_that_sets_one_cookie_does_not_set_another() {
        let mut headers = HeaderMap::new();
        headers.append(SET_COOKIE, Cookie::Theme.set("dark", 60, false).unwrap());
        assert!(Cookie::Theme.is_set_by(&headers) && !Cookie::Access.is_set_by(&headers));
        headers.append(SET_COOKIE, Cookie::Access.set("", 0, false).unwrap());
        assert!(Cookie::Access.is_set_by(&headers));
    }

    #[test]
    fn what_would_end_a_cookie_early_is_not_set() {
        assert_eq!(Cookie::City.set("a; Domain=evil", 1, true), None);
        assert_eq!(
            Cookie::Theme.set("dark", 60, true).unwrap(),
            "marquee_theme=dark; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
        );
    }
}
