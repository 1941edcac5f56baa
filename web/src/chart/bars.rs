//! Bars beside each other, the longest as wide as the drawing.

use super::{Heading, rounded, share};

/// Height of a bar with its words above, CSS pixels.
const ROW: f64 = 44.0;
/// From the top of a row to its bar.
const BAR: f64 = 21.0;

/// What a bar says.
pub struct Item {
    /// What it is of.
    pub name: String,
    /// Its value in words.
    pub value: String,
    /// Its length, and that of a bar as wide as the drawing.
    pub part: i64,
    pub whole: i64,
}

/// A drawing.
pub struct Bars {
    /// Unique on the page.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// What there is to see, in words.
    pub description: String,
    /// How the bars are coloured: a class of the style sheet.
    pub colour: &'static str,
    pub height: f64,
    pub bars: Vec<Bar>,
}

/// A bar, and its words above.
pub struct Bar {
    pub top: f64,
    pub y: f64,
    pub width: f64,
    pub name: String,
    pub value: String,
}

impl Bars {
    /// Draws them in their order.
    pub fn of(heading: Heading, colour: &'static str, items: Vec<Item>) -> Self {
        let mut top = -ROW;
        let bars: Vec<Bar> = items
            .into_iter()
            .map(|item| {
                top += ROW;
                bar(top, item)
            })
            .collect();
        Self {
            id: heading.id,
            title: heading.title,
            description: heading.description,
            colour,
            height: rounded(top + ROW),
            bars,
        }
    }
}

fn bar(top: f64, item: Item) -> Bar {
    Bar { top, y: top + BAR, width: share(item.part, item.whole), name: item.name, value: item.value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_beneath_each_other_and_as_wide_as_their_part() {
        let item = |part: i64| Item { name: part.to_string(), value: String::new(), part, whole: 8 };
        let heading = Heading { id: "b".into(), title: String::new(), description: String::new() };
        let chart = Bars::of(heading, "seats", vec![item(8), item(2), item(0)]);
        let widths: Vec<f64> = chart.bars.iter().map(|bar| bar.width).collect();
        assert_eq!(widths, [100.0, 25.0, 0.0]);
        assert!(chart.bars.windows(2).all(|pair| pair[0].y < pair[1].top));
        assert!(chart.bars.iter().all(|bar| bar.y < chart.height));
    }
}
