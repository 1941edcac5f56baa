//! Commands that a README shows, taken out to be run as they stand there.

use std::path::PathBuf;

/// A file at the root of the project; nothing where it is not there.
#[must_use]
pub fn read(name: &str) -> Option<String> {
    std::fs::read_to_string(root().join(name)).ok()
}

/// The root of the project.
#[must_use]
pub fn root() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    folder.parent().map(PathBuf::from).unwrap_or(folder)
}

/// The lines of all code blocks tagged `sh` between `<!-- tested: NAME -->` and `<!-- /tested -->`.
#[must_use]
pub fn commands(text: &str, name: &str) -> Vec<String> {
    let begin = format!("<!-- tested: {name} -->");
    let (mut tested, mut code) = (false, false);
    let mut lines = Vec::new();
    for line in text.lines() {
        match line.trim() {
            mark if mark == begin => tested = true,
            "<!-- /tested -->" => tested = false,
            "```sh" if tested => code = true,
            "```" => code = false,
            _ if tested && code => lines.push(line.to_owned()),
            _ => {}
        }
    }
    lines
}

/// A line's words as a shell takes them: quotes of either kind keep words together.
#[must_use]
pub fn words(line: &str) -> Vec<String> {
    let (mut words, mut quote, mut word) = (Vec::new(), None, None::<String>);
    for character in line.chars() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (None, '\'' | '"') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_shell_blocks_between_the_marks_are_taken() {
        let text = "\
```sh
not me
```
<!-- tested: purchase -->
words
```sh
one \\
  two
```
```json
{}
```
```sh
three
```
<!-- /tested -->
```sh
nor me
```
";
        assert_eq!(commands(text, "purchase"), ["one \\", "  two", "three"]);
        assert!(commands(text, "other").is_empty());
    }

    #[test]
    fn words_are_kept_together_by_quotes() {
        assert_eq!(words(r#"a -d '{"b": 1}' "c d" ''"#), ["a", "-d", r#"{"b": 1}"#, "c d", ""]);
    }
}
