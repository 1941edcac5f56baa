//! A report as a page shows it.

use contract::order::get_sales_report_request::GroupBy;
use tokio::try_join;

use super::super::local;
use super::asked::{Asked, Group};
use super::before::Before;
use super::facts::Facts;
use super::figures::Figures;
use super::section::Section;
use super::table::Table;
use super::{by_cinema, by_film, by_screening, houses, occupancy, over_time};
use crate::State;
use crate::problem::Refused;
use crate::visitor::Visitor;

/// A report.
pub struct Body {
    pub figures: Figures,
    pub sections: Vec<Section>,
    /// When it was so, as a clock at the cinema shows it.
    pub as_of: String,
}

impl Body {
    /// What was asked for.
    ///
    /// # Errors
    /// The services'; `REPORT_TOO_LARGE` where the rows are too many.
    pub async fn of(state: &State, visitor: &Visitor, asked: &Asked) -> Result<Self, Refused> {
        let facts = Facts::gather(state, visitor, asked).await?;
        let (by_cinema, before, houses) =
            try_join!(facts.rows(GroupBy::Cinema), Before::of(state, visitor, asked), houses::of(&facts))?;
        let figures = Figures::of(&facts, &by_cinema, before, houses.as_deref());
        let sections = match asked.group {
            Group::Overview => {
                let (time, films) = try_join!(over_time::section(&facts), by_film::section(&facts))?;
                let mut sections = vec![time, films];
                if facts.cinemas.len() > 1 {
                    sections.push(by_cinema::section(&facts, &by_cinema));
                }
                sections.push(occupancy::section(&facts, houses.as_deref()));
                sections
            }
            Group::Time => vec![over_time::section(&facts).await?],
            Group::Film => vec![by_film::section(&facts).await?],
            Group::Cinema => vec![by_cinema::section(&facts, &by_cinema)],
            Group::Screening => vec![by_screening::section(&facts).await?],
            Group::Occupancy => vec![occupancy::section(&facts, houses.as_deref())],
        };
        let now = local::clock(&asked.clock(), state.clock.now_ms());
        Ok(Self { figures, sections, as_of: now.strftime("%H:%M:%S").to_string() })
    }
}

/// The table of a part alone, for a file.
///
/// # Errors
/// The services'; `REPORT_TOO_LARGE` where the rows are too many, or the screenings to be
/// counted.
pub async fn table(state: &State, visitor: &Visitor, asked: &Asked) -> Result<Table, Refused> {
    let facts = Facts::gather(state, visitor, asked).await?;
    let section = match asked.group {
        Group::Overview | Group::Time => over_time::section(&facts).await?,
        Group::Film => by_film::section(&facts).await?,
        Group::Cinema => by_cinema::section(&facts, &facts.rows(GroupBy::Cinema).await?),
        Group::Screening => by_screening::section(&facts).await?,
        Group::Occupancy => {
            let houses = houses::of(&facts).await?.ok_or_else(houses::too_many)?;
            occupancy::section(&facts, Some(&houses))
        }
    };
    Ok(section.table)
}
