//! Who may call what, as the contract says.

use std::collections::HashMap;
use std::sync::LazyLock;

use contract::{Access, METHODS, Method};

use crate::context::token_missing;
use crate::{Identity, Problem};

static BY_PATH: LazyLock<HashMap<&'static str, &'static Method>> =
    LazyLock::new(|| METHODS.iter().map(|method| (method.path, method)).collect());

/// What the contract says of a path; nothing for health, reflection and what does not exist.
pub fn method(path: &str) -> Option<&'static Method> {
    BY_PATH.get(path).copied()
}

/// Whether this identity may call this method.
///
/// A service may do what any person may: the operator's command line is one.
pub fn check(method: &Method, identity: &Identity) -> Result<(), Problem> {
    let allowed = match (method.access, identity) {
        (Access::Public, _) | (_, Identity::Service(_)) => true,
        (Access::Service, _) => return Err(denied("only services of the system may call this")),
        (_, Identity::Anonymous) => return Err(token_missing()),
        (Access::SignedIn, Identity::User(_)) => true,
        (Access::Staff, Identity::User(caller)) => caller.is_staff(),
        (Access::Manager, Identity::User(caller)) => caller.is_manager(),
        (Access::Admin, Identity::User(caller)) => caller.is_admin(),
    };
    if allowed { Ok(()) } else { Err(denied("this account may not do that")) }
}

fn denied(message: &str) -> Problem {
    Problem::denied("ROLE_MISSING", message)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use contract::user::Role;

    use super::*;
    use crate::Caller;

    fn user(role: Role) -> Identity {
        let roles = vec![role];
        Identity::User(Arc::new(Caller { user_id: 1, roles, ..Caller::default() }))
    }

    #[test]
    fn roles_open_what_the_contract_says() {
        let buy = method("/order.OrderService/Buy").unwrap();
        let set_roles = method("/user.UserService/SetRoles").unwrap();
        let create_film = method("/film.FilmService/CreateFilm").unwrap();
        let facts = method("/film.FilmInternal/GetSalesFacts").unwrap();
        assert_eq!(check(buy, &Identity::Anonymous).unwrap_err().reason(), "TOKEN_MISSING");
        assert!(check(buy, &user(Role::Customer)).is_ok());
        assert_eq!(check(create_film, &user(Role::Staff)).unwrap_err().reason(), "ROLE_MISSING");
        assert!(check(create_film, &user(Role::Manager)).is_ok());
        assert!(check(set_roles, &user(Role::Manager)).is_err());
        assert!(check(set_roles, &user(Role::Admin)).is_ok());
        assert!(check(facts, &user(Role::Admin)).is_err());
        assert!(check(facts, &Identity::Service("film".into())).is_ok());
    }
}
