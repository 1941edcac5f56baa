//! The cinemas somebody answers for.

use contract::film::{Cinema, GetScreeningsRequest, ListCinemasRequest};

use super::manager;
use crate::State;
use crate::problem::Refused;
use crate::showing::{self, Showing};
use crate::visitor::Visitor;

/// Cinemas asked for at a time: what the service answers.
const PAGE: i32 = 200;
/// Pages of cinemas read at most: the largest chains have fewer.
const MOST_PAGES: usize = 25;

/// Every cinema the visitor answers for, by city and name.
pub async fn cinemas(state: &State, visitor: &Visitor) -> Result<Vec<Cinema>, Refused> {
    let caller = manager(visitor)?;
    let mut mine = Vec::new();
    let mut page_token = String::new();
    for _ in 0..MOST_PAGES {
        let request = ListCinemasRequest { page_size: PAGE, page_token, ..ListCinemasRequest::default() };
        let page = state.services.films().list_cinemas(visitor.ask(request)).await?.into_inner();
        mine.extend(page.cinemas.into_iter().filter(|cinema| caller.manages(cinema.cinema_id)));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    mine.sort_by(|a, b| (&a.city, &a.name).cmp(&(&b.city, &b.name)));
    Ok(mine)
}

/// One of them. Others there are not, as far as the visitor learns.
pub async fn cinema(state: &State, visitor: &Visitor, cinema_id: &str) -> Result<Cinema, Refused> {
    let cinema_id = super::number(cinema_id)?;
    if !manager(visitor)?.manages(cinema_id) {
        return Err(Refused::not_found());
    }
    let all = cinemas(state, visitor).await?;
    all.into_iter().find(|cinema| cinema.cinema_id == cinema_id).ok_or_else(Refused::not_found)
}

/// A screening in one of them.
pub async fn screening(state: &State, visitor: &Visitor, film_sid: &str) -> Result<Showing, Refused> {
    let film_sid = super::number(film_sid)?;
    let caller = manager(visitor)?;
    let request = visitor.ask(GetScreeningsRequest { film_sid: vec![film_sid] });
    let answer = state.services.films().get_screenings(request).await?.into_inner();
    let found = showing::of_answer(state, visitor, answer).remove(&film_sid);
    found.filter(|showing| caller.manages(showing.cinema.cinema_id)).ok_or_else(Refused::not_found)
}
