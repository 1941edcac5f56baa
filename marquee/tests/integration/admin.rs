//! The first administrator.

use crate::common::{Done, Place};
use contract::user::{LoginRequest, RegisterRequest, Role};

const PASSWORD: &str = "correct horse battery";

fn create(place: &Place, login: &str, password: &str) -> Done {
    place.run_with_input(&["admin", "create", login], &format!("{password}\n"))
}

async fn roles(place: &Place, login: &str) -> Vec<Role> {
    let request = LoginRequest { login: login.to_owned(), password: PASSWORD.to_owned() };
    let session = place.look(async |clients| clients.users.clone().login(request).await).await;
    session.unwrap().into_inner().profile.unwrap().roles().collect()
}

#[tokio::test]
async fn an_administrator_is_made_with_any_kind_of_login() {
    let place = Place::new();
    for login in ["annlee", "ann@example.org", "+8613800138000"] {
        create(&place, login, PASSWORD).good();
        assert!(roles(&place, login).await.contains(&Role::Admin), "{login}");
    }
    let err = create(&place, "AnnLee", PASSWORD).bad();
    assert!(err.contains("USER_NAME_TAKEN"), "{err}");
}

#[tokio::test]
async fn the_password_comes_from_a_variable_or_from_standard_input() {
    let place = Place::new().with("MARQUEE_PASSWORD", PASSWORD);
    place.run(&["admin", "create", "annlee"]).good();
    assert!(roles(&place, "annlee").await.contains(&Role::Admin));
    let place = Place::new();
    assert!(place.run(&["admin", "create", "annlee"]).bad().contains("MARQUEE_PASSWORD"));
    let err = create(&place, "annlee", "password1").bad();
    assert!(err.contains("PASSWORD_TOO_WEAK") && !err.contains("password1"), "{err}");
    assert_eq!(place.run(&["admin", "create", "annlee", "--password", "x"]).code, Some(2));
}

#[tokio::test]
async fn an_account_is_promoted_by_exactly_its_login() {
    let place = Place::new();
    let register = |user_name: &str| RegisterRequest {
        user_name: user_name.to_owned(),
        password: PASSWORD.to_owned(),
        ..RegisterRequest::default()
    };
    place
        .look(async |clients| {
            for name in ["bobby", "bob", "bobbie"] {
                clients.users.clone().register(register(name)).await.unwrap();
            }
        })
        .await;
    place.run(&["admin", "promote", "BOB"]).good();
    assert!(place.run(&["admin", "promote", "bob"]).good().contains("already"));
    assert!(roles(&place, "bob").await.contains(&Role::Admin));
    for other in ["bobby", "bobbie"] {
        assert_eq!(roles(&place, other).await, [Role::Customer], "{other}");
    }
    for nobody in ["bo", "bobb", "x@example.org", "??"] {
        let err = place.run(&["admin", "promote", nobody]).bad();
        assert!(err.contains(&format!("no account {nobody}")), "{err}");
    }
}
