//! What a report was asked for, as its address has it.

use contract::film::Cinema;
use contract::order::get_sales_report_request::Basis as Moment;
use jiff::civil::Date;
use serde::Deserialize;
use tonic::Status;

use super::super::choices::Choice;
use super::super::{local, scope};
use super::days::{Days, Range};
use crate::problem::Refused;
use crate::visitor::Visitor;
use crate::{State, day};

/// The fields of the address, as they were typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    pub range: String,
    pub from: String,
    pub to: String,
    pub cinema: String,
    pub basis: String,
    pub group: String,
}

/// Which moment of an order counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// When it was paid.
    Sale,
    /// When its screening starts.
    Start,
}

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// A part of everything.
    Overview,
    /// Days; hours where there is one day alone.
    Time,
    Film,
    Cinema,
    Screening,
    /// How full the screenings are.
    Occupancy,
}

/// What a report is asked for.
pub struct Asked {
    pub range: Range,
    pub days: Days,
    pub basis: Basis,
    pub group: Group,
    /// The cinemas it is of.
    pub cinemas: Vec<Cinema>,
    /// The one that was chosen.
    pub cinema: Option<i64>,
}

/// The cinemas somebody answers for, and what they ask of them.
pub struct Scope {
    pub cinemas: Vec<Cinema>,
    /// What is wrong with the days that were typed.
    pub asked: Result<Asked, Box<Status>>,
}

impl Basis {
    pub const ALL: [Self; 2] = [Self::Sale, Self::Start];

    /// What addresses and texts call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Start => "start",
        }
    }

    /// What the service calls it.
    pub fn moment(self) -> Moment {
        match self {
            Self::Sale => Moment::Sale,
            Self::Start => Moment::Start,
        }
    }

    fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|basis| basis.name() == name).unwrap_or(Self::Sale)
    }
}

impl Group {
    pub const ALL: [Self; 6] =
        [Self::Overview, Self::Time, Self::Film, Self::Cinema, Self::Screening, Self::Occupancy];

    /// What addresses, files and texts call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Time => "day",
            Self::Film => "film",
            Self::Cinema => "cinema",
            Self::Screening => "screening",
            Self::Occupancy => "occupancy",
        }
    }

    fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|group| group.name() == name).unwrap_or(Self::Overview)
    }
}

impl Asked {
    /// The cinema whose clock tells the time of the report.
    pub fn clock(&self) -> Cinema {
        self.cinemas.first().cloned().unwrap_or_default()
    }

    /// The same, of as many days before.
    pub fn before(&self) -> Self {
        Self {
            range: Range::Typed,
            days: self.days.before(),
            basis: self.basis,
            group: self.group,
            cinemas: self.cinemas.clone(),
            cinema: self.cinema,
        }
    }

    /// The address of another view of the same, or of the same with another range.
    pub fn address(&self, path: &str, range: Range, group: Group) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("range", range.name());
        if range == Range::Typed {
            query.append_pair("from", &self.days.first.to_string());
            query.append_pair("to", &self.days.last.to_string());
        }
        if let Some(cinema) = self.cinema {
            query.append_pair("cinema", &cinema.to_string());
        }
        if self.basis != Basis::Sale {
            query.append_pair("basis", self.basis.name());
        }
        if group != Group::Overview {
            query.append_pair("group", group.name());
        }
        format!("{path}?{}", query.finish())
    }
}

impl Fields {
    /// What they ask for.
    ///
    /// # Errors
    /// Where the visitor runs no cinemas, or not the one they name.
    pub async fn read(&self, state: &State, visitor: &Visitor) -> Result<Scope, Refused> {
        let cinemas = scope::cinemas(state, visitor).await?;
        let (cinema, shown) = match self.cinema.trim() {
            "" => (None, cinemas.clone()),
            id => {
                let id = super::super::number(id)?;
                let found = cinemas.iter().find(|cinema| cinema.cinema_id == id);
                (Some(id), vec![found.cloned().ok_or_else(Refused::not_found)?])
            }
        };
        let today = today(&shown, state.clock.now_ms());
        let days = Days::chosen(&self.range, &self.from, &self.to, today);
        let days = days.map_err(|problem| Box::new(problem.into()));
        let asked = days.map(|(range, days)| Asked {
            range,
            days,
            basis: Basis::named(&self.basis),
            group: Group::named(&self.group),
            cinemas: shown,
            cinema,
        });
        Ok(Scope { cinemas, asked })
    }

    /// The bases to choose from.
    pub fn bases(&self, visitor: &Visitor) -> Vec<Choice> {
        let chosen = Basis::named(&self.basis).name();
        let choice = |basis: Basis| {
            Choice::new(basis.name(), visitor.language.text(&format!("sales-basis-{}", basis.name())), chosen)
        };
        Basis::ALL.into_iter().map(choice).collect()
    }
}

/// Today where there is one clock alone; else where the day has begun last.
fn today(cinemas: &[Cinema], now_ms: i64) -> Date {
    match cinemas {
        [only] => local::today(only, now_ms),
        _ => day::today(now_ms, cinemas),
    }
}
