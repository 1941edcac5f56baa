//! URLs of databases, which may name several servers and hold a password.

/// How a URL asks for what is always so: connections go to the server that takes writes.
const TARGETS: [&str; 2] = ["read-write", "primary"];

/// A URL for each server that a URL names: `postgres://a:5432,b:5432/orders` is two.
///
/// # Errors
/// What is wrong with it, without showing any of it.
pub(super) fn servers(url: &str) -> Result<Vec<String>, &'static str> {
    let Some((scheme, rest)) = url.split_once("://") else { return Ok(vec![url.to_owned()]) };
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (user, hosts) = authority.rsplit_once('@').map_or(("", authority), |(user, hosts)| (user, hosts));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let query = settings(query)?;
    let hosts: Vec<&str> = hosts.split(',').collect();
    if hosts.len() > 1 && hosts.contains(&"") {
        return Err("a host between commas is missing");
    }
    if query.iter().any(|(key, value)| is_place(key) && (hosts.len() > 1 || value.contains(','))) {
        return Err("several hosts are named before the path, with their ports: HOST:PORT,HOST:PORT");
    }
    let query: Vec<String> = query.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    let at = if authority.contains('@') { "@" } else { "" };
    Ok(hosts.iter().map(|host| format!("{scheme}://{user}{at}{host}{path}{query}")).collect())
}

/// What follows the question mark, as PostgreSQL's own library means it.
fn settings(query: &str) -> Result<Vec<(&str, &str)>, &'static str> {
    let mut settings = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        match key {
            "target_session_attrs" if TARGETS.contains(&value) => {}
            "target_session_attrs" => return Err("target_session_attrs can only be read-write or primary"),
            _ => settings.push((key, value)),
        }
    }
    // Who names an authority wants the server verified by it.
    if settings.iter().any(|(key, _)| *key == "sslrootcert") {
        let encrypted = settings.iter_mut().filter(|pair| **pair == ("sslmode", "require"));
        encrypted.for_each(|pair| pair.1 = "verify-ca");
    }
    Ok(settings)
}

fn is_place(key: &str) -> bool {
    matches!(key, "host" | "hostaddr" | "port")
}

/// The URL without user, password and settings.
pub(super) fn display_name(url: &str) -> String {
    let (place, settings) = url.split_once('?').unwrap_or((url, ""));
    let Some((scheme, place)) = place.split_once("://") else { return place.to_owned() };
    match place.rsplit_once('@') {
        Some((_, place)) => format!("{scheme}://{place}"),
        // A question mark in a password: what is before it is part of the password.
        None if settings.contains('@') => format!("{scheme}://(..)"),
        None => format!("{scheme}://{place}"),
    }
}

/// The hosts and ports a URL names, and nothing else of it.
pub(super) fn hosts(url: &str) -> String {
    let shown = display_name(url);
    let place = shown.split_once("://").map_or("", |(_, place)| place);
    place.split(['/', '?', '#']).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        for (url, shown) in [
            ("postgres://marquee:se@cret@db:5432/orders?sslmode=x", "postgres://db:5432/orders"),
            ("postgres://marquee:secret@a:1,b:2/orders", "postgres://a:1,b:2/orders"),
            ("postgres://marquee:se?cret@db/orders", "postgres://(..)"),
            ("postgres://db/orders?password=secret", "postgres://db/orders"),
            ("sqlite:data/a.db?mode=rwc", "sqlite:data/a.db"),
        ] {
            assert_eq!(display_name(url), shown);
        }
    }

    #[test]
    fn the_hosts_are_all_that_traces_show() {
        for (url, hosts) in [
            ("postgres://marquee:secret@a:1,b:2/orders?sslmode=x", "a:1,b:2"),
            ("postgres://db/orders", "db"),
        ] {
            assert_eq!(super::hosts(url), hosts);
        }
    }

    #[test]
    fn every_server_gets_a_url() {
        let of = |url: &str| servers(url).unwrap();
        assert_eq!(
            of("postgres://u:p@a:5432,[::1]:6432/o?sslmode=require&target_session_attrs=read-write"),
            ["postgres://u:p@a:5432/o?sslmode=require", "postgres://u:p@[::1]:6432/o?sslmode=require"]
        );
        for one in
            ["postgres://u:p,w@a/o", "postgres://a", "sqlite:data/a.db?mode=rwc", "postgres://a/o?host=/run"]
        {
            assert_eq!(of(one), [one]);
        }
        assert_eq!(of("postgres://u@a/o?target_session_attrs=primary"), ["postgres://u@a/o"]);
    }

    #[test]
    fn an_authority_is_used() {
        let of = |mode: &str| servers(&format!("postgres://a/o?sslmode={mode}&sslrootcert=/ca.pem")).unwrap();
        assert_eq!(of("require"), ["postgres://a/o?sslmode=verify-ca&sslrootcert=/ca.pem"]);
        assert_eq!(of("verify-full"), ["postgres://a/o?sslmode=verify-full&sslrootcert=/ca.pem"]);
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for url in [
            "postgres://secret@a,,b/o",
            "postgres://secret@a,b/o?host=c",
            "postgres://secret@/o?host=a,b",
            "postgres://secret@a,b/o?target_session_attrs=any",
        ] {
            assert!(!servers(url).unwrap_err().contains("secret"), "{url}");
        }
    }
}
