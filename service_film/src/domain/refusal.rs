//! What can be refused, and why.

use thiserror::Error;

use super::prices::PricesInvalid;
use super::seating_plan::PlanError;
use super::seating_plan::edit::EditRefusal;

/// Why something is not done. The reasons callers see are in `error.rs`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// No such film, or it is out of the catalogue.
    #[error("there is no such film")]
    FilmNotFound,
    /// No such screening.
    #[error("there is no such screening")]
    ScreeningNotFound,
    /// No such cinema, or it is out of the programme.
    #[error("there is no such cinema")]
    CinemaNotFound,
    /// No such hall, or it is out of use.
    #[error("there is no such hall")]
    HallNotFound,
    /// The hall has no plan of that version.
    #[error("the hall has no seating plan of that version")]
    PlanNotFound,
    /// No such price list in this cinema, or it is out of use.
    #[error("there is no such price list in this cinema")]
    PriceListNotFound,
    /// The caller runs cinemas, but not this one.
    #[error("this account does not answer for that cinema")]
    NotYourCinema,
    /// Not an IANA time zone.
    #[error("{0:?} is not an IANA time zone such as Europe/Berlin")]
    TimeZoneUnknown(String),
    /// Not money in use.
    #[error("{0:?} is not the ISO 4217 code of money in use")]
    CurrencyInvalid(String),
    /// Screenings are still to come there.
    #[error("the cinema still has screenings to come; cancel them first")]
    CinemaInUse,
    /// Screenings are still to come there.
    #[error("the hall still has screenings to come; cancel them first")]
    HallInUse,
    /// Screenings of it are still to come.
    #[error("the film still has screenings to come; cancel them first")]
    FilmInUse,
    /// Screenings to come are sold at its prices.
    #[error("screenings to come use the price list; give them another first")]
    PriceListInUse,
    /// The cinema has a hall of that name.
    #[error("the cinema has a hall of that name")]
    HallExists {
        /// That hall.
        hall_id: i64,
    },
    /// The catalogue has the film.
    #[error("the catalogue has a film of that title and release date")]
    FilmExists {
        /// That film.
        film_id: i64,
    },
    /// A seating plan that cannot be used.
    #[error("the seating plan cannot be used: {0}")]
    Plan(#[from] PlanError),
    /// A seating plan that is not edited so.
    #[error("the seating plan is not changed: {0}")]
    Edit(#[from] EditRefusal),
    /// The hall has got another plan meanwhile.
    #[error("the hall has got plan {plan_version} meanwhile")]
    PlanOutdated {
        /// Its version.
        plan_version: i32,
    },
    /// Prices that are no price list.
    #[error("the prices cannot be used: {0}")]
    Prices(#[from] PricesInvalid),
    /// Seats without a price.
    #[error("the price list has no price for {category:?}")]
    PricesMissing {
        /// The seats' category.
        category: String,
    },
    /// The hall is taken then.
    #[error("the hall is taken then by screening {film_sid}; cleaning time counts")]
    ScreeningOverlaps {
        /// The screening that takes it.
        film_sid: i64,
    },
    /// Nobody could come.
    #[error("the screening would start in the past")]
    StartInPast,
    /// People hold or have bought seats for that start.
    #[error("seats are held or sold; cancel the screening and plan another instead")]
    ScreeningHasOrders,
    /// Too late to change it.
    #[error("the screening has started")]
    ScreeningStarted,
    /// It will not take place.
    #[error("the screening was cancelled")]
    ScreeningCancelled,
    /// Too many watch already.
    #[error("too many are watching seats at the moment; ask for the hall again and again instead")]
    TooManyWatchers,
    /// The key was used for something else.
    #[error("this idempotency key was used for another request")]
    IdempotencyKeyReused,
    /// A field of the request that cannot be used.
    #[error("{field}: {problem}")]
    FieldInvalid {
        /// The field.
        field: &'static str,
        /// What kind of fault it is, for programs.
        code: &'static str,
        /// What it is about: what stands there, or the limit; empty where the code says all.
        value: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl Refusal {
    /// A field that cannot be used.
    pub fn field(field: &'static str, code: &'static str, problem: impl Into<String>) -> Self {
        Self::FieldInvalid { field, code, value: String::new(), problem: problem.into() }
    }
}
