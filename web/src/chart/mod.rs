//! Charts, drawn on the server as SVG that needs no script.
//!
//! Places across are per cent of the drawing and places downwards are CSS pixels, so that a
//! drawing is as wide as its page while its words keep their size. The pages draw them with
//! `templates/chart`, and say the same numbers in a table.

pub mod bars;
pub mod columns;
mod scale;

pub use bars::Bars;
pub use columns::Columns;

/// A chart.
pub enum Chart {
    /// Something over time.
    Columns(Columns),
    /// Some things beside each other.
    Bars(Bars),
}

impl Chart {
    /// What it shows.
    pub fn title(&self) -> &str {
        match self {
            Self::Columns(chart) => &chart.title,
            Self::Bars(chart) => &chart.title,
        }
    }
}

/// What a drawing is called.
pub struct Heading {
    /// Unique on the page.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// What there is to see, in words.
    pub description: String,
}

/// How much of a whole something is, per cent as SVG writes them; never beyond the whole.
fn share(part: i64, whole: i64) -> f64 {
    if whole <= 0 {
        return 0.0;
    }
    rounded(per_cent(part.clamp(0, whole), whole))
}

#[expect(clippy::cast_precision_loss, reason = "a drawing has fewer pixels than a float has digits")]
fn per_cent(part: i64, whole: i64) -> f64 {
    part as f64 * 100.0 / whole as f64
}

/// As exact as a screen is, so that pages stay short.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn shares_stay_within_the_drawing() {
        for (part, whole, expected) in
            [(1, 3, 33.33), (0, 5, 0.0), (5, 5, 100.0), (-3, 5, 0.0), (9, 5, 100.0), (1, 0, 0.0)]
        {
            assert!((share(part, whole) - expected).abs() < 1e-9, "{part} of {whole}");
        }
    }
}
