//! Finding accounts and giving roles.

use crate::common::{Client, Running, config, reason, signed, start, start_in};
use contract::user::{ListUsersRequest, RegisterRequest, Role, Session, SetRolesRequest};
use micro::Problem;
use tonic::Code;

async fn set_roles(running: &Running, user_id: i64, roles: &[Role]) -> Result<Vec<i32>, String> {
    let roles = roles.iter().map(|role| i32::from(*role)).collect();
    let request = SetRolesRequest { user_id, roles, ..SetRolesRequest::default() };
    let answer = running.client.clone().set_roles(request).await;
    answer.map(|profile| profile.into_inner().roles).map_err(|status| reason(&status))
}

async fn admin(running: &Running, name: &str) -> Session {
    let session = running.register(name).await;
    set_roles(running, session.profile.as_ref().unwrap().user_id, &[Role::Admin]).await.unwrap();
    running.refresh(&session.refresh_token).await.unwrap()
}

fn id(session: &Session) -> i64 {
    session.profile.as_ref().unwrap().user_id
}

#[tokio::test]
async fn the_operator_makes_the_first_admin_and_customers_make_none() {
    let running = start(&config()).await;
    let (ann, bob) = (admin(&running, "annlee").await, running.register("bobby").await);
    let request = SetRolesRequest {
        user_id: id(&bob),
        roles: vec![i32::from(Role::Staff)],
        ..SetRolesRequest::default()
    };
    let mut client = running.client.clone();
    let status = client.set_roles(signed(&bob, request.clone())).await.unwrap_err();
    assert_eq!(reason(&status), "ROLE_MISSING");
    let profile = client.set_roles(signed(&ann, request)).await.unwrap().into_inner();
    assert_eq!(profile.roles, [i32::from(Role::Customer), i32::from(Role::Staff)]);
    assert_eq!(set_roles(&running, 9_999_999, &[]).await.unwrap_err(), "USER_NOT_FOUND");
    assert_eq!(set_roles(&running, id(&bob), &[Role::Unspecified]).await.unwrap_err(), "FIELD_INVALID");
}

#[tokio::test]
async fn a_manager_answers_for_cinemas_there_are() {
    let running = start(&config()).await;
    let user_id = id(&running.register("annlee").await);
    let manager = |cinema_ids: &[i64]| SetRolesRequest {
        user_id,
        roles: vec![i32::from(Role::Manager)],
        cinema_ids: cinema_ids.to_vec(),
        disabled: false,
    };
    let mut client = running.client.clone();
    // Without the catalogue nobody can tell.
    let status = client.set_roles(manager(&[7])).await.unwrap_err();
    assert_eq!(reason(&status), "CATALOGUE_UNAVAILABLE");
    let cinema_id = running.cinema("Odeon").await;
    let status = client.set_roles(manager(&[cinema_id, 8_888, 7_777])).await.unwrap_err();
    let problem = Problem::from_status(&status);
    assert_eq!((problem.code(), problem.reason()), (Code::NotFound, "CINEMA_NOT_FOUND"));
    assert_eq!(problem.metadata(), [("cinema_ids".to_owned(), "7777,8888".to_owned())]);
    let profile = client.set_roles(manager(&[cinema_id])).await.unwrap().into_inner();
    assert_eq!(profile.cinema_ids, [cinema_id]);
    // What an account has is not looked up again: this process has no catalogue.
    let other = start_in(running.dir.path(), running.clock.clone(), &config()).await;
    let mut elsewhere = Client::new(other.registry.channel("user"));
    let admin =
        SetRolesRequest { roles: vec![Role::Manager.into(), Role::Admin.into()], ..manager(&[cinema_id]) };
    assert_eq!(elsewhere.set_roles(admin).await.unwrap().into_inner().cinema_ids, [cinema_id]);
}

#[tokio::test]
async fn one_admin_always_stays() {
    let running = start(&config()).await;
    let (ann, bob) = (admin(&running, "annlee").await, admin(&running, "bobby").await);
    // Both at once: whichever comes second is the last.
    let (a, b) = tokio::join!(set_roles(&running, id(&ann), &[]), set_roles(&running, id(&bob), &[]));
    assert!(a.is_ok() != b.is_ok(), "one of them");
    assert_eq!(a.and(b).unwrap_err(), "LAST_ADMIN");
}

#[tokio::test]
async fn accounts_are_found_by_parts_of_names_page_by_page() {
    let running = start(&config()).await;
    let ann = admin(&running, "annlee").await;
    for number in 0..7 {
        running.clock.advance(1);
        let request = RegisterRequest {
            email: format!("Number{number}@Example.org"),
            display_name: "100% Ünïcode_Fan".into(),
            ..crate::common::named(&format!("fan{number}"))
        };
        running.client.clone().register(request).await.unwrap();
    }
    let find = |query: &str, page_size, page_token: String| {
        let request = ListUsersRequest { query: query.to_owned(), page_size, page_token };
        let (mut client, request) = (running.client.clone(), signed(&ann, request));
        async move { client.list_users(request).await.map(tonic::Response::into_inner) }
    };
    let (mut names, mut token) = (Vec::new(), String::new());
    loop {
        let page = find("example.ORG", 3, token).await.unwrap();
        assert!(page.users.len() <= 3);
        names.extend(page.users.into_iter().map(|user| user.user_name));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(names, ["fan6", "fan5", "fan4", "fan3", "fan2", "fan1", "fan0"]);
    let count = async |query: &str| find(query, 0, String::new()).await.unwrap().users.len();
    assert_eq!(count("").await, 8);
    assert_eq!(count("100% ünïCODE_").await, 7);
    assert_eq!(count("%nn%").await, 0);
    assert_eq!(count("NUMBER3").await, 1);
    assert_eq!(reason(&find("", 0, "junk".to_owned()).await.unwrap_err()), "PAGE_TOKEN_INVALID");
}
