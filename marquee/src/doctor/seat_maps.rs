//! What a running server shows of seats, against what the database says.

use std::collections::BTreeMap;
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
    let before = claimed(database).await?;
    let mut suspects = Vec::new();
    for (film_sid, seats) in &before {
        if shown(&mut films, *film_sid).await? != *seats {
            suspects.push(*film_sid);
        }
    }
    let mut differ = Vec::new();
    // Somebody may have bought in between: only what differs at two moments does.
    for film_sid in suspects {
        let mut agreed = false;
        for _ in 0..3 {
            tokio::time::sleep(FRESH).await;
            let seats = claimed(database).await?.remove(&film_sid).unwrap_or_default();
            agreed = agreed || shown(&mut films, film_sid).await? == seats;
        }
        if !agreed {
            differ.push(format!("screening {film_sid} is shown otherwise than it is sold"));
        }
    }
    Ok((before.len(), differ))
}

async fn claimed(database: &Database) -> Result<BTreeMap<i64, Seats>, micro::BoxError> {
    let all = audit::claimed(database, &Clock::system(), SCREENINGS).await?;
    Ok(all.into_iter().map(|(film_sid, seats)| (film_sid, seats.into_iter().collect())).collect())
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
