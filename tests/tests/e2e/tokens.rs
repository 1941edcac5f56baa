//! Access tokens: forged, changed, ended.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tests::person::PASSWORD;
use tests::wait::now_ms;
use tests::{Person, TestCluster, audit};

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn decoded(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// A token with that header and those claims, signed by `sign`.
fn token(header: &Value, claims: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let signed = format!("{}.{}", encoded(header), encoded(claims));
    let signature = URL_SAFE_NO_PAD.encode(sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

fn by(key: &SigningKey) -> impl Fn(&[u8]) -> Vec<u8> {
    |bytes| key.sign(bytes).to_bytes().to_vec()
}

/// The key the system signs with, from its own database: nobody else has it.
fn system_key(cluster: &TestCluster) -> SigningKey {
    let seed = cluster.in_user_database("SELECT seed FROM signing_key");
    let seed: [u8; 32] = URL_SAFE_NO_PAD.decode(seed).unwrap().try_into().unwrap();
    SigningKey::from_bytes(&seed)
}

/// What the system says to a token: the status and the reason, at the edge and by the quick check.
async fn said_to(cluster: &TestCluster, token: &str) -> (u16, String) {
    let call = tests::http::Call::new("GET", "/v1/me", None).signed(token);
    let answer = cluster.client().send(call).await;
    let said = if answer.status == 200 { "welcome".to_owned() } else { answer.refused().reason };
    let check = cluster.client().post("/v1/sessions/authorize", &json!({ "access_token": token })).await;
    assert_eq!(check.status == 200, answer.status == 200, "both agree: {said} {}", check.text());
    (answer.status, said)
}

#[tokio::test]
async fn only_tokens_of_ours_that_have_not_ended_are_good() {
    let cluster = TestCluster::start_with(crate::MODE, super::bad_input::talkative()).await;
    let person = cluster.customer().await;
    let parts: Vec<&str> = person.token.split('.').collect();
    let (header, claims) = (decoded(parts[0]), decoded(parts[1]));
    let ours = system_key(&cluster);
    let theirs = SigningKey::from_bytes(&[7; 32]);
    let with = |claim: &str, value: Value| {
        let mut claims = claims.clone();
        claims[claim] = value;
        claims
    };
    // What the system would sign itself is good: the others are refused for what they are.
    assert_eq!(said_to(&cluster, &token(&header, &claims, by(&ours))).await, (200, "welcome".to_owned()));

    let admin = with("roles", json!(["customer", "admin"]));
    let public = URL_SAFE_NO_PAD.decode(keys_x(&cluster).await).unwrap();
    let hs256 = |bytes: &[u8]| {
        let mut mac = Hmac::<Sha256>::new_from_slice(&public).unwrap();
        mac.update(bytes);
        mac.finalize().into_bytes().to_vec()
    };
    let algorithm = |name: &str| {
        let mut header = header.clone();
        header["alg"] = name.into();
        header
    };
    let other_kid = json!({ "alg": "EdDSA", "typ": "JWT", "kid": "../../dev/null" });
    let no_kid = json!({ "alg": "EdDSA", "typ": "JWT" });
    let forged = [
        ("another key", token(&header, &admin, by(&theirs))),
        ("no algorithm", token(&algorithm("none"), &admin, |_| Vec::new())),
        ("no algorithm, in capitals", token(&algorithm("NONE"), &admin, |_| Vec::new())),
        ("the public key as a secret", token(&algorithm("HS256"), &admin, hs256)),
        ("changed claims", format!("{}.{}.{}", parts[0], encoded(&admin), parts[2])),
        ("no signature", format!("{}.{}.", parts[0], parts[1])),
        ("two parts", format!("{}.{}", parts[0], parts[1])),
        ("a changed signature", changed(&person.token)),
        ("an unknown key's name", token(&other_kid, &admin, by(&theirs))),
        ("no key's name", token(&no_kid, &claims, by(&ours))),
        ("another issuer", token(&header, &with("iss", json!("somebody")), by(&ours))),
        ("another audience", token(&header, &with("aud", json!("somebody")), by(&ours))),
        ("nobody", token(&header, &with("sub", json!("nobody")), by(&ours))),
        ("no end", token(&header, &with("exp", json!("never")), by(&ours))),
        ("a refresh token", person.refresh_token.clone()),
        ("a book", "a".repeat(3_000)),
        ("dots", "..".to_owned()),
    ];
    for (what, token) in &forged {
        assert_eq!(said_to(&cluster, token).await, (401, "TOKEN_INVALID".to_owned()), "{what}");
    }
    let ended = token(&header, &with("exp", json!(now_ms() / 1_000 - 1)), by(&ours));
    assert_eq!(said_to(&cluster, &ended).await, (401, "TOKEN_EXPIRED".to_owned()));
    // A token that has been good ends all the same.
    let ending = token(&header, &with("exp", json!(now_ms() / 1_000 + 2)), by(&ours));
    assert_eq!(said_to(&cluster, &ending).await.0, 200);
    let what = "the token ends";
    let said = tests::eventually(std::time::Duration::from_secs(5), what, async || {
        let call = tests::http::Call::new("GET", "/v1/me", None).signed(&ending);
        let answer = cluster.client().send(call).await;
        (answer.status != 200).then(|| answer.refused().reason)
    })
    .await;
    assert_eq!(said, "TOKEN_EXPIRED");
    for told in ["forged access tokens were refused", "ended access tokens were refused"] {
        let line = tests::eventually(std::time::Duration::from_secs(5), told, async || {
            cluster.log().lines().find(|line| line.contains(told)).map(str::to_owned)
        })
        .await;
        assert!(line.contains("client_address=\"127.0.0.1\"") && line.contains("trace_id="), "{line}");
    }
    let mut secrets: Vec<&str> = vec![PASSWORD, &ended, &ending, &person.token, &person.refresh_token];
    secrets.extend(forged.iter().map(|(_, token)| token.as_str()).filter(|token| token.len() > 100));
    audit::log(&cluster, &secrets);
}

async fn keys_x(cluster: &TestCluster) -> String {
    let keys: Value = cluster.client().get("/v1/keys").await.ok();
    keys["keys"][0]["x"].as_str().unwrap().to_owned()
}

/// The token with another letter in the middle of its signature.
fn changed(token: &str) -> String {
    let mut letters: Vec<char> = token.chars().collect();
    let at = letters.len() - 20;
    letters[at] = if letters[at] == 'A' { 'B' } else { 'A' };
    letters.into_iter().collect()
}

#[tokio::test]
async fn sign_ins_end_when_they_should() {
    let cluster = TestCluster::start(crate::MODE).await;
    let client = cluster.client();
    let person = cluster.customer().await;
    let elsewhere = Person::sign_in(client, &person.name, PASSWORD).await;
    let refresh =
        async |token: &str| client.post("/v1/sessions/refresh", &json!({ "refresh_token": token })).await;
    // A lost answer is given again. Once somebody has gone on, a copy of a refresh token is noticed
    // when it is used, and ends the sign-in.
    let lost: Value = refresh(&person.refresh_token).await.ok();
    let renewed: Value = refresh(&person.refresh_token).await.ok();
    assert_eq!(renewed["refresh_token"], lost["refresh_token"]);
    let renewed: Value = refresh(renewed["refresh_token"].as_str().unwrap()).await.ok();
    assert_eq!(refresh(&person.refresh_token).await.refused().reason, "REFRESH_TOKEN_REUSED");
    let reason = refresh(renewed["refresh_token"].as_str().unwrap()).await.refused().reason;
    assert_eq!(reason, "REFRESH_TOKEN_INVALID");
    // The other sign-in is not touched; signing out everywhere ends it.
    let renewed: Value = refresh(&elsewhere.refresh_token).await.ok();
    let logout = json!({ "refresh_token": renewed["refresh_token"], "everywhere": true });
    let _: Value = client.post("/v1/sessions/logout", &logout).await.ok();
    let reason = refresh(renewed["refresh_token"].as_str().unwrap()).await.refused().reason;
    assert_eq!(reason, "REFRESH_TOKEN_INVALID");
    // A restart keeps sign-ins and keys.
    let person = Person::sign_in(client, &person.name, PASSWORD).await;
    cluster.restart().await;
    assert_eq!(person.get("/v1/me").await.status, 200);
    let _: Value = refresh(&person.refresh_token).await.ok();
}
