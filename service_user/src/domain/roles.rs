//! Roles of an account, and the cinemas a manager answers for or staff work at.

use std::collections::BTreeSet;

use contract::user::Role;

use super::Refusal;

/// Most bytes of an account's cinema ids, comma-separated: they travel in every
/// access token, which must stay under 4096 bytes.
const CINEMAS_TEXT_MAX: usize = 2_400;

/// What an account may do. `customer` is always among the roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    roles: BTreeSet<Role>,
    cinemas: BTreeSet<i64>,
    /// Whether the account may not sign in.
    pub disabled: bool,
}

impl Standing {
    /// A new customer.
    #[must_use]
    pub fn customer() -> Self {
        Self { roles: BTreeSet::from([Role::Customer]), cinemas: BTreeSet::new(), disabled: false }
    }

    /// What an admin asks for. Cinemas are dropped where the account is neither
    /// staff nor a manager.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`]: a role not stated, a cinema id under 1, or more cinemas than fit a token.
    pub fn wanted(
        roles: impl IntoIterator<Item = Role>,
        cinemas: impl IntoIterator<Item = i64>,
        disabled: bool,
    ) -> Result<Self, Refusal> {
        let mut roles: BTreeSet<Role> = roles.into_iter().collect();
        if roles.contains(&Role::Unspecified) {
            return Err(Refusal::FieldInvalid {
                field: "roles",
                code: "UNKNOWN_VALUE",
                value: "ROLE_UNSPECIFIED",
                problem: "must not contain ROLE_UNSPECIFIED",
            });
        }
        roles.insert(Role::Customer);
        let mut cinemas: BTreeSet<i64> = cinemas.into_iter().collect();
        if cinemas.first().is_some_and(|id| *id < 1) {
            return Err(Refusal::FieldInvalid {
                field: "cinema_ids",
                code: "TOO_SMALL",
                value: "1",
                problem: "must all be 1 or more",
            });
        }
        if !roles.contains(&Role::Manager) && !roles.contains(&Role::Staff) {
            cinemas.clear();
        }
        let standing = Self { roles, cinemas, disabled };
        if standing.cinemas_text().len() > CINEMAS_TEXT_MAX {
            return Err(Refusal::FieldInvalid {
                field: "cinema_ids",
                code: "TOO_MANY_FOR_ACCOUNT",
                value: "",
                problem: "are too many for one account; make it an admin",
            });
        }
        Ok(standing)
    }

    /// As stored; names and numbers this version does not know are left out.
    #[must_use]
    pub fn stored(roles: &str, cinemas: &str, disabled: bool) -> Self {
        let mut roles: BTreeSet<Role> = roles.split(',').filter_map(role_named).collect();
        roles.insert(Role::Customer);
        Self { roles, cinemas: cinemas.split(',').filter_map(|id| id.parse().ok()).collect(), disabled }
    }

    /// The roles, the least first.
    pub fn roles(&self) -> impl Iterator<Item = Role> {
        self.roles.iter().copied()
    }

    /// The cinemas a manager answers for, or staff work at, ascending.
    pub fn cinemas(&self) -> impl Iterator<Item = i64> {
        self.cinemas.iter().copied()
    }

    /// The roles as stored and as they stand in a token: lower-case names, comma-separated.
    #[must_use]
    pub fn roles_text(&self) -> String {
        self.roles().map(role_name).collect::<Vec<_>>().join(",")
    }

    /// The cinemas as stored: numbers, comma-separated.
    #[must_use]
    pub fn cinemas_text(&self) -> String {
        self.cinemas().map(|id| id.to_string()).collect::<Vec<_>>().join(",")
    }

    /// Whether the account can administer the system now.
    #[must_use]
    pub fn is_active_admin(&self) -> bool {
        self.is_admin() && !self.disabled
    }

    /// Whether the roles contain `admin`.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.roles.contains(&Role::Admin)
    }

    /// Checks a change from this standing to `wanted` where `other_admins` other accounts are active admins.
    ///
    /// # Errors
    /// [`Refusal::LastAdmin`] where nobody would be left.
    pub fn check_change(&self, wanted: &Self, other_admins: i64) -> Result<(), Refusal> {
        if self.is_active_admin() && !wanted.is_active_admin() && other_admins < 1 {
            return Err(Refusal::LastAdmin);
        }
        Ok(())
    }
}

/// A role's name in tokens and in the database.
#[must_use]
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Unspecified => "",
        Role::Customer => "customer",
        Role::Staff => "staff",
        Role::Manager => "manager",
        Role::Admin => "admin",
    }
}

fn role_named(name: &str) -> Option<Role> {
    [Role::Customer, Role::Staff, Role::Manager, Role::Admin]
        .into_iter()
        .find(|role| role_name(*role) == name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn standing(roles: &[Role], disabled: bool) -> Standing {
        Standing::wanted(roles.iter().copied(), [], disabled).unwrap()
    }

    #[test]
    fn the_last_active_admin_stays() {
        let (admin, plain) = (standing(&[Role::Admin], false), standing(&[], false));
        let disabled = standing(&[Role::Admin], true);
        assert_eq!(admin.check_change(&plain, 0), Err(Refusal::LastAdmin));
        assert_eq!(admin.check_change(&disabled, 0), Err(Refusal::LastAdmin));
        assert_eq!(admin.check_change(&plain, 1), Ok(()));
        assert_eq!(admin.check_change(&admin, 0), Ok(()));
        assert_eq!(plain.check_change(&admin, 0), Ok(()));
        assert_eq!(disabled.check_change(&plain, 0), Ok(()));
    }

    #[test]
    fn only_managers_and_staff_keep_cinemas() {
        assert_eq!(Standing::wanted([Role::Manager], [3, 1, 3], false).unwrap().cinemas_text(), "1,3");
        assert_eq!(Standing::wanted([Role::Staff], [3], false).unwrap().cinemas_text(), "3");
        assert_eq!(Standing::wanted([Role::Admin], [3], false).unwrap().cinemas_text(), "");
    }

    #[test]
    fn fields_that_cannot_be_taken_are_named() {
        let field = |role, cinemas: std::ops::Range<i64>| match Standing::wanted([role], cinemas, false) {
            Err(Refusal::FieldInvalid { field, code, value, .. }) => (field, code, value),
            other => panic!("{other:?}"),
        };
        assert_eq!(field(Role::Manager, 0..1), ("cinema_ids", "TOO_SMALL", "1"));
        assert_eq!(field(Role::Manager, 1_000_000..1_001_000), ("cinema_ids", "TOO_MANY_FOR_ACCOUNT", ""));
        assert_eq!(field(Role::Unspecified, 0..0), ("roles", "UNKNOWN_VALUE", "ROLE_UNSPECIFIED"));
    }

    proptest! {
        #[test]
        fn what_is_stored_is_read_back(
            roles in prop::collection::vec(1i32..=4, 0..4), cinemas in prop::collection::vec(1i64..1_000_000, 0..50),
            disabled: bool,
        ) {
            let roles = roles.into_iter().map(|role| Role::try_from(role).unwrap());
            let wanted = Standing::wanted(roles, cinemas, disabled).unwrap();
            prop_assert!(wanted.roles().any(|role| role == Role::Customer));
            prop_assert_eq!(Standing::stored(&wanted.roles_text(), &wanted.cinemas_text(), disabled), wanted);
        }
    }
}
