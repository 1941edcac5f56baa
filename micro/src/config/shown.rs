//! What is set, key by key, for people to read.

use std::collections::BTreeMap;
use std::path::Path;

use config::{Config, Environment, File, FileFormat, Value, ValueKind};

use super::{ConfigError, Variables};

/// Keys whose values are never shown, by the end of their names.
const SECRET: [&str; 5] = ["authentication", "password", "secret", "secrets", "token"];
/// Below such a key, headers such as an API key.
const HEADERS: &str = ".headers.";
/// What is shown instead.
const HIDDEN: &str = "(hidden)";

/// Every key of a text in YAML, with its value.
///
/// # Errors
/// A text that is no YAML.
pub fn keys_of(text: &str) -> Result<BTreeMap<String, String>, ConfigError> {
    let builder = Config::builder().add_source(File::from_str(text, FileFormat::Yaml));
    flat(builder.build())
}

/// Every key that the file or the environment sets, with its value; secrets hidden.
///
/// # Errors
/// A file that cannot be read.
pub fn keys_set(file: Option<&Path>) -> Result<BTreeMap<String, String>, ConfigError> {
    let mut builder = Config::builder();
    if let Some(file) = file {
        builder = builder.add_source(File::from(file).format(FileFormat::Yaml));
    }
    let environment = Environment::with_prefix("MARQUEE").prefix_separator("__").separator("__");
    flat(builder.add_source(Variables(environment)).build())
}

fn flat(built: Result<Config, config::ConfigError>) -> Result<BTreeMap<String, String>, ConfigError> {
    let unusable = |error: config::ConfigError| ConfigError::Unusable(error.to_string());
    let config = built.map_err(unusable)?;
    let mut keys = BTreeMap::new();
    walk("", &config.cache, &mut keys);
    Ok(keys)
}

fn walk(path: &str, value: &Value, keys: &mut BTreeMap<String, String>) {
    if let ValueKind::Table(table) = &value.kind {
        for (key, value) in table {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            walk(&path, value, keys);
        }
        return;
    }
    let shown = shown(value);
    let last = path.rsplit('.').next().unwrap_or(path);
    let secret = path.contains(HEADERS) || SECRET.iter().any(|end| last.ends_with(end));
    let secret = secret && !shown.is_empty() && shown != "[]";
    keys.insert(path.to_owned(), if secret { HIDDEN.to_owned() } else { without_password(&shown) });
}

fn shown(value: &Value) -> String {
    match &value.kind {
        ValueKind::Nil => "null".to_owned(),
        ValueKind::Array(items) => {
            let items: Vec<_> = items.iter().map(shown).collect();
            format!("[{}]", items.join(", "))
        }
        ValueKind::Table(table) => {
            let mut fields: Vec<_> =
                table.iter().map(|(key, value)| format!("{key}: {}", shown(value))).collect();
            fields.sort_unstable();
            format!("{{{}}}", fields.join(", "))
        }
        // A value is shown in one line.
        other => other.to_string().replace(char::is_control, " "),
    }
}

/// A text without the passwords of the URLs in it: `postgres://name:(hidden)@host`. What stands
/// after a question mark may be one as well.
fn without_password(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    // A password may contain anything that was not escaped, so the last @ ends it.
    let rest = match rest.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((user, _)) => format!("{user}:{HIDDEN}@{host}"),
            None => rest.to_owned(),
        },
        None => rest.to_owned(),
    };
    let rest = match rest.split_once('?') {
        Some((before, query)) if query.contains("password") => format!("{before}?{HIDDEN}"),
        _ => rest,
    };
    format!("{scheme}://{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_their_paths_and_secrets_are_hidden() {
        let text = "secret: s3cret\ntoken: ''\na:\n  b: [1, x]\n  password: p4ss\n  url: postgres://u:p:w@d@h:1/n\n  \
                    other: postgres://h/n?password=p4ss\n  list:\n    - {m: 1, f: 2}\n  none: null\n  headers: {x-api-key: k3y}\n";
        let keys = keys_of(text).unwrap();
        let expected = [
            ("a.b", "[1, x]"),
            ("a.headers.x-api-key", "(hidden)"),
            ("a.list", "[{f: 2, m: 1}]"),
            ("a.none", "null"),
            ("a.other", "postgres://h/n?(hidden)"),
            ("a.password", "(hidden)"),
            ("a.url", "postgres://u:(hidden)@h:1/n"),
            ("secret", "(hidden)"),
            ("token", ""),
        ];
        let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(keys, BTreeMap::from(expected));
    }
}
