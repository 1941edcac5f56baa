//! Access tokens and the keys that sign them.
#![allow(clippy::unwrap_used)]

mod common;

use std::time::Duration;

use common::{Client, PASSWORD, Running, config, reason, signed, start, start_in};
use contract::user::get_keys_response::Key;
use contract::user::{AuthorizeRequest, GetKeysRequest, Role, SetRolesRequest};

const HOUR_MS: i64 = 3_600_000;

async fn keys(client: &Client) -> Vec<Key> {
    client.clone().get_keys(GetKeysRequest {}).await.unwrap().into_inner().keys
}

fn kid_of(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

#[tokio::test]
async fn a_token_says_who_it_is_until_it_ends() {
    let running = start(&config()).await;
    let session = running.register("annlee").await;
    let user_id = session.profile.as_ref().unwrap().user_id;
    let mut client = running.client.clone();
    let given = AuthorizeRequest { access_token: session.access_token.clone() };
    let by_body = client.authorize(given.clone()).await.unwrap().into_inner();
    let by_header =
        client.authorize(signed(&session, AuthorizeRequest::default())).await.unwrap().into_inner();
    assert_eq!(by_body, by_header);
    assert_eq!((by_body.user_id, by_body.roles), (user_id, vec![i32::from(Role::Customer)]));
    assert_eq!(by_body.expires_at, session.access_expires_at);
    assert_eq!(running.kit.verifier.verify(&session.access_token).await.unwrap().user_id, user_id);

    let forged = AuthorizeRequest { access_token: format!("{}x", session.access_token) };
    assert_eq!(reason(&client.authorize(forged).await.unwrap_err()), "TOKEN_INVALID");
    running.clock.advance(15 * 60_000);
    assert_eq!(reason(&client.authorize(given).await.unwrap_err()), "TOKEN_EXPIRED");
    let own = signed(&session, AuthorizeRequest::default());
    assert_eq!(reason(&client.authorize(own).await.unwrap_err()), "TOKEN_EXPIRED");
    let none = client.authorize(AuthorizeRequest::default()).await.unwrap_err();
    assert_eq!(reason(&none), "TOKEN_MISSING");
}

#[tokio::test]
async fn roles_are_in_the_next_token() {
    let running = start(&config()).await;
    let session = running.register("annlee").await;
    let user_id = session.profile.as_ref().unwrap().user_id;
    let roles = vec![i32::from(Role::Manager)];
    let request = SetRolesRequest { user_id, roles, cinema_ids: vec![7, 3], disabled: false };
    running.client.clone().set_roles(request).await.unwrap();
    let session = running.refresh(&session.refresh_token).await.unwrap();
    let caller = running.kit.verifier.verify(&session.access_token).await.unwrap();
    assert_eq!(caller.roles, [Role::Customer, Role::Manager]);
    assert!(caller.manages(3) && caller.manages(7) && !caller.manages(1));
}

#[tokio::test]
async fn processes_on_one_database_sign_with_the_same_key() {
    let running = start(&config()).await;
    let other = start_in(running.dir.path(), running.clock.clone(), &config()).await;
    let there = Client::new(other.registry.channel("user"));
    assert_eq!(keys(&running.client).await, keys(&there).await);
    let session = running.register("annlee").await;
    assert_eq!(other.verifier.verify(&session.access_token).await.unwrap().user_id, 1);
}

#[tokio::test]
async fn processes_that_start_at_once_agree_on_the_first_key() {
    let dir = tempfile::tempdir().unwrap();
    let clock = micro::Clock::simulated(common::START_MS);
    // The tables first: bringing them up to date at once is the database's matter, not the keys'.
    let kit = start_in(dir.path(), clock.clone(), &config()).await;
    let first = keys(&Client::new(kit.registry.channel("user"))).await;
    let config = config();
    let (a, b) =
        tokio::join!(start_in(dir.path(), clock.clone(), &config), start_in(dir.path(), clock, &config));
    for kit in [a, b] {
        assert_eq!(keys(&Client::new(kit.registry.channel("user"))).await, first);
    }
}

/// Waits until so many keys are published; the background work runs on real time.
async fn wait_for_keys(running: &Running, count: usize) -> Vec<Key> {
    let waiting = async {
        loop {
            let keys = keys(&running.client).await;
            if keys.len() == count {
                return keys;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.unwrap()
}

#[tokio::test]
async fn keys_rotate_and_old_ones_stay_while_their_tokens_live() {
    let mut config = config();
    config.keys.check_every_ms = 5;
    let running = start(&config).await;
    let session = running.register("annlee").await;
    let first = keys(&running.client).await;
    assert_eq!(first.len(), 1);
    assert_eq!(kid_of(&session.access_token), first[0].kid);

    // An hour ahead the next key is published, behind the one in use.
    running.clock.advance(719 * HOUR_MS);
    let both = wait_for_keys(&running, 2).await;
    assert_eq!(both[0], first[0]);
    let before = running.login("annlee", PASSWORD).await.unwrap();
    assert_eq!(kid_of(&before.access_token), first[0].kid);

    running.clock.advance(HOUR_MS);
    let after = running.login("annlee", PASSWORD).await.unwrap();
    assert_eq!(kid_of(&after.access_token), both[1].kid);
    assert_eq!(keys(&running.client).await[0].kid, both[1].kid);
    running.kit.verifier.verify(&after.access_token).await.unwrap();

    // Once no token of the first can live, it goes.
    running.clock.advance(2 * HOUR_MS);
    assert_eq!(wait_for_keys(&running, 1).await[0].kid, both[1].kid);
}
