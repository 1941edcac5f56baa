//! Login names as they come in requests: an empty field is a name not given.

use crate::domain::Refusal;
use crate::domain::login_name::{self, Name};
use crate::store::Names;

/// Checks and normalises the names that are given.
pub fn parse(user_name: &str, email: &str, phone: &str) -> Result<Names, Refusal> {
    Ok(Names {
        user_name: given(user_name, login_name::user_name)?,
        email: given(email, login_name::email)?,
        phone: given(phone, login_name::phone)?,
    })
}

fn given(text: &str, rule: fn(&str) -> Result<Name, Refusal>) -> Result<Option<Name>, Refusal> {
    if text.is_empty() { Ok(None) } else { rule(text).map(Some) }
}
