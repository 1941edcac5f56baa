//! Registering, profiles, and who has a name.

use crate::common::{PASSWORD, config, named, reason, signed, start, start_in};
use contract::user::{GetProfileRequest, RegisterRequest, Role, Session, UpdateProfileRequest};

#[tokio::test]
async fn a_new_account_is_a_customer_and_signed_in() {
    let running = start(&config()).await;
    let request = RegisterRequest {
        email: "Ann@Example.org".into(),
        phone: "+86 138-0013-8000".into(),
        display_name: " Ann Lee ".into(),
        locale: "zh-CN".into(),
        ..named("AnnLee")
    };
    let session = running.client.clone().register(request).await.unwrap().into_inner();
    let profile = running
        .client
        .clone()
        .get_profile(signed(&session, GetProfileRequest {}))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(session.profile.as_ref(), Some(&profile));
    assert_eq!((profile.user_name.as_str(), profile.email.as_str()), ("AnnLee", "Ann@Example.org"));
    assert_eq!((profile.phone.as_str(), profile.display_name.as_str()), ("+8613800138000", "Ann Lee"));
    assert_eq!(profile.roles, [i32::from(Role::Customer)]);
    assert_eq!(session.access_expires_at, crate::common::START_MS + 15 * 60_000);
    for login in ["annlee", "ANN@example.ORG", "+8613800138000", "+86 13800138000"] {
        let again = running.login(login, crate::common::PASSWORD).await.unwrap();
        assert_eq!(again.profile.unwrap().user_id, profile.user_id, "{login}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_registration_is_said() {
    let running = start(&config()).await;
    let with = |change: fn(&mut RegisterRequest)| {
        let mut request = named("annlee");
        change(&mut request);
        request
    };
    let cases = [
        (with(|r| r.user_name.clear()), "LOGIN_NAME_MISSING"),
        (with(|r| r.user_name = "9lives".into()), "USER_NAME_INVALID"),
        (with(|r| r.email = "nowhere".into()), "EMAIL_INVALID"),
        (with(|r| r.phone = "13800138000".into()), "PHONE_INVALID"),
        (with(|r| r.password = "password1".into()), "PASSWORD_TOO_WEAK"),
        (with(|r| r.password = "annlee-2026".into()), "PASSWORD_TOO_WEAK"),
        (with(|r| r.password.clear()), "FIELD_INVALID"),
        (with(|r| r.locale = "zh CN".into()), "FIELD_INVALID"),
    ];
    for (request, expected) in cases {
        let status = running.client.clone().register(request).await.unwrap_err();
        assert_eq!(reason(&status), expected);
    }
}

#[tokio::test]
async fn of_many_who_want_one_name_at_once_one_gets_it() {
    let running = start(&config()).await;
    // Two processes on one database, so that no memory of one process decides.
    let other = start_in(running.dir.path(), running.clock.clone(), &config()).await;
    let tries: Vec<_> = (0..16)
        .map(|number| {
            let kit = if number % 2 == 0 { &running.kit } else { &other };
            let mut client = crate::common::Client::new(kit.registry.channel("user"));
            let name = if number % 3 == 0 { "AnnLee" } else { "annlee" };
            tokio::spawn(async move { client.register(named(name)).await })
        })
        .collect();
    let mut opened = 0;
    for outcome in tries {
        match outcome.await.unwrap() {
            Ok(_) => opened += 1,
            Err(status) => assert_eq!(reason(&status), "USER_NAME_TAKEN"),
        }
    }
    assert_eq!(opened, 1);
}

#[tokio::test]
async fn each_taken_name_has_its_own_reason() {
    let running = start(&config()).await;
    let taken = RegisterRequest {
        email: "ann@example.org".into(),
        phone: "+8613800138000".into(),
        ..named("annlee")
    };
    running.client.clone().register(taken).await.unwrap();
    let email = RegisterRequest { email: "ANN@example.org".into(), ..named("bob") };
    let phone = RegisterRequest { phone: "+86 138 0013 8000".into(), ..named("bob") };
    for (request, expected) in
        [(named("ANNLEE"), "USER_NAME_TAKEN"), (email, "EMAIL_TAKEN"), (phone, "PHONE_TAKEN")]
    {
        assert_eq!(reason(&running.client.clone().register(request).await.unwrap_err()), expected);
    }
    let bob = running.register("bob").await;
    let change = UpdateProfileRequest { email: "ann@EXAMPLE.org".into(), ..UpdateProfileRequest::default() };
    let status = running.client.clone().update_profile(signed(&bob, change)).await.unwrap_err();
    assert_eq!(reason(&status), "EMAIL_TAKEN");
}

#[tokio::test]
async fn only_what_is_given_changes() {
    let running = start(&config()).await;
    let session = running.register("annlee").await;
    let change = |email: &str, display_name: &str| UpdateProfileRequest {
        email: email.into(),
        display_name: display_name.into(),
        ..UpdateProfileRequest::default()
    };
    let mut client = running.client.clone();
    client.update_profile(signed(&session, change("ann@example.org", ""))).await.unwrap();
    let profile = client.update_profile(signed(&session, change("", "Ann"))).await.unwrap().into_inner();
    assert_eq!((profile.user_name.as_str(), profile.email.as_str()), ("annlee", "ann@example.org"));
    assert_eq!(profile.display_name, "Ann");
    running.login("ann@example.org", crate::common::PASSWORD).await.unwrap();
}

#[tokio::test]
async fn where_the_owner_is_reached_changes_only_with_the_password_or_after_a_sign_in() {
    let running = start(&config()).await;
    let session = running.register("annlee").await;
    let change = |email: &str, phone: &str, password: &str| UpdateProfileRequest {
        email: email.into(),
        phone: phone.into(),
        display_name: "Ann".into(),
        current_password: password.into(),
        ..UpdateProfileRequest::default()
    };
    let update = async |session: &Session, change: UpdateProfileRequest| {
        let answer = running.client.clone().update_profile(signed(session, change)).await;
        answer.map_or_else(|status| reason(&status), |profile| profile.into_inner().email)
    };
    assert_eq!(update(&session, change("ann@example.org", "", "")).await, "ann@example.org");

    running.clock.advance(5 * 60_000);
    assert_eq!(update(&session, change("eve@example.org", "", "")).await, "PASSWORD_NEEDED");
    assert_eq!(update(&session, change("", "+4915112345678", "")).await, "PASSWORD_NEEDED");
    assert_eq!(update(&session, change("eve@example.org", "", "a guess")).await, "CREDENTIALS_WRONG");
    // A refresh is no sign-in.
    let session = running.refresh(&session.refresh_token).await.unwrap();
    assert_eq!(update(&session, change("eve@example.org", "", "")).await, "PASSWORD_NEEDED");
    // Nothing that changes needs none.
    assert_eq!(update(&session, change("ann@example.org", "", "")).await, "ann@example.org");
    assert_eq!(update(&session, change("", "", "")).await, "ann@example.org");

    assert_eq!(update(&session, change("lee@example.org", "", PASSWORD)).await, "lee@example.org");
    let fresh = running.login("annlee", PASSWORD).await.unwrap();
    assert_eq!(update(&fresh, change("ann@example.org", "+4915112345678", "")).await, "ann@example.org");
}

#[tokio::test]
async fn a_profile_needs_a_sign_in() {
    let running = start(&config()).await;
    let status = running.client.clone().get_profile(GetProfileRequest {}).await.unwrap_err();
    assert_eq!(reason(&status), "TOKEN_MISSING");
}
