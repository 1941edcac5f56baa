//! Signing in, going on, signing out; wrong passwords and their limits.

use crate::common::{PASSWORD, config, from_address, named, reason, signed, start};
use contract::user::{ChangePasswordRequest, LoginRequest, LogoutRequest, SetRolesRequest};
use micro::Problem;

const DAY_MS: i64 = 24 * 3_600_000;

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_get_the_same_answer() {
    let running = start(&config()).await;
    running.register("annlee").await;
    let wrong = running.login("annlee", "not the password").await.unwrap_err();
    for login in ["nobody", "nobody@example.org", "+4915112345678", "!!", "9"] {
        let unknown = running.login(login, "not the password").await.unwrap_err();
        assert_eq!((reason(&unknown), unknown.message()), (reason(&wrong), wrong.message()));
    }
    assert_eq!(reason(&wrong), "CREDENTIALS_WRONG");
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_a_copy_ends_the_sign_in() {
    let running = start(&config()).await;
    let first = running.register("annlee").await;
    let other_device = running.login("annlee", PASSWORD).await.unwrap();
    let second = running.refresh(&first.refresh_token).await.unwrap();
    assert_ne!(first.refresh_token, second.refresh_token);
    let third = running.refresh(&second.refresh_token).await.unwrap();

    let reused = running.refresh(&first.refresh_token).await.unwrap_err();
    assert_eq!(reason(&reused), "REFRESH_TOKEN_REUSED");
    let revoked = running.refresh(&third.refresh_token).await.unwrap_err();
    assert_eq!(reason(&revoked), "REFRESH_TOKEN_INVALID");
    running.refresh(&other_device.refresh_token).await.unwrap();
}

#[tokio::test]
async fn without_grace_of_two_refreshes_at_once_at_most_one_succeeds() {
    let mut config = config();
    config.tokens.reuse_grace_seconds = 0;
    let running = start(&config).await;
    for round in 0..10 {
        let session = running.register(&format!("annlee{round}")).await;
        let token = session.refresh_token.as_str();
        let (a, b) = tokio::join!(running.refresh(token), running.refresh(token));
        assert!(a.is_ok() != b.is_ok(), "one of them");
        let (winner, loser) = if a.is_ok() { (a, b) } else { (b, a) };
        assert_eq!(reason(&loser.unwrap_err()), "REFRESH_TOKEN_REUSED");
        assert!(running.refresh(&winner.unwrap().refresh_token).await.is_err());
    }
}

#[tokio::test]
async fn a_refresh_token_ends() {
    let running = start(&config()).await;
    let session = running.register("annlee").await;
    running.clock.advance(29 * DAY_MS);
    let session = running.refresh(&session.refresh_token).await.unwrap();
    running.clock.advance(30 * DAY_MS);
    let status = running.refresh(&session.refresh_token).await.unwrap_err();
    assert_eq!(reason(&status), "REFRESH_TOKEN_INVALID");
    assert_eq!(reason(&running.refresh("nonsense").await.unwrap_err()), "REFRESH_TOKEN_INVALID");
}

#[tokio::test]
async fn signing_out_ends_one_sign_in_or_all() {
    let running = start(&config()).await;
    let (a, b) = (running.register("annlee").await, running.login("annlee", PASSWORD).await.unwrap());
    let c = running.login("annlee", PASSWORD).await.unwrap();
    let out = |token: &str, everywhere| {
        let request = LogoutRequest { refresh_token: token.to_owned(), everywhere };
        let mut client = running.client.clone();
        async move { client.logout(request).await.map(drop) }
    };
    out(&a.refresh_token, false).await.unwrap();
    out(&a.refresh_token, false).await.unwrap();
    out("unknown", true).await.unwrap();
    assert!(running.refresh(&a.refresh_token).await.is_err());
    let b = running.refresh(&b.refresh_token).await.unwrap();
    // A token of an ended sign-in cannot end others.
    out(&a.refresh_token, true).await.unwrap();
    let b = running.refresh(&b.refresh_token).await.unwrap();
    out(&b.refresh_token, true).await.unwrap();
    for session in [b, c] {
        assert_eq!(
            reason(&running.refresh(&session.refresh_token).await.unwrap_err()),
            "REFRESH_TOKEN_INVALID"
        );
    }
}

#[tokio::test]
async fn a_new_password_ends_the_other_sign_ins() {
    let running = start(&config()).await;
    let (here, there) = (running.register("annlee").await, running.login("annlee", PASSWORD).await.unwrap());
    let change = |current: &str, new: &str| ChangePasswordRequest {
        current_password: current.to_owned(),
        new_password: new.to_owned(),
    };
    let mut client = running.client.clone();
    for (current, new, expected) in [
        ("not the password", "a new and longer one", "CREDENTIALS_WRONG"),
        (PASSWORD, "password1", "PASSWORD_TOO_WEAK"),
        (PASSWORD, "my annlee password", "PASSWORD_TOO_WEAK"),
    ] {
        let status = client.change_password(signed(&here, change(current, new))).await.unwrap_err();
        assert_eq!(reason(&status), expected);
    }
    let request = signed(&here, change(PASSWORD, "a new and longer one"));
    let session = client.change_password(request).await.unwrap().into_inner();
    for old in [here, there] {
        assert_eq!(reason(&running.refresh(&old.refresh_token).await.unwrap_err()), "REFRESH_TOKEN_INVALID");
    }
    running.refresh(&session.refresh_token).await.unwrap();
    assert!(running.login("annlee", PASSWORD).await.is_err());
    running.login("annlee", "a new and longer one").await.unwrap();
}

#[tokio::test]
async fn wrong_passwords_bring_pauses_that_end() {
    let mut config = config();
    config.attempts.account_free = 3;
    let running = start(&config).await;
    running.register("annlee").await;
    for _ in 0..3 {
        assert_eq!(reason(&running.login("annlee", "wrong").await.unwrap_err()), "CREDENTIALS_WRONG");
    }
    // The right password has to wait as well, or the pause would tell it.
    let status = running.login("annlee", PASSWORD).await.unwrap_err();
    let problem = Problem::from_status(&status);
    assert_eq!(problem.reason(), "TOO_MANY_ATTEMPTS");
    assert_eq!(problem.metadata(), [("retry_after_ms".to_owned(), "1000".to_owned())]);
    running.register("bobby").await;
    running.login("bobby", PASSWORD).await.unwrap();
    running.clock.advance(1_000);
    running.login("annlee", PASSWORD).await.unwrap();
    assert_eq!(reason(&running.login("annlee", "wrong").await.unwrap_err()), "CREDENTIALS_WRONG");
}

#[tokio::test]
async fn who_guesses_does_not_lock_out_the_owner() {
    let mut config = config();
    config.attempts.account_free = 3;
    config.attempts.account_anywhere_free = 6;
    let running = start(&config).await;
    running.register("annlee").await;
    let login = async |address: &str, password: &str| {
        let request = LoginRequest { login: "annlee".to_owned(), password: password.to_owned() };
        let answer = running.client.clone().login(from_address(address, request)).await;
        answer.map_or_else(|status| reason(&status), |_| "WELCOME".to_owned())
    };
    for address in ["192.0.2.7", "192.0.2.8"] {
        for _ in 0..3 {
            assert_eq!(login(address, "wrong").await, "CREDENTIALS_WRONG");
        }
        assert_eq!(login(address, PASSWORD).await, "TOO_MANY_ATTEMPTS");
        if address == "192.0.2.7" {
            assert_eq!(login("198.51.100.9", PASSWORD).await, "WELCOME");
        }
    }
    // With many addresses there is a limit all the same, but not where the owner has been.
    assert_eq!(login("203.0.113.5", PASSWORD).await, "TOO_MANY_ATTEMPTS");
    assert_eq!(login("198.51.100.9", PASSWORD).await, "WELCOME");
    running.clock.advance(1_000);
    assert_eq!(login("203.0.113.5", PASSWORD).await, "WELCOME");
}

#[tokio::test]
async fn one_address_cannot_try_many_accounts_or_open_them_without_end() {
    let mut config = config();
    config.attempts.address_free = 4;
    config.attempts.registration_free = 2;
    let running = start(&config).await;
    let mut client = running.client.clone();
    for number in 0..5 {
        let request = LoginRequest { login: format!("name{number}"), password: "wrong".to_owned() };
        let status = client.login(from_address("192.0.2.7", request)).await.unwrap_err();
        assert_eq!(reason(&status), if number < 4 { "CREDENTIALS_WRONG" } else { "TOO_MANY_ATTEMPTS" });
    }
    let elsewhere = LoginRequest { login: "name9".to_owned(), password: "wrong".to_owned() };
    let status = client.login(from_address("192.0.2.8", elsewhere)).await.unwrap_err();
    assert_eq!(reason(&status), "CREDENTIALS_WRONG");

    client.register(from_address("192.0.2.7", named("annlee"))).await.unwrap();
    client.register(from_address("192.0.2.7", named("bobby"))).await.unwrap();
    let status = client.register(from_address("192.0.2.7", named("cindy"))).await.unwrap_err();
    assert_eq!(reason(&status), "TOO_MANY_ATTEMPTS");
}

#[tokio::test]
async fn right_passwords_in_a_rush_are_all_taken() {
    let mut config = config();
    config.attempts.account_free = 2;
    config.attempts.address_free = 4;
    let running = start(&config).await;
    let names: Vec<_> = (0..10).map(|number| format!("name{number}")).collect();
    for name in &names {
        running.register(name).await;
    }
    let sign_ins = names.iter().cycle().take(50).map(|name| {
        let mut client = running.client.clone();
        let request = LoginRequest { login: name.clone(), password: PASSWORD.to_owned() };
        async move { client.login(from_address("192.0.2.7", request)).await }
    });
    for signed_in in futures_util::future::join_all(sign_ins).await {
        signed_in.unwrap();
    }
}

#[tokio::test]
async fn guessing_all_at_once_gets_no_more_tries() {
    let mut config = config();
    config.attempts.account_free = 3;
    config.attempts.address_free = 1_000;
    let running = start(&config).await;
    running.register("annlee").await;
    let guesses = (0..40).map(|number| {
        let running = &running;
        async move { reason(&running.login("annlee", &format!("guess {number}")).await.unwrap_err()) }
    });
    let told = futures_util::future::join_all(guesses).await;
    let looked_at = told.iter().filter(|reason| *reason == "CREDENTIALS_WRONG").count();
    assert_eq!(looked_at, 3, "{told:?}");
    assert!(told.iter().all(|reason| reason == "CREDENTIALS_WRONG" || reason == "TOO_MANY_ATTEMPTS"));
}

#[tokio::test]
async fn a_disabled_account_is_out_and_stays_out() {
    let running = start(&config()).await;
    let session = running.register("annlee").await;
    let user_id = session.profile.as_ref().unwrap().user_id;
    let disabled = |disabled| SetRolesRequest { user_id, disabled, ..SetRolesRequest::default() };
    let mut client = running.client.clone();
    client.set_roles(disabled(true)).await.unwrap();
    assert_eq!(reason(&running.login("annlee", PASSWORD).await.unwrap_err()), "ACCOUNT_DISABLED");
    // Only who knows the password learns that.
    assert_eq!(reason(&running.login("annlee", "wrong").await.unwrap_err()), "CREDENTIALS_WRONG");
    assert_eq!(reason(&running.refresh(&session.refresh_token).await.unwrap_err()), "REFRESH_TOKEN_INVALID");
    client.set_roles(disabled(false)).await.unwrap();
    assert!(running.refresh(&session.refresh_token).await.is_err());
    running.login("annlee", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn the_oldest_of_too_many_sign_ins_ends() {
    let mut config = config();
    config.tokens.max_sign_ins = 2;
    let running = start(&config).await;
    let first = running.register("annlee").await;
    let second = running.login("annlee", PASSWORD).await.unwrap();
    let third = running.login("annlee", PASSWORD).await.unwrap();
    assert!(running.refresh(&first.refresh_token).await.is_err());
    running.refresh(&second.refresh_token).await.unwrap();
    running.refresh(&third.refresh_token).await.unwrap();
}
