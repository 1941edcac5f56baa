//! What the service can refuse.

/// Why a request is refused; each has one stable reason in the contract.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Neither user name nor e-mail nor phone was given.
    #[error("a user name, an e-mail address or a phone number is needed")]
    LoginNameMissing,
    /// The user name breaks a rule.
    #[error("the user name {0}")]
    UserNameInvalid(&'static str),
    /// The e-mail address breaks a rule.
    #[error("the e-mail address {0}")]
    EmailInvalid(&'static str),
    /// The phone number breaks a rule.
    #[error("the phone number {0}")]
    PhoneInvalid(&'static str),
    /// Another account has the user name.
    #[error("the user name is taken")]
    UserNameTaken,
    /// Another account has the e-mail address.
    #[error("the e-mail address belongs to another account")]
    EmailTaken,
    /// Another account has the phone number.
    #[error("the phone number belongs to another account")]
    PhoneTaken,
    /// The password breaks a rule.
    #[error("the password {0}")]
    PasswordTooWeak(&'static str),
    /// No such login, or another password.
    #[error("the login or the password is wrong")]
    CredentialsWrong,
    /// The account may not sign in.
    #[error("the account is disabled")]
    AccountDisabled,
    /// Too many attempts for now.
    #[error("too many attempts; try again in {} s", retry_after_ms.div_euclid(1000) + 1)]
    TooManyAttempts {
        /// Milliseconds after which the next attempt is looked at.
        retry_after_ms: i64,
    },
    /// The refresh token is unknown, expired or revoked.
    #[error("the refresh token is not valid")]
    RefreshTokenInvalid,
    /// The refresh token was spent before; its sign-in has been ended.
    #[error("the refresh token was used before; sign in again")]
    RefreshTokenReused,
    /// There is no such account.
    #[error("there is no such account")]
    UserNotFound,
    /// There are no such cinemas: their ids, `3,7`.
    #[error("there is no cinema {0}")]
    CinemaNotFound(String),
    /// Where the owner can be reached changes only for who has shown lately to be the owner.
    #[error(
        "another e-mail address or phone number takes current_password, or a sign-in of the last 5 minutes"
    )]
    PasswordNeeded,
    /// The change would leave nobody to administer the system.
    #[error("the last active admin must stay one")]
    LastAdmin,
    /// A field of the request cannot be taken.
    #[error("{field} {problem}")]
    FieldInvalid {
        /// The field's name.
        field: &'static str,
        /// What kind of fault it is, for programs.
        code: &'static str,
        /// What it is about: what stands there, or the limit; empty where the code says all.
        value: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Too many passwords are being checked at the moment.
    #[error("the service is busy; try again shortly")]
    Overloaded,
}
