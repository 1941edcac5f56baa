//! Whether the bearer of a ticket is let in, in words for the one at the door.

use contract::film::TicketType;
use contract::order::{CheckTicketResponse, Ticket};
use fluent_bundle::FluentValue;
use serde::Serialize;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::State;
use crate::pages::order::ticket_type;
use crate::problem::{self, Refused};
use crate::showing::{self, Showing};
use crate::ticket::code;
use crate::visitor::Visitor;

/// An answer for the one at the door.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Verdict {
    /// What it is, for style sheets and the module.
    pub kind: &'static str,
    /// Whether the bearer is let in.
    pub good: bool,
    /// Large and first.
    pub headline: String,
    /// The seat; empty where it is not known.
    pub seat: String,
    /// Whom the ticket is for, where it is not known to be for anybody; empty for adults.
    pub reduced: String,
    /// What the ticket is for.
    pub lines: Vec<String>,
}

/// The bearer is let in.
pub async fn admitted(state: &State, visitor: &Visitor, answer: CheckTicketResponse) -> Verdict {
    let showing = showing::one(state, visitor, answer.film_sid).await;
    let Ticket { seat, ticket_type: kind, .. } = answer.ticket.unwrap_or_default();
    let kind = TicketType::try_from(kind).unwrap_or_default();
    let adult = matches!(kind, TicketType::Adult | TicketType::Unspecified);
    let mut lines = vec![format!("{} · {}", ticket_type(visitor.language, kind), answer.category)];
    match &showing {
        Some(showing) => lines.extend(about(visitor, showing)),
        None => lines.extend([answer.film_title, format!("{} · {}", answer.cinema_name, answer.hall_name)]),
    }
    Verdict {
        kind: "in",
        good: true,
        headline: visitor.language.text("door-in"),
        seat,
        reduced: if adult { String::new() } else { ticket_type(visitor.language, kind) },
        lines,
    }
}

/// The bearer is not let in, or it could not be found out.
///
/// # Errors
/// What is no answer about a ticket.
pub async fn refused(
    state: &State,
    visitor: &Visitor,
    shown: &str,
    status: Status,
) -> Result<Verdict, Refused> {
    let reason = problem::reason(&status);
    let kind = match &*reason {
        "TICKET_USED" => "used",
        "TICKET_VOID" => "void",
        "TICKET_OTHER_SCREENING" => "other",
        "TICKET_TOO_EARLY" => "early",
        "TICKET_TOO_LATE" => "late",
        "SCREENING_CANCELLED" => "cancelled",
        "NOT_YOUR_CINEMA" => "elsewhere",
        // A code that is empty or too long is none of ours either.
        "TICKET_CODE_INVALID" | "FIELD_INVALID" => "forged",
        _ if is_passing(status.code()) => "again",
        _ => return Err(status.into()),
    };
    let claim = code::read(shown).filter(|_| !matches!(kind, "forged" | "again"));
    let showing = match &claim {
        Some(claim) => showing::one(state, visitor, claim.film_sid).await,
        None => None,
    };
    let when = moment(visitor, showing.as_ref(), &status, state.clock.now_ms());
    let headline = match when {
        Some(when) => visitor.language.text_with(&format!("door-{kind}"), &[("time", when.into())]),
        None => visitor.language.text(&format!("door-{kind}")),
    };
    let advice = visitor.language.find(&format!("door-{kind}-advice"), None);
    Ok(Verdict {
        kind,
        headline,
        seat: claim.map(|claim| claim.seat).unwrap_or_default(),
        lines: advice.into_iter().chain(showing.iter().flat_map(|showing| about(visitor, showing))).collect(),
        ..Verdict::default()
    })
}

/// Whether asking again may help.
fn is_passing(code: Code) -> bool {
    matches!(code, Code::Unavailable | Code::DeadlineExceeded | Code::ResourceExhausted | Code::Aborted)
}

/// The time that a refusal names.
fn moment(visitor: &Visitor, showing: Option<&Showing>, status: &Status, now_ms: i64) -> Option<String> {
    let details = status.get_error_details();
    let metadata = &details.error_info()?.metadata;
    let at = ["used_at", "opens_at", "closed_at"].into_iter().find_map(|name| metadata.get(name))?;
    let at = at.parse().ok()?;
    // Without the catalogue nobody knows the clock there.
    let utc = || jiff::Timestamp::from_millisecond(at).unwrap_or_default().strftime("%H:%M UTC").to_string();
    Some(showing.map_or_else(utc, |showing| showing.told(visitor.language, at, now_ms)))
}

/// What a ticket is for.
fn about(visitor: &Visitor, showing: &Showing) -> [String; 2] {
    let hall: FluentValue<'_> = (&*showing.screening.hall_name).into();
    let hall = visitor.language.text_with("hall", &[("name", hall)]);
    let when = format!("{} {}", showing.day, showing.time());
    [showing.title.clone(), format!("{when} · {hall} · {}", showing.cinema.name)]
}
