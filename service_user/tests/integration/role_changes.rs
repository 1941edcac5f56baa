//! The log of who set whose roles.

use contract::user::{
    ListRoleChangesRequest, ListRoleChangesResponse, Role, RoleChange, Session, SetRolesRequest,
};

use crate::common::{Running, START_MS, config, reason, signed, start};

fn id(session: &Session) -> i64 {
    session.profile.as_ref().unwrap().user_id
}

fn to(user_id: i64, role: Role, disabled: bool) -> SetRolesRequest {
    SetRolesRequest { user_id, roles: vec![role.into()], cinema_ids: vec![], disabled }
}

async fn ask(running: &Running, admin: &Session, wish: ListRoleChangesRequest) -> ListRoleChangesResponse {
    running.client.clone().list_role_changes(signed(admin, wish)).await.unwrap().into_inner()
}

/// When, by whom, whose, and the roles before and after.
type Told = (i64, i64, i64, Vec<i32>, Vec<i32>);

fn told(changes: &[RoleChange]) -> Vec<Told> {
    let roles = |standing: &Option<contract::user::role_change::Standing>| standing.clone().unwrap().roles;
    let told = |c: &RoleChange| (c.changed_at, c.changed_by, c.user_id, roles(&c.before), roles(&c.after));
    changes.iter().map(told).collect()
}

#[tokio::test]
async fn every_change_of_roles_is_kept_with_who_made_it() {
    let running = start(&config()).await;
    let mut client = running.client.clone();
    let (ann, bob) = (running.register("annlee").await, running.register("bobby").await);
    client.set_roles(to(id(&ann), Role::Admin, false)).await.unwrap();
    let ann = running.refresh(&ann.refresh_token).await.unwrap();
    running.clock.advance(1_000);
    client.set_roles(signed(&ann, to(id(&bob), Role::Staff, false))).await.unwrap();
    // What changes nothing, and what is refused, is no change.
    client.set_roles(signed(&ann, to(id(&bob), Role::Staff, false))).await.unwrap();
    client.set_roles(signed(&ann, to(id(&ann), Role::Staff, false))).await.unwrap_err();
    running.clock.advance(1_000);
    client.set_roles(signed(&ann, to(id(&bob), Role::Manager, true))).await.unwrap();

    let all = ask(&running, &ann, ListRoleChangesRequest::default()).await.changes;
    let expected = [
        (START_MS + 2_000, id(&ann), id(&bob), vec![1, 2], vec![1, 3]),
        (START_MS + 1_000, id(&ann), id(&bob), vec![1], vec![1, 2]),
        (START_MS, 0, id(&ann), vec![1], vec![1, 4]),
    ];
    assert_eq!(told(&all), expected);
    assert!(all[0].after.as_ref().unwrap().disabled && !all[0].before.as_ref().unwrap().disabled);
    assert!(all[0].change_id > all[1].change_id);

    for (wish, numbers) in [
        (ListRoleChangesRequest { user_id: id(&bob), ..Default::default() }, &[0, 1][..]),
        (ListRoleChangesRequest { changed_by: id(&bob), ..Default::default() }, &[]),
        (ListRoleChangesRequest { changed_by: id(&ann), ..Default::default() }, &[0, 1]),
        (ListRoleChangesRequest { from: START_MS + 1_000, ..Default::default() }, &[0, 1]),
        (ListRoleChangesRequest { to: START_MS + 1_000, ..Default::default() }, &[2]),
    ] {
        let expected: Vec<_> = numbers.iter().map(|number| all[*number].clone()).collect();
        assert_eq!(ask(&running, &ann, wish.clone()).await.changes, expected, "{wish:?}");
    }
}

#[tokio::test]
async fn the_log_comes_page_by_page_and_to_admins_only() {
    let running = start(&config()).await;
    let mut client = running.client.clone();
    let (ann, bob) = (running.register("annlee").await, running.register("bobby").await);
    client.set_roles(to(id(&ann), Role::Admin, false)).await.unwrap();
    let ann = running.refresh(&ann.refresh_token).await.unwrap();
    for role in [Role::Staff, Role::Manager, Role::Staff] {
        client.set_roles(signed(&ann, to(id(&bob), role, false))).await.unwrap();
    }
    let all = ask(&running, &ann, ListRoleChangesRequest::default()).await.changes;
    assert_eq!(all.len(), 4);
    let (mut pages, mut page_token) = (Vec::new(), String::new());
    loop {
        let wish = ListRoleChangesRequest { page_size: 2, page_token, ..Default::default() };
        let page = ask(&running, &ann, wish).await;
        pages.push(page.changes);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!((pages.len(), pages.concat()), (2, all));
    let strange = ListRoleChangesRequest { page_token: "zzz".into(), ..Default::default() };
    let refused = client.list_role_changes(signed(&ann, strange)).await.unwrap_err();
    assert_eq!(reason(&refused), "PAGE_TOKEN_INVALID");
    let bob = running.refresh(&bob.refresh_token).await.unwrap();
    let refused = client.list_role_changes(signed(&bob, ListRoleChangesRequest::default())).await;
    assert_eq!(reason(&refused.unwrap_err()), "ROLE_MISSING");
}
