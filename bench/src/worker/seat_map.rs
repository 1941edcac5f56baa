//! Looks at the seats of a screening.

use std::sync::Arc;

use contract::film::GetHallInfoRequest;
use contract::film::film_service_client::FilmServiceClient;
use tonic::transport::Channel;

use super::refused;
use crate::load::{CallFailed, Worker};
use crate::system::SEATS;

/// Somebody who looks.
pub struct SeatMap {
    /// The connection.
    pub films: FilmServiceClient<Channel>,
    /// Screenings to look at.
    pub film_sids: Arc<[i64]>,
    /// The one that is looked at next.
    pub at: usize,
}

impl Worker for SeatMap {
    async fn call(&mut self) -> Result<(), CallFailed> {
        let film_sid = self.film_sids[self.at % self.film_sids.len()];
        self.at += 1;
        let answer = self.films.get_hall_info(GetHallInfoRequest { film_sid }).await;
        let hall = answer.map_err(|status| refused(&status))?.into_inner();
        if hall.seats.len() == SEATS {
            return Ok(());
        }
        Err(CallFailed(format!("{} seats instead of {SEATS}", hall.seats.len())))
    }
}
