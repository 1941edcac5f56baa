//! Where in the configuration something wrong is: the file and its line, or the variable.

use std::path::Path;

use super::PREFIX;

/// What the library calls a value, and what it is to people.
const PLAIN: [(&str, &str); 10] = [
    ("an unsigned 64 bit or less integer", "a whole number of 0 or more"),
    ("an unsigned 32 bit integer", "a whole number of 0 to 4294967295"),
    ("an unsigned 16 bit integer", "a whole number of 0 to 65535"),
    ("an unsigned 8 bit integer", "a whole number of 0 to 255"),
    ("an integer", "a whole number"),
    ("a floating point", "a number"),
    ("a boolean", "true or false"),
    ("type: 64-bit unsigned integer ", "value: "),
    ("type: 64-bit integer ", "value: "),
    (" in the environment", ""),
];

/// What is wrong, in plain words and with where it is, so far as that can be told.
pub(super) fn told(problem: &str, file: Option<&Path>, variables: impl Iterator<Item = String>) -> String {
    let problem = section(problem);
    let plain = PLAIN.iter().fold(problem, |text, (theirs, ours)| text.replacen(theirs, ours, 1));
    placed(&plain, file, variables)
}

/// A section is called by the name of what holds it: `expected struct LogConfig`.
fn section(problem: &str) -> String {
    let Some((before, rest)) = problem.split_once("expected struct ") else { return problem.to_owned() };
    let after = rest.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric());
    format!("{before}expected a section of keys{after}")
}

fn placed(problem: &str, file: Option<&Path>, variables: impl Iterator<Item = String>) -> String {
    let Some(file) = file else {
        return in_a_variable(problem, variables).unwrap_or_else(|| problem.to_owned());
    };
    let shown = file.display().to_string();
    let (rest, named) = without_file(problem, file);
    if !named && let Some(told) = in_a_variable(problem, variables) {
        return told;
    }
    if !named && problem.contains(&shown) {
        return problem.to_owned();
    }
    let text = std::fs::read_to_string(file).unwrap_or_default();
    match path(rest).and_then(|path| line(&text, &path)) {
        Some(line) => format!("{rest} (in {shown}, line {line})"),
        None => format!("{rest} (in {shown})"),
    }
}

/// The problem without the file at its end, which may be there twice and in another spelling.
fn without_file<'a>(problem: &'a str, file: &Path) -> (&'a str, bool) {
    let (mut rest, mut named) = (problem, false);
    while let Some((before, last)) = rest.rsplit_once(" in ")
        && Path::new(last).file_name().is_some_and(|name| Some(name) == file.file_name())
    {
        (rest, named) = (before, true);
    }
    (rest, named)
}

fn in_a_variable(problem: &str, variables: impl Iterator<Item = String>) -> Option<String> {
    let variable = variable(&path(problem)?, variables)?;
    Some(format!("{problem} (in the variable {variable})"))
}

/// The key that is complained of, `gateway.limits.max_streams`.
fn path(problem: &str) -> Option<String> {
    let quoted = |before: &str| Some(problem.split_once(before)?.1.split_once('`')?.0);
    let parts = [quoted(" for key `"), quoted("unknown field `")];
    let path: Vec<_> = parts.into_iter().flatten().collect();
    (!path.is_empty()).then(|| path.join("."))
}

/// The variable that sets the key, or something in it or below it.
fn variable(path: &str, mut variables: impl Iterator<Item = String>) -> Option<String> {
    let path = path.split('[').next().unwrap_or_default();
    let wanted = format!("{PREFIX}{}", path.replace('.', "__"));
    let sets = |name: &String| {
        let (name, wanted) = (name.to_ascii_lowercase(), wanted.to_ascii_lowercase());
        name.strip_prefix(&wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with("__"))
    };
    variables.find(sets)
}

/// The line of a key, counted from 1, where the file writes it on a line of its own.
fn line(text: &str, path: &str) -> Option<usize> {
    // An entry of a list is found by the list's key.
    let wanted: Vec<&str> = path.split('[').next().unwrap_or_default().split('.').collect();
    let mut open: Vec<(usize, &str)> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let Some((key, _)) = line.trim_start().split_once(':').filter(|(key, _)| !key.starts_with('#'))
        else {
            continue;
        };
        open.retain(|(outer, _)| *outer < indent);
        open.push((indent, key.trim_end().trim_matches(['"', '\''])));
        if open.iter().map(|(_, key)| *key).eq(wanted.iter().copied()) {
            return Some(number + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# gateway: no\ndata_dir: x\nuser:\n  tokens:\n    days: 5\ngateway:\n  \"days\": 1\n";

    #[test]
    fn a_key_is_found_where_it_is() {
        assert_eq!(line(FILE, "user.tokens.days"), Some(5));
        assert_eq!(line(FILE, "gateway.days"), Some(7));
        assert_eq!(line(FILE, "gateway"), Some(6));
        assert_eq!(line(FILE, "days"), None);
    }

    #[test]
    fn the_key_complained_of_is_read_from_the_complaint() {
        let unknown = "unknown field `lisen`, expected one of `listen`, `rate` for key `gateway`";
        assert_eq!(path(unknown).as_deref(), Some("gateway.lisen"));
        assert_eq!(path("unknown field `gatway`, expected `gateway`").as_deref(), Some("gatway"));
        assert_eq!(path("file not found"), None);
    }

    #[test]
    fn a_variable_goes_before_the_file() {
        let names = ["MARQUEE__GATEWAY__LISEN".to_owned()];
        let problem = "unknown field `lisen`, expected `listen` for key `gateway`";
        let told = told(problem, Some(Path::new("c.yaml")), names.into_iter());
        assert!(told.ends_with("(in the variable MARQUEE__GATEWAY__LISEN)"), "{told}");
    }

    #[test]
    fn a_file_is_named_once() {
        let file = Some(Path::new("/not/there/c.yaml"));
        let told = told("no node in ../c.yaml in ../c.yaml", file, std::iter::empty());
        assert_eq!(told, "no node (in /not/there/c.yaml)");
    }
}
