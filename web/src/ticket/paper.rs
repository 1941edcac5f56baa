//! Tickets on paper: a PDF with a strip for each, three to a sheet.
//!
//! No font is embedded. Latin text is set in one that every viewer has, and Chinese, Japanese
//! and Korean text in fonts of the viewer's system, through the character collections that PDF
//! defines for this (ISO 32000-2, section 9.7.5.2): so a ticket is a few kilobytes, and no font
//! has to be licensed and shipped. Characters of other scripts become `?`.

mod fonts;
mod text;

use pdf_writer::{Content, Finish, Pdf, Rect, Ref, TextStr};

use super::squares::Squares;
use fonts::Fonts;
use text::Text;

/// A sheet of A4, points.
const SHEET: (f32, f32) = (595.0, 842.0);
const MARGIN: f32 = 42.0;
/// Strips on a sheet.
const STRIPS: usize = 3;
/// Height of a strip, points.
const STRIP: f32 = 252.0;
/// Width and height of the squares, points: 6 cm, read from an arm's length.
const SQUARES: f32 = 170.0;
/// Width of the text beside them, points.
const COLUMN: f32 = SHEET.0 - 2.0 * MARGIN - SQUARES - 18.0;

/// A ticket to be printed.
pub struct Strip {
    /// What it is for: the largest line.
    pub title: String,
    /// The seat and for whom.
    pub seat: String,
    /// When, where, order and price.
    pub lines: Vec<String>,
    /// What is scanned or typed.
    pub code: String,
}

/// Tickets as a PDF.
pub fn write(title: &str, language: &str, strips: &[Strip]) -> Vec<u8> {
    let mut next = Ref::new(1);
    let (catalog, tree, info) = (next.bump(), next.bump(), next.bump());
    let mut pdf = Pdf::new();
    let fonts = Fonts::write(&mut pdf, &mut next);
    let sheets: Vec<&[Strip]> = strips.chunks(STRIPS).collect();
    let ids: Vec<(Ref, Ref)> = sheets.iter().map(|_| (next.bump(), next.bump())).collect();
    for (strips, (page, content)) in sheets.iter().zip(&ids) {
        pdf.stream(*content, &sheet(strips));
        let mut page = pdf.page(*page);
        page.parent(tree).media_box(Rect::new(0.0, 0.0, SHEET.0, SHEET.1)).contents(*content);
        fonts.name(&mut page.resources().fonts());
        page.finish();
    }
    let count = i32::try_from(ids.len()).unwrap_or(i32::MAX);
    pdf.pages(tree).kids(ids.iter().map(|(page, _)| *page)).count(count);
    pdf.document_info(info).title(TextStr(title)).producer(TextStr("Marquee"));
    let mut root = pdf.catalog(catalog);
    root.pages(tree).lang(TextStr(language));
    root.viewer_preferences().display_doc_title(true);
    root.finish();
    pdf.finish()
}

fn sheet(strips: &[Strip]) -> Vec<u8> {
    let mut content = Content::new();
    let mut top = SHEET.1 - MARGIN;
    for strip in strips {
        draw(&mut content, strip, top);
        top -= STRIP;
    }
    content.finish().to_vec()
}

/// A strip whose upper edge is at `top`.
fn draw(content: &mut Content, strip: &Strip, top: f32) {
    if let Some(squares) = Squares::of(&strip.code) {
        draw_squares(content, &squares, top);
    }
    let mut text = Text::new(content, MARGIN + SQUARES + 18.0, top - 4.0, COLUMN);
    text.paragraph(17.0, &strip.title);
    text.paragraph(14.0, &strip.seat);
    for line in &strip.lines {
        text.paragraph(10.5, line);
    }
    let mut text = Text::new(content, MARGIN, top - SQUARES - 6.0, SHEET.0 - 2.0 * MARGIN);
    text.word(9.0, &strip.code);
    let cut = top - STRIP + 16.0;
    content.save_state().set_stroke_gray(0.6).set_dash_pattern([3.0, 3.0], 0.0);
    content.move_to(MARGIN, cut).line_to(SHEET.0 - MARGIN, cut).stroke().restore_state();
}

#[expect(clippy::cast_precision_loss, reason = "a code has fewer than two hundred squares in a row")]
fn draw_squares(content: &mut Content, squares: &Squares, top: f32) {
    let unit = SQUARES / squares.size as f32;
    for (column, row, length) in &squares.runs {
        let (x, y) = (MARGIN + *column as f32 * unit, top - (*row as f32 + 1.0) * unit);
        content.rect(x, y, *length as f32 * unit, unit);
    }
    content.fill_nonzero();
}
