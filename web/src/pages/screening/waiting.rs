//! A choice that waits until its visitor has signed in, and is held then without another press.
//!
//! It travels in the address to come back to, through signing in or opening an account. An
//! address alone must not hold anything: anybody can put one into a link. So the browser that sent
//! the form keeps a proof of it in a cookie, which says nothing of the choice itself and which no
//! page of another site can set.

use axum::body::Body;
use contract::user::Session;
use http::{HeaderMap, HeaderValue, Response};
use micro::auth::TokenSource;

use crate::cookies::Cookie;
use crate::problem::Refused;
use crate::visitor::{SignedIn, Visitor};
use crate::{State, once, response};

use super::asked::{ADVISED, Asked};
use super::purchase::{Outcome, digest};
use super::{address, hold};

/// How long a choice waits, seconds: opening an account takes a while, and who comes back after
/// this has something else in mind.
const WAITS: i64 = 30 * 60;

/// A choice that waits.
pub struct Waiting {
    film_sid: i64,
    asked: Asked,
}

/// Leads to signing in, and from there to holding a choice.
pub fn sign_in(state: &State, film_sid: i64, asked: &Asked) -> Response<Body> {
    let told = if asked.is_advised() { ADVISED } else { "" };
    let key = once::sent_key(&asked.key);
    let proof = proof(film_sid, &key, told, asked);
    let fields = asked.choice.fields().into_iter().chain([("advised", told.to_owned()), ("key", key)]);
    let cookie = Cookie::Waiting.set(&proof, WAITS, state.config.secure_cookies);
    let place = Refused::sign_in_place(&address(film_sid, fields));
    response::with_cookies(response::see_other(&place), cookie)
}

/// The choice that an address to come back to carries, where this browser sent it to be held.
pub fn of(headers: &HeaderMap, next: &str) -> Option<Waiting> {
    let (film_sid, query) = next.strip_prefix("/screenings/")?.split_once('?')?;
    let (film_sid, asked) = (film_sid.parse().ok()?, Asked::read(query.as_bytes()));
    let sent = Cookie::Waiting.of(headers)?;
    let waits = sent == proof(film_sid, &asked.key, &asked.advised, &asked);
    waits.then_some(Waiting { film_sid, asked })
}

/// A header that forgets whatever waits.
pub fn forget(state: &State) -> Option<HeaderValue> {
    Cookie::Waiting.set("", 0, state.config.secure_cookies)
}

fn proof(film_sid: i64, key: &str, told: &str, asked: &Asked) -> String {
    digest(&["waits", &film_sid.to_string(), key, told], &asked.choice)
}

impl Waiting {
    /// The names of the seats.
    pub fn seats(&self) -> Vec<String> {
        self.asked.choice.names()
    }

    /// Holds the seats for who has just signed in, and says where to go: to the order, or to the
    /// map, which tells what could not be had and keeps the rest chosen.
    pub async fn hold(&self, state: &State, visitor: &Visitor, session: &Session) -> String {
        let source = TokenSource { client_address: Some(visitor.origin.client), trace: visitor.origin.trace };
        let mut visitor = visitor.clone();
        if let Ok(caller) = state.verifier.verify(&session.access_token, source).await {
            visitor.signed_in = SignedIn::new(caller, &session.access_token);
        }
        match hold::attempt(state, &visitor, self.film_sid, &self.asked).await {
            Ok(Outcome::Leads(place)) => place,
            // The choice is still there, to be held by hand.
            Ok(Outcome::SignIn) | Err(_) => address(self.film_sid, self.asked.choice.fields()),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::header::COOKIE;

    use super::*;

    const NEXT: &str = "/screenings/7?seats=A1%2CA2&types=adult%2Cchild&advised=yes&key=k";

    fn waits(cookie: &str, next: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, format!("marquee_waiting={cookie}").parse().unwrap());
        of(&headers, next).is_some()
    }

    #[test]
    fn only_the_address_that_the_browser_sent_waits() {
        let asked = Asked::read(b"seats=A1,A2&types=adult,child&key=k");
        let proof = proof(7, "k", "yes", &asked);
        assert!(waits(&proof, NEXT));
        for (from, to) in [
            ("/7?", "/8?"),
            ("A1", "A3"),
            ("child", "adult"),
            ("key=k", "key=l"),
            ("advised=yes&", ""),
            ("/screenings/", "/films/"),
        ] {
            assert!(!waits(&proof, &NEXT.replace(from, to)), "{from} to {to}");
        }
        assert!(!waits("", NEXT) && !waits("0", NEXT));
        assert!(of(&HeaderMap::new(), NEXT).is_none());
    }
}
