//! Seats that are chosen before signing in: they are held as soon as that is done.

use http::{Method, StatusCode};

use super::{Visit, ticked};
use crate::common::{Answer, PASSWORD};

const CHOICE: &str = "key=k&seat=A1&seat=A2&type.A2=child";

/// A browser of somebody who is not signed in.
struct Stranger<'a> {
    visit: &'a Visit,
    /// The proof that it keeps.
    cookie: String,
}

impl<'a> Stranger<'a> {
    /// Presses the button to hold, and is led to signing in: where to come back to.
    async fn holds(visit: &'a Visit, form: &str) -> (Self, String) {
        let mut stranger = Self { visit, cookie: String::new() };
        let answer = stranger.post(&visit.path("/hold"), form.to_owned()).await;
        let cookie = answer.header("set-cookie");
        assert!(cookie.contains("HttpOnly; SameSite=Lax"), "{cookie}");
        stranger.cookie = cookie.split(';').next().unwrap().to_owned();
        let login = answer.header("location").strip_prefix("/login?").expect("to sign in first");
        let next = form_urlencoded::parse(login.as_bytes()).find(|(name, _)| name == "next").unwrap().1;
        let next = next.into_owned();
        (stranger, next)
    }

    async fn post(&self, path: &str, form: String) -> Answer {
        let running = &self.visit.running;
        let request = running
            .request(Method::POST, path)
            .header("cookie", &self.cookie)
            .header("content-type", "application/x-www-form-urlencoded");
        running.send(request, form).await
    }

    /// The page to sign in or to open an account, for who comes back to a path then.
    async fn page(&self, path: &str, next: &str) -> String {
        let query: String =
            form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
        let request = self.visit.running.request(Method::GET, &format!("{path}?{query}"));
        let answer = self.visit.running.send(request.header("cookie", &self.cookie), "").await;
        String::from_utf8(answer.body.to_vec()).unwrap()
    }

    async fn sends(&self, path: &str, name: &str, password: &str, next: &str) -> Answer {
        let fields = [("login", name), ("password", password), ("next", next)];
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.post(path, form).await
    }
}

/// The values of cookies that an answer sets, by name.
fn sets<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    let lines = answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
    lines.filter_map(|line| line.strip_prefix(name)?.strip_prefix('=')?.split(';').next()).next()
}

#[tokio::test]
async fn signing_in_holds_what_was_chosen_without_another_press() {
    let visit = Visit::begin().await;
    let (stranger, next) = Stranger::holds(&visit, CHOICE).await;
    let page = stranger.page("/login", &next).await;
    assert!(page.contains("As soon as you have signed in, A1, A2 will be held for you."), "{page}");
    // A wrong password loses nothing.
    let wrong = stranger.sends("/login", "annlee", "not the password", &next).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    let page = String::from_utf8(wrong.body.to_vec()).unwrap();
    assert!(page.contains("A1, A2 will be held for you.") && visit.orders().await.is_empty());
    let here = page.split("name=\"next\" value=\"").nth(1).unwrap();
    assert!(here.starts_with("/login?next="), "another language leads back here: {here}");

    let signed_in = stranger.sends("/login", "annlee", PASSWORD, &next).await;
    let orders = visit.orders().await;
    assert_eq!(orders.len(), 1, "{orders:?}");
    assert_eq!(signed_in.header("location"), format!("/orders/{}", orders[0]["order_id"]));
    assert_eq!(orders[0]["amount"], 2000, "an adult and a child");
    assert!(sets(&signed_in, "marquee_access").is_some_and(|token| !token.is_empty()));
    assert_eq!(sets(&signed_in, "marquee_waiting"), Some(""), "it waits no more");
    // Sent twice it is one order.
    let again = stranger.sends("/login", "annlee", PASSWORD, &next).await;
    assert_eq!(again.header("location"), signed_in.header("location"));
    assert_eq!(visit.orders().await.len(), 1);
}

#[tokio::test]
async fn opening_an_account_holds_it_too() {
    let visit = Visit::begin().await;
    let (stranger, next) = Stranger::holds(&visit, CHOICE).await;
    let login = stranger.page("/login", &next).await;
    let register = login.split("href=\"/register?next=").nth(1).unwrap().split('"').next().unwrap();
    let kept = form_urlencoded::parse(format!("next={register}").as_bytes()).next().unwrap().1.into_owned();
    assert_eq!(kept, next);
    let page = stranger.page("/register", &kept).await;
    assert!(page.contains("As soon as your account is open, A1, A2 will be held for you."), "{page}");
    let opened = stranger.sends("/register", "newcomer", PASSWORD, &kept).await;
    assert!(opened.header("location").starts_with("/orders/"), "{}", opened.header("location"));
}

#[tokio::test]
async fn what_others_took_meanwhile_is_named_and_the_rest_stays_chosen() {
    let visit = Visit::begin().await;
    let (stranger, next) = Stranger::holds(&visit, CHOICE).await;
    visit.another_buys(&["A1"]).await;
    let signed_in = stranger.sends("/login", "annlee", PASSWORD, &next).await;
    assert!(signed_in.header("location").contains("gone=A1"), "{}", signed_in.header("location"));
    let page = visit.follow(&signed_in).await;
    assert!(page.contains("A1 was just taken by somebody else"), "{page}");
    assert_eq!(ticked(&page), ["A2"]);
    assert!(page.contains("<option value=\"child\" selected>"), "with its ticket");
    assert!(visit.orders().await.is_empty());
}

#[tokio::test]
async fn nobody_signs_in_for_seats_that_are_gone_or_to_be_told_of_a_lone_one() {
    let visit = Visit::begin().await;
    visit.another_buys(&["A1"]).await;
    let stranger = Stranger { visit: &visit, cookie: String::new() };
    let late = stranger.post(&visit.path("/hold"), CHOICE.to_owned()).await;
    assert!(visit.follow(&late).await.contains("A1 was just taken by somebody else"));
    let alone = stranger.post(&visit.path("/hold"), "key=k&seat=A3&seat=A4".to_owned()).await;
    assert!(visit.follow(&alone).await.contains("leaves seat A2 alone"));
    // Who has been told is not told again after signing in.
    let (stranger, next) = Stranger::holds(&visit, "key=k&seat=A3&seat=A4&advised=A3,A4").await;
    let signed_in = stranger.sends("/login", "annlee", PASSWORD, &next).await;
    assert!(signed_in.header("location").starts_with("/orders/"), "{}", signed_in.header("location"));
}

#[tokio::test]
async fn a_link_holds_nothing_and_neither_does_an_old_choice() {
    let visit = Visit::begin().await;
    let (stranger, next) = Stranger::holds(&visit, CHOICE).await;
    // Somebody else's browser, to which the address was sent.
    let victim = Stranger { visit: &visit, cookie: String::new() };
    assert!(!victim.page("/login", &next).await.contains("data-holds"));
    let signed_in = victim.sends("/login", "annlee", PASSWORD, &next).await;
    assert_eq!(ticked(&visit.follow(&signed_in).await), ["A1", "A2"]);
    // The proof is for these seats, not for others, and signing in elsewhere forgets it.
    let other = next.replace("A1", "A5");
    let signed_in = stranger.sends("/login", "annlee", PASSWORD, &other).await;
    assert_eq!(ticked(&visit.follow(&signed_in).await), ["A2", "A5"]);
    let signed_in = stranger.sends("/login", "annlee", PASSWORD, "/").await;
    assert_eq!((signed_in.header("location"), sets(&signed_in, "marquee_waiting")), ("/", Some("")));
    assert!(visit.orders().await.is_empty());
}
