//! The code of a ticket as squares to scan (QR code, ISO/IEC 18004).

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};

/// White around the squares that scanners need, in squares.
const QUIET: usize = 4;
/// Squares that may be unreadable, by scratches or glare: about 15 of 100.
const CORRECTION: EcLevel = EcLevel::M;

/// Dark squares on white.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Squares {
    /// Width and height, the white around included.
    pub size: usize,
    /// Rows of dark squares: column and row of the first, and how many to its right.
    pub runs: Vec<(usize, usize, usize)>,
}

impl Squares {
    /// The squares of a code; nothing for one that is longer than squares can say.
    pub fn of(code: &str) -> Option<Self> {
        let squares = QrCode::with_error_correction_level(code, CORRECTION).ok()?;
        let (width, colors) = (squares.width(), squares.to_colors());
        let mut runs = Vec::new();
        for (row, line) in colors.chunks(width).enumerate() {
            let mut column = 0;
            for same in line.chunk_by(|left, right| left == right) {
                if same.first() == Some(&Color::Dark) {
                    runs.push((column + QUIET, row + QUIET, same.len()));
                }
                column += same.len();
            }
        }
        Some(Self { size: width + 2 * QUIET, runs })
    }

    /// The dark squares as the path of an SVG, one unit each.
    pub fn path(&self) -> String {
        let mut path = String::with_capacity(self.runs.len() * 16);
        for (column, row, length) in &self.runs {
            let _ = write!(path, "M{column} {row}h{length}v1h-{length}z");
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_capitals_and_digits_takes_few_squares() {
        let code = format!("MQ1.{}", "AEAAG".repeat(33));
        let squares = Squares::of(&code).unwrap();
        assert!(squares.size <= 49 + 2 * QUIET, "{}", squares.size);
        assert!(squares.runs.iter().all(|(column, row, length)| {
            *column >= QUIET && *row >= QUIET && column + length <= squares.size - QUIET
        }));
        assert!(squares.path().starts_with("M4 4h7v1h-7z"), "{}", squares.path());
        assert_eq!(Squares::of(&"x".repeat(5_000)), None);
    }
}
