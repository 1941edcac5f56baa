//! A refresh token that is presented again: for seconds it is answered again, then it is a copy.

use contract::user::{LogoutRequest, RefreshRequest, Session, SetRolesRequest};
use futures_util::future::join_all;
use tonic::Status;

use crate::common::{Client, Engine, PASSWORD, Running, config_on, on_both_engines, reason, start, start_in};

/// The grace that is set unless another one is.
const GRACE_MS: i64 = 10_000;

async fn begin(engine: Engine) -> (Running, Session) {
    let running = start(&config_on(engine)).await;
    let session = running.register("annlee").await;
    (running, session)
}

#[track_caller]
fn is_refused(answer: Result<Session, Status>, expected: &str) {
    assert_eq!(answer.map_err(|status| reason(&status)).map(drop), Err(expected.to_owned()));
}

async fn an_answer_that_was_lost_is_given_again(engine: Engine) {
    let (running, session) = begin(engine).await;
    let lost = running.refresh(&session.refresh_token).await.unwrap();
    running.clock.advance(GRACE_MS - 1);
    let again = running.refresh(&session.refresh_token).await.unwrap();
    // The same token to go on with, to the same end, and an access token of its own time.
    assert_eq!(again.refresh_token, lost.refresh_token);
    assert_eq!(again.refresh_expires_at, lost.refresh_expires_at);
    assert!(again.access_expires_at > lost.access_expires_at);
    assert_eq!(again.profile, lost.profile);
    let next = running.refresh(&again.refresh_token).await.unwrap();
    assert_ne!(next.refresh_token, again.refresh_token);
    running.refresh(&next.refresh_token).await.unwrap();
}

async fn after_the_grace_a_token_that_is_presented_again_ends_the_sign_in(engine: Engine) {
    let (running, session) = begin(engine).await;
    let elsewhere = running.login("annlee", PASSWORD).await.unwrap();
    let renewed = running.refresh(&session.refresh_token).await.unwrap();
    running.clock.advance(GRACE_MS);
    is_refused(running.refresh(&session.refresh_token).await, "REFRESH_TOKEN_REUSED");
    is_refused(running.refresh(&renewed.refresh_token).await, "REFRESH_TOKEN_INVALID");
    running.refresh(&elsewhere.refresh_token).await.unwrap();
}

async fn a_token_whose_successor_has_been_used_is_a_copy_even_in_the_grace(engine: Engine) {
    let (running, session) = begin(engine).await;
    let second = running.refresh(&session.refresh_token).await.unwrap();
    let third = running.refresh(&second.refresh_token).await.unwrap();
    is_refused(running.refresh(&session.refresh_token).await, "REFRESH_TOKEN_REUSED");
    is_refused(running.refresh(&third.refresh_token).await, "REFRESH_TOKEN_INVALID");
}

/// Who steals a token and uses it in the grace has what the owner has, and no more: the second of
/// the two who goes on is noticed.
async fn a_thief_in_the_grace_is_noticed_at_the_next_use(engine: Engine) {
    let (running, session) = begin(engine).await;
    let owner = running.refresh(&session.refresh_token).await.unwrap();
    let thief = running.refresh(&session.refresh_token).await.unwrap();
    running.clock.advance(15 * 60_000);
    let thiefs_next = running.refresh(&thief.refresh_token).await.unwrap();
    running.clock.advance(60_000);
    is_refused(running.refresh(&owner.refresh_token).await, "REFRESH_TOKEN_REUSED");
    is_refused(running.refresh(&thiefs_next.refresh_token).await, "REFRESH_TOKEN_INVALID");
}

async fn the_longest_grace_can_be_set_and_none(engine: Engine) {
    let mut config = config_on(engine);
    config.tokens.reuse_grace_seconds = 0;
    let running = start(&config).await;
    let session = running.register("annlee").await;
    running.refresh(&session.refresh_token).await.unwrap();
    is_refused(running.refresh(&session.refresh_token).await, "REFRESH_TOKEN_REUSED");
    config.tokens.reuse_grace_seconds = 60;
    assert!(config.check().is_ok());
    config.tokens.reuse_grace_seconds = 61;
    assert!(config.check().unwrap_err().to_string().contains("reuse_grace_seconds"));
}

/// Processes of the service on one database, asked by gateways that know nothing of each other.
async fn many_at_once_get_one_and_the_same_successor(engine: Engine) {
    let config = config_on(engine);
    let running = start(&config).await;
    let other = start_in(running.dir.path(), running.clock.clone(), &config).await;
    let processes = [running.client.clone(), Client::new(other.registry.channel("user"))];
    for round in 0..5 {
        let session = running.register(&format!("annlee{round}")).await;
        let presented = processes.iter().cycle().take(8).map(|process| {
            let mut process = process.clone();
            let request = RefreshRequest { refresh_token: session.refresh_token.clone() };
            async move { process.refresh(request).await.unwrap().into_inner().refresh_token }
        });
        let successors = join_all(presented).await;
        assert!(successors.iter().all(|token| *token == successors[0]), "more than one to go on with");
        running.refresh(&successors[0]).await.unwrap();
    }
}

async fn a_disabled_account_gets_no_answer_again(engine: Engine) {
    let (running, session) = begin(engine).await;
    running.refresh(&session.refresh_token).await.unwrap();
    let user_id = session.profile.as_ref().unwrap().user_id;
    let disabled = SetRolesRequest { user_id, disabled: true, ..SetRolesRequest::default() };
    running.client.clone().set_roles(disabled).await.unwrap();
    is_refused(running.refresh(&session.refresh_token).await, "REFRESH_TOKEN_INVALID");
}

async fn signing_out_ends_the_grace_too(engine: Engine) {
    let (running, session) = begin(engine).await;
    let renewed = running.refresh(&session.refresh_token).await.unwrap();
    let out = LogoutRequest { refresh_token: renewed.refresh_token, everywhere: false };
    running.client.clone().logout(out).await.unwrap();
    is_refused(running.refresh(&session.refresh_token).await, "REFRESH_TOKEN_INVALID");
}

on_both_engines! {
    an_answer_that_was_lost_is_given_again,
    after_the_grace_a_token_that_is_presented_again_ends_the_sign_in,
    a_token_whose_successor_has_been_used_is_a_copy_even_in_the_grace,
    a_thief_in_the_grace_is_noticed_at_the_next_use,
    the_longest_grace_can_be_set_and_none,
    many_at_once_get_one_and_the_same_successor,
    a_disabled_account_gets_no_answer_again,
    signing_out_ends_the_grace_too,
}
