//! Who wants a page, and who wants data.

use http::HeaderMap;
use http::header::ACCEPT;

/// Whether a client wants a page: it names HTML, and likes no JSON better (RFC 9110, section
/// 12.5.1). Browsers do where an address is opened or a form sent; programs that take anything
/// (`*/*`) want data.
#[must_use]
pub fn wants_page(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(ACCEPT).iter().filter_map(|line| line.to_str().ok());
    let ranges: Vec<(&str, f32)> = lines.flat_map(|line| line.split(',')).map(range).collect();
    let weight = |is_it: fn(&str) -> bool| {
        ranges.iter().filter(|(essence, _)| is_it(essence)).map(|(_, weight)| *weight).fold(0.0, f32::max)
    };
    let page = weight(|essence| matches!(essence, "text/html" | "application/xhtml+xml"));
    page > 0.0 && page >= weight(|essence| essence.ends_with("/json") || essence.ends_with("+json"))
}

/// A media range and its weight.
fn range(text: &str) -> (&str, f32) {
    let mut parts = text.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let weight = parts.find_map(|part| part.strip_prefix("q="));
    (essence, weight.map_or(1.0, |weight| weight.parse().unwrap_or(0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_want_pages_and_programs_data() {
        for (accept, wanted) in [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", true),
            ("text/html", true),
            ("text/html, application/json", true),
            ("application/json;q=0.5, text/html;q=0.4", false),
            ("application/problem+json, text/html;q=0.9", false),
            ("*/*", false),
            ("application/json", false),
            ("text/html;q=0", false),
            ("text/html;q=none", false),
            ("image/avif,image/webp,*/*;q=0.8", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, accept.parse().unwrap());
            assert_eq!(wants_page(&headers), wanted, "{accept}");
        }
        assert!(!wants_page(&HeaderMap::new()));
    }
}
