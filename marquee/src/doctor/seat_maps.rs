//! What a running server shows of seats, against what the database says.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use contract::film::film_service_client::FilmServiceClient;
use contract::film::{GetHallInfoRequest, SeatState};
use micro::Clock;
use micro::database::Database;
use service_order::audit;
use tonic::transport::{Channel, Endpoint};

use super::{Finding, chain};
use crate::config::Config;

/// Screenings compared at most.
const SCREENINGS: usize = 500;
/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// A map may be this old; what differs for longer is wrong.
const FRESH: Duration = Duration::from_millis(1_200);
/// Looks after the first one.
const LOOKS: usize = 3;
/// Seats that are named of a screening.
const NAMED: usize = 10;
const SUBJECT: &str = "seat maps";

/// Seats that are not free, and whether each is sold.
type Seats = BTreeMap<String, bool>;

pub(super) async fn examine(config: &Config, database: &Database) -> Vec<Finding> {
    let endpoint = Endpoint::from_shared(format!("http://{}", config.gateway.listen));
    let Ok(endpoint) = endpoint else { return Vec::new() };
    let Ok(channel) = endpoint.connect_timeout(PATIENCE).timeout(PATIENCE).connect().await else {
        let found = format!("no server answers at {}: not compared", config.gateway.listen);
        return vec![Finding::good(SUBJECT, found)];
    };
    match compare(database, channel).await {
        Ok((count, differ)) if differ.is_empty() => {
            vec![Finding::good(SUBJECT, format!("{count} screenings are shown as they are sold"))]
        }
        Ok((_, differ)) => differ
            .into_iter()
            .map(|found| Finding::bad(SUBJECT, found, "restart the order service: its gate is read anew"))
            .collect(),
        Err(error) => {
            vec![Finding::doubtful(SUBJECT, chain(error.as_ref()), "look at the server\'s log; try again")]
        }
    }
}

async fn compare(database: &Database, channel: Channel) -> Result<(usize, Vec<String>), micro::BoxError> {
    let mut films = FilmServiceClient::new(channel);
    let film_sids = audit::screenings(database, &Clock::system(), SCREENINGS).await?;
    let mut suspects = Vec::new();
    for film_sid in &film_sids {
        let differ = differ(database, &mut films, *film_sid).await?;
        if !differ.is_empty() {
            suspects.push((*film_sid, differ));
        }
    }
    // While tickets are sold, some seat always differs for a moment: wrong is what stays so.
    for _ in 0..LOOKS {
        if suspects.is_empty() {
            break;
        }
        tokio::time::sleep(FRESH).await;
        for (film_sid, wrong) in &mut suspects {
            let now = differ(database, &mut films, *film_sid).await?;
            wrong.retain(|difference| now.contains(difference));
        }
        suspects.retain(|(_, wrong)| !wrong.is_empty());
    }
    Ok((film_sids.len(), suspects.iter().map(|(film_sid, wrong)| told(*film_sid, wrong)).collect()))
}

/// A seat, how it is shown, and how it should be: whether it is sold, nothing where it is free.
type Difference = (String, Option<bool>, Option<bool>);

/// The seats that are shown neither as they were before nor as they are after the look.
async fn differ(
    database: &Database,
    films: &mut FilmServiceClient<Channel>,
    film_sid: i64,
) -> Result<BTreeSet<Difference>, micro::BoxError> {
    let before: Seats = audit::claimed(database, film_sid).await?.into_iter().collect();
    let shown = shown(films, film_sid).await?;
    let after: Seats = audit::claimed(database, film_sid).await?.into_iter().collect();
    let seats: BTreeSet<&String> = before.keys().chain(shown.keys()).chain(after.keys()).collect();
    let difference = |seat: &String| {
        let (shown, due) = (shown.get(seat).copied(), after.get(seat).copied());
        (shown != due && shown != before.get(seat).copied()).then(|| (seat.clone(), shown, due))
    };
    Ok(seats.into_iter().filter_map(difference).collect())
}

fn told(film_sid: i64, wrong: &BTreeSet<Difference>) -> String {
    let state = |sold: &Option<bool>| match sold {
        None => "free",
        Some(false) => "held",
        Some(true) => "sold",
    };
    let seats = wrong
        .iter()
        .take(NAMED)
        .map(|(seat, shown, due)| format!("{seat} is shown as {} and is {}", state(shown), state(due)));
    let mut text = format!("screening {film_sid}: {}", seats.collect::<Vec<_>>().join(", "));
    if wrong.len() > NAMED {
        text = format!("{text}, and {} more", wrong.len() - NAMED);
    }
    text
}

async fn shown(films: &mut FilmServiceClient<Channel>, film_sid: i64) -> Result<Seats, micro::BoxError> {
    let hall = films.get_hall_info(GetHallInfoRequest { film_sid }).await?.into_inner();
    let taken = hall.seats.into_iter().filter_map(|seat| match seat.state() {
        SeatState::Held => Some((seat.seat, false)),
        SeatState::Sold => Some((seat.seat, true)),
        _ => None,
    });
    Ok(taken.collect())
}
