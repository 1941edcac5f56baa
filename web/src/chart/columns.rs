//! Columns over time, with an axis of round numbers.

use super::scale::Scale;
use super::{Heading, rounded, share};

/// Height of the columns' room, CSS pixels.
const ROOM: f64 = 160.0;
/// Above the columns: the highest line's number needs half a line.
const ABOVE: f64 = 10.0;
/// Beneath them: what they are of.
const BENEATH: f64 = 26.0;
/// How much of its place a column fills, per cent.
const FILLED: f64 = 72.0;
/// Names beneath the columns at most: as many as stand beside each other on a phone.
const NAMES: usize = 6;

/// What is drawn of a column.
pub struct Point {
    /// Its name, short: `24 Nov`.
    pub name: String,
    /// All of it in words.
    pub words: String,
    /// Its value.
    pub value: i64,
}

/// What the numbers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// From 0 up to the most there is.
    UpTo,
    /// Per cent.
    PerCent,
}

/// A drawing.
pub struct Columns {
    /// Unique on the page.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// What there is to see, in words.
    pub description: String,
    /// How the columns are coloured: a class of the style sheet.
    pub colour: &'static str,
    pub height: f64,
    pub lines: Vec<Line>,
    pub columns: Vec<Column>,
    pub names: Vec<Name>,
    /// Where names stand.
    pub names_y: f64,
}

/// A line of the axis.
pub struct Line {
    pub y: f64,
    pub label: String,
}

/// A column.
pub struct Column {
    pub x: f64,
    pub width: f64,
    pub y: f64,
    pub height: f64,
    pub words: String,
}

/// A name beneath a column.
pub struct Name {
    pub x: f64,
    pub text: String,
}

impl Columns {
    /// Draws points in their order; `label` writes the numbers of the axis.
    pub fn of(
        heading: Heading,
        colour: &'static str,
        axis: Axis,
        points: Vec<Point>,
        label: impl Fn(i64) -> String,
    ) -> Self {
        let most = points.iter().map(|point| point.value).max().unwrap_or_default();
        let scale = match axis {
            Axis::UpTo => Scale::up_to(most),
            Axis::PerCent => Scale::per_cent(),
        };
        let place = per_place(points.len());
        let every = points.len().div_ceil(NAMES).max(1);
        let middle = |at: usize| rounded(place * (index(at) + 0.5));
        Self {
            id: heading.id,
            title: heading.title,
            description: heading.description,
            colour,
            height: ABOVE + ROOM + BENEATH,
            lines: scale.lines().map(|line| Line { y: y(line, scale), label: label(line) }).collect(),
            names: (0..points.len())
                .step_by(every)
                .map(|at| Name { x: middle(at), text: points[at].name.clone() })
                .collect(),
            columns: points
                .into_iter()
                .enumerate()
                .map(|(at, point)| column(at, place, scale, point))
                .collect(),
            names_y: ABOVE + ROOM + 18.0,
        }
    }
}

fn column(at: usize, place: f64, scale: Scale, point: Point) -> Column {
    let top = y(point.value, scale);
    let width = place * FILLED / 100.0;
    Column {
        x: rounded(place * index(at) + (place - width) / 2.0),
        width: rounded(width),
        y: top,
        height: rounded(ABOVE + ROOM - top),
        words: point.words,
    }
}

fn y(value: i64, scale: Scale) -> f64 {
    rounded(ABOVE + ROOM - ROOM * share(value, scale.top) / 100.0)
}

/// How much room one of so many has, per cent.
fn per_place(count: usize) -> f64 {
    100.0 / index(count.max(1))
}

#[expect(clippy::cast_precision_loss, reason = "a drawing has some hundred columns at most")]
fn index(at: usize) -> f64 {
    at as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(values: &[i64], axis: Axis) -> Columns {
        let point = |value: &i64| Point { name: value.to_string(), words: String::new(), value: *value };
        let heading = Heading { id: "c".into(), title: String::new(), description: String::new() };
        Columns::of(heading, "money", axis, values.iter().map(point).collect(), |line| line.to_string())
    }

    #[test]
    fn columns_stand_on_the_axis_and_are_as_high_as_their_values() {
        let chart = drawn(&[0, 10, 20], Axis::UpTo);
        let labels: Vec<&str> = chart.lines.iter().map(|line| &*line.label).collect();
        assert_eq!(labels, ["0", "5", "10", "15", "20"]);
        let heights: Vec<f64> = chart.columns.iter().map(|column| column.height).collect();
        assert_eq!(heights, [0.0, ROOM / 2.0, ROOM]);
        assert!(chart.columns.iter().all(|column| (column.y + column.height - ABOVE - ROOM).abs() < 0.01));
        assert!(chart.columns.windows(2).all(|pair| pair[0].x + pair[0].width < pair[1].x));
        assert!(chart.columns[2].x + chart.columns[2].width < 100.0);
    }

    #[test]
    fn few_enough_have_names() {
        for count in [1, 6, 7, 24, 62, 400] {
            let chart = drawn(&vec![1; count], Axis::UpTo);
            assert!((1..=NAMES).contains(&chart.names.len()), "{count}");
            assert_eq!(chart.columns.len(), count);
        }
        assert!(drawn(&[], Axis::UpTo).columns.is_empty());
    }

    #[test]
    fn per_cent_go_up_to_the_whole() {
        let chart = drawn(&[50], Axis::PerCent);
        assert_eq!(chart.lines.last().map(|line| &*line.label), Some("100"));
        assert!((chart.columns[0].height - ROOM / 2.0).abs() < 0.01);
    }
}
