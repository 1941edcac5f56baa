//! Lines of text on a sheet.

use pdf_writer::{Content, Str};

use super::fonts::Font;

/// Lines of a paragraph at most: what is longer is a mistake, and must not run into what follows.
const LINES: usize = 4;
/// Width of a Latin character, of its height: the mean of the font is less ...
const LATIN_WIDTH: f32 = 0.58;
/// ... that of its capitals too ...
const CAPITAL_WIDTH: f32 = 0.74;
/// ... and this is exactly that of the font of fixed width.
const FIXED_WIDTH: f32 = 0.6;
/// Width of an ideograph.
const FULL_WIDTH: f32 = 1.0;
/// From line to line, of the height of a character.
const LEADING: f32 = 1.35;

/// A column of paragraphs, from above to below.
pub struct Text<'a> {
    content: &'a mut Content,
    left: f32,
    /// Where the next line's upper edge is.
    top: f32,
    width: f32,
}

impl<'a> Text<'a> {
    pub fn new(content: &'a mut Content, left: f32, top: f32, width: f32) -> Self {
        Self { content, left, top, width }
    }

    /// Sets a paragraph, its characters `size` points high.
    pub fn paragraph(&mut self, size: f32, text: &str) {
        for line in broken(text, self.width / size, width_of).into_iter().take(LINES) {
            self.top -= size * LEADING;
            self.line(size, &runs(&line));
        }
        self.top -= size * (LEADING - 1.0);
    }

    /// Sets what is to be typed off: one word, broken wherever a line is full.
    pub fn word(&mut self, size: f32, word: &str) {
        for line in broken(word, self.width / size, |_| FIXED_WIDTH).into_iter().take(LINES) {
            self.top -= size * LEADING;
            let mut bytes = Vec::with_capacity(line.len());
            line.chars().for_each(|character| Font::Fixed.encode(character, &mut bytes));
            self.line(size, &[(Font::Fixed, bytes)]);
        }
    }

    fn line(&mut self, size: f32, runs: &[(Font, Vec<u8>)]) {
        self.content.begin_text().next_line(self.left, self.top);
        for (font, bytes) in runs {
            self.content.set_font(font.name(), size).show(Str(bytes));
        }
        self.content.end_text();
    }
}

/// Characters that follow each other in the same font, encoded for it.
fn runs(line: &str) -> Vec<(Font, Vec<u8>)> {
    let mut runs: Vec<(Font, Vec<u8>)> = Vec::new();
    for character in line.chars().filter(|character| !character.is_control()) {
        let (font, character) = Font::of(character).map_or((Font::Latin, '?'), |font| (font, character));
        match runs.last_mut() {
            Some((last, bytes)) if *last == font => font.encode(character, bytes),
            _ => {
                let mut bytes = Vec::new();
                font.encode(character, &mut bytes);
                runs.push((font, bytes));
            }
        }
    }
    runs
}

/// Breaks a text into lines of a width, in heights of a character: at a space where there is
/// one in the second half of the line, else anywhere.
fn broken(text: &str, width: f32, width_of: impl Fn(char) -> f32) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut line, mut used) = (String::new(), 0.0);
    for character in text.chars() {
        let wide = width_of(character);
        if used + wide > width && !line.is_empty() {
            let space = line.rfind(' ').filter(|at| at * 2 > line.len());
            let rest = space.map(|at| line.split_off(at + 1)).unwrap_or_default();
            lines.push(line.trim_end().to_owned());
            used = rest.chars().map(&width_of).sum();
            line = rest;
        }
        line.push(character);
        used += wide;
    }
    lines.push(line);
    lines
}

fn width_of(character: char) -> f32 {
    match Font::of(character) {
        Some(Font::Chinese | Font::Korean) => FULL_WIDTH,
        _ if character.is_uppercase() => CAPITAL_WIDTH,
        _ => LATIN_WIDTH,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_set_in_the_fonts_its_characters_need() {
        let fonts: Vec<Font> = runs("Hero 英雄 – ☆ 히어로!").into_iter().map(|(font, _)| font).collect();
        let (latin, chinese, korean) = (Font::Latin, Font::Chinese, Font::Korean);
        assert_eq!(fonts, [latin, chinese, latin, chinese, latin, korean, latin]);
        assert_eq!(runs("€–"), [(Font::Latin, vec![0x80, 0x96])]);
        assert_eq!(runs("雄"), [(Font::Chinese, vec![0x96, 0xc4])]);
        assert_eq!(runs("ก\u{7}é"), [(Font::Latin, vec![b'?', 0xe9])]);
    }

    #[test]
    fn lines_break_at_spaces_or_anywhere() {
        assert_eq!(broken("aaaa bbbb cccc", 6.0, width_of), ["aaaa bbbb", "cccc"]);
        assert_eq!(broken("一二三四五", 2.0, width_of), ["一二", "三四", "五"]);
        assert_eq!(broken("ABCDE", 1.3, |_| FIXED_WIDTH), ["AB", "CD", "E"]);
        assert_eq!(broken("", 2.0, width_of), [""]);
    }
}
