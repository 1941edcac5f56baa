//! How a refusal is told to the caller.

use micro::Problem;

use crate::domain::Refusal;
use crate::domain::seating_plan::PlanError;
use crate::domain::seating_plan::edit::EditRefusal;

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        use Refusal as R;
        let message = refusal.to_string();
        match refusal {
            R::FilmNotFound => Self::not_found("FILM_NOT_FOUND", message),
            R::ScreeningNotFound => Self::not_found("SCREENING_NOT_FOUND", message),
            R::CinemaNotFound => Self::not_found("CINEMA_NOT_FOUND", message),
            R::HallNotFound => Self::not_found("HALL_NOT_FOUND", message),
            R::PlanNotFound => Self::not_found("PLAN_NOT_FOUND", message),
            R::PriceListNotFound => Self::not_found("PRICE_LIST_NOT_FOUND", message),
            R::NotYourCinema => Self::denied("NOT_YOUR_CINEMA", message),
            R::TimeZoneUnknown(_) => Self::invalid("TIME_ZONE_UNKNOWN", message),
            R::CurrencyInvalid(_) => Self::invalid("CURRENCY_INVALID", message),
            R::CinemaInUse => Self::precondition("CINEMA_IN_USE", message),
            R::HallInUse => Self::precondition("HALL_IN_USE", message),
            R::FilmInUse => Self::precondition("FILM_IN_USE", message),
            R::PriceListInUse => Self::precondition("PRICE_LIST_IN_USE", message),
            R::HallExists { hall_id } => Self::exists("HALL_EXISTS", message).with("hall_id", hall_id),
            R::FilmExists { film_id } => Self::exists("FILM_EXISTS", message).with("film_id", film_id),
            R::Plan(error) => plan(&error, message),
            R::Edit(refusal) => of_edit(refusal, message),
            R::PlanOutdated { plan_version } => {
                Self::aborted("PLAN_OUTDATED", message).with("plan_version", plan_version)
            }
            R::Prices(error) => {
                let problem = Self::invalid("PRICES_INVALID", message).with("problem", &error);
                problem.with("code", error.code()).with("category", error.category())
            }
            R::PricesMissing { category } => {
                Self::invalid("PRICES_MISSING", message).with("category", category)
            }
            R::ScreeningOverlaps { film_sid } => {
                Self::precondition("SCREENING_OVERLAPS", message).with("film_sid", film_sid)
            }
            R::StartInPast => Self::invalid("START_IN_PAST", message),
            R::ScreeningHasOrders => Self::precondition("SCREENING_HAS_ORDERS", message),
            R::ScreeningStarted => Self::precondition("SCREENING_STARTED", message),
            R::ScreeningCancelled => Self::precondition("SCREENING_CANCELLED", message),
            R::TooManyWatchers => Self::exhausted("TOO_MANY_WATCHERS", message),
            R::IdempotencyKeyReused => Self::invalid("IDEMPOTENCY_KEY_REUSED", message),
            R::FieldInvalid { field, code, value, problem } => Self::invalid("FIELD_INVALID", message)
                .with("field", field)
                .with("problem", problem)
                .with("code", code)
                .with("value", value),
        }
    }
}

/// Where a plan is wrong and how, for people and for programs.
fn plan(error: &PlanError, message: String) -> Problem {
    let problem = Problem::invalid("PLAN_INVALID", message)
        .with("place", &error.place)
        .with("problem", &error.problem)
        .with("code", error.problem.code())
        .with("value", error.problem.value());
    match error.at {
        Some((line, column)) => problem.with("line", line).with("column", column),
        None => problem,
    }
}

fn of_edit(refusal: EditRefusal, message: String) -> Problem {
    use EditRefusal as R;
    match refusal {
        R::SeatsUnknown(seats) => Problem::invalid("PLAN_SEATS_UNKNOWN", message).with("seats", seats),
        R::SeatsMissing => Problem::invalid("PLAN_SEATS_MISSING", message),
        R::SeatTwice(seat) => Problem::invalid("PLAN_SEAT_TWICE", message).with("seat", seat),
        R::RowMissing => Problem::invalid("PLAN_ROW_MISSING", message),
        R::RowExists(row) => Problem::invalid("PLAN_ROW_EXISTS", message).with("row", row),
        R::NameInvalid(name) => Problem::invalid("PLAN_NAME_INVALID", message).with("name", name),
        R::CategoryUnknown(category) => {
            Problem::invalid("PLAN_CATEGORY_UNKNOWN", message).with("category", category)
        }
        R::CategoryExists(category) => {
            Problem::invalid("PLAN_CATEGORY_EXISTS", message).with("category", category)
        }
        R::CategoryInUse { category, seats } => {
            Problem::invalid("PLAN_CATEGORY_IN_USE", message).with("category", category).with("seats", seats)
        }
        R::CategoryNameless => Problem::invalid("PLAN_CATEGORY_NAMELESS", message),
        R::ColorInvalid(color) => Problem::invalid("PLAN_COLOR_INVALID", message).with("color", color),
        R::Empty => Problem::invalid("PLAN_EMPTY", message),
        R::TooLarge { limit } => Problem::invalid("PLAN_TOO_LARGE", message).with("limit", limit),
        R::Plan(error) => plan(&error, message),
    }
}
