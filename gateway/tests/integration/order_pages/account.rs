//! The account.

use serde_json::{Value, json};

use super::{Cinema, Person};
use crate::common::PASSWORD;

async fn sign_in(cinema: &Cinema, password: &str) -> crate::common::Answer {
    cinema.running.post("/v1/sessions", &json!({"login": "annlee", "password": password})).await
}

/// Ten minutes after she signed in, she has to show that it is her.
async fn later() -> Cinema {
    let cinema = Cinema::start().await;
    cinema.running.kit.clock.advance(10 * 60_000);
    cinema
}

#[tokio::test]
async fn a_profile_is_shown_and_changed() {
    let cinema = Cinema::start().await;
    let page = cinema.get("/account").await;
    page.assert_says("value=\"annlee\"");
    let typed =
        [("display_name", "Ann <Lee>"), ("user_name", "annlee"), ("email", "ann@example.com"), ("phone", "")];
    cinema.post("/account/profile", &typed).await.assert_leads_to("/account?done=profile");
    let page = cinema.get("/account?done=profile").await;
    for what in ["Saved.", "value=\"Ann &#60;Lee&#62;\"", "value=\"ann@example.com\"", "value=\"annlee\""] {
        page.assert_says(what);
    }
    let wrong = [("display_name", "Ann"), ("user_name", "annlee"), ("email", "ann@"), ("phone", "12")];
    let refused = cinema.post("/account/profile", &wrong).await;
    assert_eq!(refused.status, 400);
    // What was typed is still there.
    refused.assert_says("value=\"ann@\"");
    refused.assert_says("value=\"12\"");
}

#[tokio::test]
async fn another_address_takes_the_password() {
    let cinema = later().await;
    let typed = |password: &'static str| {
        [("user_name", "annlee"), ("email", "new@example.com"), ("current_password", password)]
    };
    let refused = cinema.post("/account/profile", &typed("")).await;
    assert_eq!(refused.status, 403);
    refused.assert_says("type your current password too");
    refused.assert_says("required autofocus");
    refused.assert_says("value=\"new@example.com\"");
    let refused = cinema.post("/account/profile", &typed("wrong horse")).await;
    assert_eq!(refused.status, 400);
    refused.assert_says("The current password is wrong.");
    assert!(!refused.text().contains("wrong horse"));
    cinema.post("/account/profile", &typed(PASSWORD)).await.assert_leads_to("/account?done=profile");
    // A name is changed without it.
    let name = [("display_name", "Ann"), ("user_name", "annlee"), ("email", "new@example.com")];
    cinema.post("/account/profile", &name).await.assert_leads_to("/account?done=profile");
}

#[tokio::test]
async fn a_password_is_changed_and_ends_other_sign_ins() {
    let cinema = later().await;
    let other = sign_in(&cinema, PASSWORD).await.json();
    let change = |now: &'static str, new: &'static str| [("current_password", now), ("new_password", new)];
    let refused = cinema.post("/account/password", &change("wrong horse", "paper boat on water")).await;
    assert_eq!(refused.status, 400);
    refused.assert_says("The current password is wrong.");
    let weak = cinema.post("/account/password", &change(PASSWORD, "password")).await;
    assert_eq!(weak.status, 400);
    weak.assert_says("too easy to guess");
    let done = cinema.post("/account/password", &change(PASSWORD, "paper boat on water")).await;
    done.assert_leads_to("/account?done=password");
    let cookies: Vec<&str> =
        done.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect();
    let value = |name: &str| {
        let line = cookies.iter().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split(';').next().unwrap().to_owned()
    };
    let session =
        json!({"access_token": value("marquee_access="), "refresh_token": value("marquee_refresh=")});
    let again = Person { session, language: "en" };
    cinema.get_as(&again, "/account?done=password").await.assert_says("Your password is changed.");
    let refresh = json!({"refresh_token": other["refresh_token"]});
    assert_eq!(cinema.running.post("/v1/sessions/refresh", &refresh).await.status, 401);
    assert_eq!(sign_in(&cinema, PASSWORD).await.status, 401);
    assert_eq!(sign_in(&cinema, "paper boat on water").await.status, 200);
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_sign_in() {
    let cinema = Cinema::start().await;
    let other = sign_in(&cinema, PASSWORD).await.json();
    let done = cinema.post("/account/logout-everywhere", &[]).await;
    done.assert_leads_to("/login");
    let ended =
        done.headers.get_all("set-cookie").iter().filter(|line| line.to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(ended.count(), 2);
    for session in [&other, &cinema.ann.session] {
        let refresh = json!({"refresh_token": session["refresh_token"]});
        assert_eq!(cinema.running.post("/v1/sessions/refresh", &refresh).await.status, 401);
    }
}

#[tokio::test]
async fn who_is_not_signed_in_has_no_account() {
    let cinema = Cinema::start().await;
    let stranger = Person { session: Value::Null, language: "en" };
    cinema.get_as(&stranger, "/account").await.assert_leads_to("/login?next=%2Faccount");
    let typed = [("display_name", "x")];
    assert_eq!(cinema.post_as(&stranger, "/account/profile", &typed).await.status, 303);
    assert_eq!(cinema.post_as(&stranger, "/account/password", &[]).await.status, 303);
    assert_eq!(cinema.get_as(&stranger, "/orders").await.status, 303);
}
