//! How full screenings are: each of a day, or days beside each other.

use std::collections::BTreeMap;

use jiff::civil::{DateTime, Time};

use super::super::screening;
use super::asked::Group;
use super::by_screening;
use super::facts::Facts;
use super::houses::{Full, House};
use super::over_time::Length;
use super::section::{Section, heading};
use super::table::{Cell, Column, Table};
use crate::chart::bars::Item;
use crate::chart::columns::{Axis, Point};
use crate::chart::{Bars, Chart, Columns};
use crate::day;
use crate::format;

/// Screenings of a day that are drawn at most: those of a large house.
const DRAWN: usize = 40;

/// The part of a report; of no screenings where they were too many to be counted.
pub fn section(facts: &Facts<'_>, houses: Option<&[House]>) -> Section {
    let Some(houses) = houses else {
        return Section::untold(facts, Group::Occupancy, facts.t("sales-occupancy-too-many"));
    };
    if houses.is_empty() {
        return Section::untold(facts, Group::Occupancy, facts.t("sales-no-screenings"));
    }
    let chart = match facts.asked.days.is_one() {
        true => of_a_day(facts, houses),
        false => of_days(facts, houses),
    };
    Section::new(facts, Group::Occupancy, vec![chart], table(facts, houses))
}

fn table(facts: &Facts<'_>, houses: &[House]) -> Table {
    let language = facts.language();
    let numbers = ["sales-taken", "manage-seats", "manage-occupancy"];
    let numbers = numbers.into_iter().map(|name| Column::numbers(language, name));
    let columns = by_screening::columns(facts).into_iter().chain(numbers).collect();
    let rows = houses.iter().map(|house| row(facts, house)).collect();
    Table { columns, rows, ..Table::default() }
}

fn row(facts: &Facts<'_>, house: &House) -> Vec<Cell> {
    let per_cent = full(house).per_cent();
    let time = day::time(&house.screening);
    vec![
        Cell::text(&*house.title).to(Some(screening::place(house.screening.film_sid))),
        Cell::text(&*house.cinema),
        Cell::text(&*house.screening.hall_name),
        Cell::told(format::day(facts.language(), house.date), house.date.to_string()),
        Cell::told(time, time),
        Cell::number(house.taken),
        Cell::number(house.seats),
        Cell::told(told(per_cent), per_cent.to_string()),
    ]
}

fn full(house: &House) -> Full {
    Full { taken: house.taken, seats: house.seats }
}

/// Per cent as they are written.
pub fn told(per_cent: i64) -> String {
    format!("{per_cent}\u{a0}%")
}

fn of_a_day(facts: &Facts<'_>, houses: &[House]) -> Chart {
    let drawn = &houses[..houses.len().min(DRAWN)];
    let many_cinemas = facts.cinemas.len() > 1;
    let item = |house: &House| {
        let hall = [("name", (&*house.screening.hall_name).into())];
        let hall = facts.language().text_with("hall", &hall);
        let place = if many_cinemas { format!("{} · {hall}", house.cinema) } else { hall };
        Item {
            name: format!("{} {} · {place}", day::time(&house.screening), house.title),
            value: format!("{} / {} · {}", house.taken, house.seats, told(full(house).per_cent())),
            part: house.taken,
            whole: house.seats,
        }
    };
    let items: Vec<Item> = drawn.iter().map(item).collect();
    let words = items.iter().map(|item| format!("{}: {}", item.name, item.value)).collect::<Vec<_>>();
    let mut heading = heading(facts, Group::Occupancy, "manage-occupancy", "", words.join("; "));
    let values = [("shown", drawn.len().into()), ("all", houses.len().into())];
    heading.title = match houses.len() > DRAWN {
        true => facts.language().text_with("sales-occupancy-first", &values),
        false => facts.t("sales-occupancy-of-day"),
    };
    Chart::Bars(Bars::of(heading, "full", items))
}

fn of_days(facts: &Facts<'_>, houses: &[House]) -> Chart {
    let language = facts.language();
    let length = Length::of_columns(facts);
    let mut times: BTreeMap<DateTime, Vec<&House>> =
        length.each(facts).into_iter().map(|begin| (begin, Vec::new())).collect();
    for house in houses {
        times.entry(length.begin(house.date.to_datetime(Time::midnight()))).or_default().push(house);
    }
    let point = |(begin, houses): (&DateTime, &Vec<&House>)| {
        let full = Full::of(houses.iter().copied());
        Point {
            name: length.name(language, *begin),
            words: format!("{}: {}", length.words(language, *begin), told(full.per_cent())),
            value: full.per_cent(),
        }
    };
    let points: Vec<Point> = times.iter().map(point).collect();
    let words = points.iter().map(|point| &*point.words).collect::<Vec<_>>().join("; ");
    let mut heading = heading(facts, Group::Occupancy, "manage-occupancy", "", words);
    heading.title = facts.t("sales-occupancy-of-days");
    Chart::Columns(Columns::of(heading, "full", Axis::PerCent, points, told))
}
