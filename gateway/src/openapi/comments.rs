//! The comments of the proto files.

use std::collections::HashMap;

use prost_reflect::DescriptorPool;

use super::sources::Placed;

/// Every comment that stands before something, by file and place.
pub struct Comments {
    by_file: HashMap<String, HashMap<Vec<i32>, Comment>>,
}

/// One comment; empty where there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comment(String);

impl Comments {
    /// Reads the comments of all files of a pool.
    pub fn read(pool: &DescriptorPool) -> Self {
        let by_file = pool.file_descriptor_protos().map(|file| {
            let places = file.source_code_info.iter().flat_map(|info| &info.location);
            let comments = places.filter_map(|place| {
                Some((place.path.clone(), Comment::new(place.leading_comments.as_deref()?)))
            });
            (file.name().to_owned(), comments.collect())
        });
        Self { by_file: by_file.collect() }
    }

    /// The comment before a descriptor.
    pub fn of(&self, descriptor: &impl Placed) -> Comment {
        let in_file = self.by_file.get(descriptor.file().name());
        in_file.and_then(|comments| comments.get(descriptor.place())).cloned().unwrap_or_default()
    }
}

impl Comment {
    /// Joins the lines of each paragraph: where a line ends means nothing.
    fn new(raw: &str) -> Self {
        let lines: Vec<&str> = raw.lines().map(str::trim).collect();
        let paragraphs = lines.split(|line| line.is_empty()).map(|lines| lines.join(" "));
        Self(paragraphs.filter(|paragraph| !paragraph.is_empty()).collect::<Vec<_>>().join("\n\n"))
    }

    /// All of it.
    pub fn whole(&self) -> &str {
        &self.0
    }

    /// The first sentence, without its full stop.
    pub fn summary(&self) -> &str {
        let (first, _) = self.parts();
        first.strip_suffix('.').unwrap_or(first)
    }

    /// What follows the first sentence.
    pub fn rest(&self) -> &str {
        self.parts().1
    }

    /// A value it shows, `F12` in "The seat, `F12`": what stands between
    /// backticks after a comma, a colon or "such as".
    pub fn example(&self) -> Option<&str> {
        [", `", ": `", "such as `"]
            .into_iter()
            .filter_map(|before| {
                let (_, after) = self.0.split_once(before)?;
                let (value, _) = after.split_once('`')?;
                (value.len() > 1).then_some(value)
            })
            .next()
    }

    fn parts(&self) -> (&str, &str) {
        let mut quoted = false;
        for (at, character) in self.0.char_indices() {
            match character {
                '`' => quoted = !quoted,
                '.' if !quoted && self.0[at + 1..].starts_with(char::is_whitespace) => {
                    return (&self.0[..=at], self.0[at + 1..].trim_start());
                }
                '\n' => return (self.0[..at].trim_end(), self.0[at..].trim_start()),
                _ => {}
            }
        }
        (&self.0, "")
    }
}

#[cfg(test)]
mod tests {
    use super::Comment;

    #[test]
    fn the_first_sentence_is_the_summary() {
        let comment = Comment::new(" Opens a cinema. Errors:\n `X`.\n\n More\n of it.\n");
        assert_eq!(comment.summary(), "Opens a cinema");
        assert_eq!(comment.rest(), "Errors: `X`.\n\nMore of it.");
    }

    #[test]
    fn a_full_stop_in_a_word_or_between_backticks_ends_nothing() {
        let comment = Comment::new("Goes into `a. b`, of version 1.2, they say.");
        assert_eq!(comment.summary(), "Goes into `a. b`, of version 1.2, they say");
        assert_eq!(comment.rest(), "");
    }

    #[test]
    fn a_value_that_is_shown_is_an_example() {
        let example = |text: &str| Comment::new(text).example().map(str::to_owned);
        assert_eq!(example("The seats, `F12`; 1 to 20.").as_deref(), Some("F12"));
        assert_eq!(example("A BCP 47 tag such as `en` or `zh-CN`.").as_deref(), Some("en"));
        assert_eq!(example("`next_page_token` of the page before."), None);
        assert_eq!(example("Letters, digits, `_`, `-`."), None);
    }
}
