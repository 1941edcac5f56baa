//! Access tokens and the keys that sign them.

use std::time::Duration;

use crate::common::{Client, PASSWORD, Running, config, reason, signed, start, start_in};
use contract::user::get_keys_response::Key;
use contract::user::{
    AuthorizeRequest, ChangePasswordRequest, GetKeysRequest, LogoutRequest, Role, Session, SetRolesRequest,
};
use micro::Kit;
use micro::auth::TokenSource;
use micro::trace::TraceContext;

const HOUR_MS: i64 = 3_600_000;

/// For the log, which nobody reads here.
fn nowhere() -> TokenSource {
    TokenSource { client_address: None, trace: TraceContext::new() }
}

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
    assert_eq!(running.kit.verifier.verify(&session.access_token, nowhere()).await.unwrap().user_id, user_id);

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
    let cinemas = [running.cinema("Odeon").await, running.cinema("Palace").await];
    let request = SetRolesRequest { user_id, roles, cinema_ids: cinemas.to_vec(), disabled: false };
    running.client.clone().set_roles(request).await.unwrap();
    let session = running.refresh(&session.refresh_token).await.unwrap();
    let caller = running.kit.verifier.verify(&session.access_token, nowhere()).await.unwrap();
    assert_eq!(caller.roles, [Role::Customer, Role::Manager]);
    assert!(cinemas.iter().all(|cinema_id| caller.manages(*cinema_id)) && !caller.manages(9_999_999));
}

#[tokio::test]
async fn processes_on_one_database_sign_with_the_same_key() {
    let running = start(&config()).await;
    let other = start_in(running.dir.path(), running.clock.clone(), &config()).await;
    let there = Client::new(other.registry.channel("user"));
    assert_eq!(keys(&running.client).await, keys(&there).await);
    let session = running.register("annlee").await;
    assert_eq!(other.verifier.verify(&session.access_token, nowhere()).await.unwrap().user_id, 1);
}

#[tokio::test]
async fn processes_that_start_at_once_agree_on_the_first_key() {
    let dir = tempfile::tempdir().unwrap();
    let clock = micro::Clock::simulated(crate::common::START_MS);
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
    running.kit.verifier.verify(&after.access_token, nowhere()).await.unwrap();

    // Once no token of the first can live, it goes.
    running.clock.advance(2 * HOUR_MS);
    assert_eq!(wait_for_keys(&running, 1).await[0].kid, both[1].kid);
}

/// What the verifier of a process says to a token.
async fn said(kit: &Kit, session: &Session) -> String {
    let caller = kit.verifier.verify(&session.access_token, nowhere()).await;
    caller.map_or_else(|problem| problem.reason().to_owned(), |_| "WELCOME".to_owned())
}

/// Waits until a process refuses a token; the list of them is asked for on real time.
async fn wait_until_revoked(kit: &Kit, session: &Session) {
    let waiting = async {
        loop {
            match said(kit, session).await.as_str() {
                "WELCOME" => tokio::time::sleep(Duration::from_millis(20)).await,
                reason => return reason.to_owned(),
            }
        }
    };
    let reason = tokio::time::timeout(Duration::from_secs(10), waiting).await.unwrap();
    assert_eq!(reason, "TOKEN_REVOKED");
}

#[tokio::test]
async fn a_token_goes_with_its_sign_in_or_its_roles_in_every_process() {
    let running = start(&config()).await;
    let other = start_in(running.dir.path(), running.clock.clone(), &config()).await;
    let mut client = running.client.clone();
    let (here, there) = (running.register("annlee").await, running.login("annlee", PASSWORD).await.unwrap());
    let bystander = running.register("bobby").await;
    for session in [&here, &there, &bystander] {
        assert_eq!((said(&running.kit, session).await, said(&other, session).await), welcome());
    }

    // Signing out: of that sign-in alone.
    let out = LogoutRequest { refresh_token: there.refresh_token.clone(), everywhere: false };
    client.logout(out).await.unwrap();
    for kit in [&running.kit, &other] {
        wait_until_revoked(kit, &there).await;
        assert_eq!(said(kit, &here).await, "WELCOME");
    }
    let own = signed(&there, AuthorizeRequest::default());
    assert_eq!(reason(&client.authorize(own).await.unwrap_err()), "TOKEN_REVOKED");

    // Other roles: the same sign-in gets a token with the new ones.
    let user_id = here.profile.as_ref().unwrap().user_id;
    let staff = SetRolesRequest { user_id, roles: vec![Role::Staff.into()], ..SetRolesRequest::default() };
    client.set_roles(staff.clone()).await.unwrap();
    wait_until_revoked(&other, &here).await;
    let here = running.refresh(&here.refresh_token).await.unwrap();
    // The same roles once more take nothing back.
    client.set_roles(staff).await.unwrap();

    // Another password: the other sign-ins.
    let there = running.login("annlee", PASSWORD).await.unwrap();
    let change = ChangePasswordRequest {
        current_password: PASSWORD.to_owned(),
        new_password: "a new and longer one".to_owned(),
    };
    let changed = client.change_password(signed(&here, change)).await.unwrap().into_inner();
    wait_until_revoked(&other, &there).await;
    wait_until_revoked(&other, &here).await;
    assert_eq!(said(&other, &changed).await, "WELCOME");

    // A disabled account.
    let disabled = SetRolesRequest { user_id, disabled: true, ..SetRolesRequest::default() };
    client.set_roles(disabled).await.unwrap();
    wait_until_revoked(&other, &changed).await;
    assert_eq!((said(&running.kit, &bystander).await, said(&other, &bystander).await), welcome());
}

fn welcome() -> (String, String) {
    ("WELCOME".to_owned(), "WELCOME".to_owned())
}

#[tokio::test]
async fn a_process_that_starts_later_knows_what_was_revoked_before() {
    let running = start(&config()).await;
    let session = running.register("annlee").await;
    let out = LogoutRequest { refresh_token: session.refresh_token.clone(), everywhere: true };
    running.client.clone().logout(out).await.unwrap();
    let later = start_in(running.dir.path(), running.clock.clone(), &config()).await;
    assert_eq!(said(&later, &session).await, "TOKEN_REVOKED");
}

#[tokio::test]
async fn without_the_user_service_tokens_hold_until_they_end() {
    let running = start(&config()).await;
    let (ann, bob) = (running.register("annlee").await, running.register("bobby").await);
    assert_eq!(said(&running.kit, &ann).await, "WELCOME");
    let out = LogoutRequest { refresh_token: ann.refresh_token.clone(), everywhere: true };
    running.client.clone().logout(out).await.unwrap();
    wait_until_revoked(&running.kit, &ann).await;

    running.kit.registry.clear();
    assert_eq!(said(&running.kit, &ann).await, "TOKEN_REVOKED");
    assert_eq!(said(&running.kit, &bob).await, "WELCOME");
    running.clock.advance(15 * 60_000);
    assert_eq!(said(&running.kit, &bob).await, "TOKEN_EXPIRED");
}
