//! Search keys: what is left of a title when case, accents and width do not matter.

use unicode_normalization::UnicodeNormalization;

/// Longest key in an index, characters: a name of the contract's longest, and
/// only signs that fold to whole words make a key longer than its name.
const MAX_INDEX_KEY: usize = 200;

/// The search key of a text. Two texts people take for the same have the same
/// key, and a part of a text has a key that is part of its key.
///
/// Compatibility forms are folded (`ＡＢＣ` is `abc`), Latin, Greek and Cyrillic
/// accents dropped, letters made small, spaces joined. Chinese, Japanese and
/// Korean stay as they are.
#[must_use]
pub fn key(text: &str) -> String {
    let mut folded = fold(text);
    // Making letters small can bring forth letters that fold again.
    for _ in 0..3 {
        let again = fold(&folded);
        if again == folded {
            break;
        }
        folded = again;
    }
    folded
}

/// The beginning of the key, short enough for an index of any engine: what names
/// are sorted by and compared with as a whole.
#[must_use]
pub fn index_key(text: &str) -> String {
    key(text).chars().take(MAX_INDEX_KEY).collect()
}

fn fold(text: &str) -> String {
    let mut small = String::with_capacity(text.len());
    for letter in text.nfkd().filter(|letter| !is_accent(*letter)).flat_map(char::to_lowercase) {
        match letter {
            'ß' => small.push_str("ss"),
            'æ' => small.push_str("ae"),
            'œ' => small.push_str("oe"),
            'ø' => small.push('o'),
            'ł' => small.push('l'),
            'đ' | 'ð' => small.push('d'),
            'ı' => small.push('i'),
            'ς' => small.push('σ'),
            '’' | '‘' => small.push('\''),
            _ => small.push(letter),
        }
    }
    let mut joined = String::with_capacity(small.len());
    for word in small.split_whitespace() {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    joined
}

/// Combining marks of the European scripts; those of others belong to the letter.
fn is_accent(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}')
}

/// The key of a film: its titles in all languages, so that a part of any finds it.
pub fn film_key<'a>(titles: impl IntoIterator<Item = &'a str>) -> String {
    titles.into_iter().map(key).collect::<Vec<_>>().join("\n")
}

/// A `LIKE` pattern (escape character `!`) that finds keys with this text in them.
#[must_use]
pub fn contains_pattern(text: &str) -> String {
    format!("%{}%", escaped(&key(text)))
}

/// Text for a `LIKE` pattern with escape character `!`, meaning only itself.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_accents_and_width_do_not_matter() {
        assert_eq!(key("Amélie"), key("AMELIE"));
        assert_eq!(key("ＡＬＩＥＮ　３"), "alien 3");
        assert_eq!(key("Alien³"), "alien3");
        assert_eq!(key("  Straße \t des Ærø "), "strasse des aero");
        assert_eq!(key("İstanbul"), "istanbul");
        assert_eq!(key("霸王别姬"), "霸王别姬");
        assert!(key("千と千尋の神隠し").contains(&key("神隠し")));
        assert_ne!(key("ガ"), key("カ"));
    }

    #[test]
    fn an_index_key_is_bounded() {
        assert_eq!(index_key("Amélie"), "amelie");
        assert_eq!(index_key(&"\u{fdfa}".repeat(200)).chars().count(), MAX_INDEX_KEY);
    }

    #[test]
    fn signs_of_patterns_mean_themselves() {
        assert_eq!(contains_pattern("100%_!"), "%100!%!_!!%");
    }

    proptest! {
        #[test]
        fn the_key_of_a_key_is_the_key(text in "\\PC{0,40}") {
            prop_assert_eq!(key(&key(&text)), key(&text));
        }

        #[test]
        fn a_word_of_a_title_finds_it(words in prop::collection::vec("[a-zA-ZéÉüßñçøłĐ霸王别姬가나]{1,8}", 1..6), pick in 0usize..6) {
            let word = words[pick % words.len()].clone();
            prop_assert!(key(&words.join(" ")).contains(&key(&word)));
        }
    }
}
