//! How full the screenings of a range are.

use std::collections::HashMap;

use contract::film::Screening;
use contract::order::get_sales_report_request::{Basis as Moment, GroupBy};
use jiff::civil::Date;
use micro::Problem;

use super::super::overview::hundredths;
use super::super::programme::Programme;
use super::facts::Facts;
use super::report;
use super::stretches::Stretch;
use crate::problem::Refused;
use crate::{day, title};

/// Screenings that are counted at most: reading them takes no longer than a page may.
const MOST: usize = 5_000;
/// Pages of screenings read at most in one go, of two hundred each.
const MOST_PAGES: usize = 25;
/// So many cinemas are asked about one by one; of more, the programme of all is read.
const FEW: usize = 20;

/// A screening that was not cancelled, and how full it is.
pub struct House {
    pub screening: Screening,
    /// The film's title in the visitor's language.
    pub title: String,
    pub cinema: String,
    pub date: Date,
    /// Seats sold and not given back.
    pub taken: i64,
    /// Seats there are.
    pub seats: i64,
}

/// Seats taken, and seats there are.
#[derive(Debug, Clone, Copy, Default)]
pub struct Full {
    pub taken: i64,
    pub seats: i64,
}

impl Full {
    /// Of some screenings together.
    pub fn of<'a>(houses: impl IntoIterator<Item = &'a House>) -> Self {
        let mut full = Self::default();
        for house in houses {
            full.taken += house.taken;
            full.seats += house.seats;
        }
        full
    }

    /// Per cent.
    pub fn per_cent(self) -> i64 {
        hundredths(self.taken, self.seats)
    }
}

/// The screenings that start in the range, by start; nothing where they are too many.
pub async fn of(facts: &Facts<'_>) -> Result<Option<Vec<House>>, Refused> {
    let Some(programme) = programme(facts).await? else { return Ok(None) };
    let sold =
        report::rows(facts.state, facts.visitor, &facts.stretches, Moment::Start, GroupBy::Screening).await?;
    let mut taken = HashMap::<i64, i64>::with_capacity(sold.len());
    for row in sold {
        *taken.entry(row.sales.film_sid).or_default() += row.sales.seats_sold - row.sales.seats_refunded;
    }
    let house = |screening: &Screening| {
        Some(House {
            title: programme
                .film(screening.film_id)
                .map_or_else(String::new, |film| title::of(film, facts.language()).to_owned()),
            cinema: facts.cinema(screening.cinema_id)?.name.clone(),
            date: day::of(screening)?,
            taken: taken.get(&screening.film_sid).copied().unwrap_or_default(),
            seats: screening.seats.into(),
            screening: screening.clone(),
        })
    };
    let mut houses: Vec<House> = programme.screenings.iter().filter_map(house).collect();
    houses.sort_by_key(|house| (house.screening.starts_at, house.screening.film_sid));
    Ok(Some(houses))
}

async fn programme(facts: &Facts<'_>) -> Result<Option<Programme>, Refused> {
    let mut programme = Programme::default();
    for stretch in &facts.stretches {
        for cinema_id in asked(facts, stretch) {
            let range = (stretch.from, stretch.to);
            let before = programme.screenings.len();
            let whole = programme.read(facts.state, facts.visitor, cinema_id, range, MOST_PAGES).await?;
            let read = programme.screenings.split_off(before);
            let theirs = read.into_iter().filter(|one| stretch.cinema_ids.contains(&one.cinema_id));
            programme.screenings.extend(theirs);
            if !whole || programme.screenings.len() > MOST {
                return Ok(None);
            }
        }
    }
    Ok(Some(programme))
}

/// The cinemas to ask about: each, or all there are.
fn asked(facts: &Facts<'_>, stretch: &Stretch) -> Vec<i64> {
    if facts.cinemas.len() <= FEW { stretch.cinema_ids.clone() } else { vec![0] }
}

/// Where nothing is told of them.
pub fn too_many() -> Refused {
    let problem = Problem::invalid("REPORT_TOO_LARGE", "there are too many screenings to be counted");
    problem.with("limit", MOST).into()
}
