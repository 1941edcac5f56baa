//! The reference page: shows `/openapi.json` in a browser, with no script or style from elsewhere.

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

macro_rules! assets {
    ($($name:literal: $kind:expr),* $(,)?) => {
        &[$(($name, $kind, include_bytes!(concat!("../../assets/docs/", $name)))),*]
    };
}

/// Name, content type and content of what the page loads.
const ASSETS: &[(&str, &str, &[u8])] = assets! {
    "docs.css": CSS,
    "docs.js": SCRIPT,
    "dom.js": SCRIPT,
    "nav.js": SCRIPT,
    "operation.js": SCRIPT,
    "request.js": SCRIPT,
    "schema.js": SCRIPT,
};

/// The page, HTML in UTF-8, to be served at `/docs`. It loads its parts from `/docs/{name}`:
/// see [`asset`]. It works under a content security policy without inline
/// script or style.
#[must_use]
pub fn docs_page() -> &'static str {
    include_str!("../../assets/docs/index.html")
}

/// Content type and content of a part of the page.
#[must_use]
pub fn asset(name: &str) -> Option<(&'static str, &'static [u8])> {
    ASSETS.iter().find(|(known, ..)| *known == name).map(|(_, kind, content)| (*kind, *content))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes of the whole page with its parts.
    const LARGEST: usize = 40_000;

    fn text(name: &str) -> &'static str {
        let (_, content) = asset(name).unwrap();
        std::str::from_utf8(content).unwrap()
    }

    /// What stands between double or single quotes after `before`.
    fn quoted<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
        let after = text.split(before).skip(1);
        after.filter_map(|after| after.get(1..)?.split(['"', '\'']).next()).collect()
    }

    #[test]
    fn everything_the_page_loads_is_there() {
        let page = docs_page();
        let mut loaded = quoted(page, "src=");
        loaded.extend(quoted(page, "rel=\"stylesheet\" href="));
        assert_eq!(loaded, ["/docs/docs.js", "/docs/docs.css"]);
        for (name, _, _) in ASSETS.iter().filter(|(_, kind, _)| *kind == SCRIPT) {
            for import in quoted(text(name), "} from ") {
                assert!(asset(import.trim_start_matches("./")).is_some(), "{name}: {import}");
            }
        }
        assert!(loaded.iter().all(|path| asset(path.trim_start_matches("/docs/")).is_some()));
        assert_eq!(asset("../index.html"), None);
    }

    #[test]
    fn a_strict_content_policy_holds_nothing_back() {
        let page = docs_page();
        for inline in ["<style", " style=", "javascript:", "http://", "https://"] {
            assert!(!page.contains(inline), "{inline}");
        }
        assert_eq!(page.matches("<script").count(), page.matches("<script type=\"module\" src=").count());
        assert!(quoted(page, " on").is_empty(), "handlers of events are added by the script");
        for (name, _, _) in ASSETS {
            for foreign in
                ["http://", "https://", "url(", "@import", "eval(", "innerHTML", "setAttribute('style"]
            {
                assert!(!text(name).contains(foreign), "{name}: {foreign}");
            }
        }
    }

    #[test]
    fn the_page_stays_small() {
        let size: usize = ASSETS.iter().map(|(_, _, content)| content.len()).sum();
        assert!(size + docs_page().len() < LARGEST, "{size}");
    }
}
