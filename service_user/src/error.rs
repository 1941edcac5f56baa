//! How a refusal is told to the caller.

use micro::Problem;

use crate::domain::Refusal;

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        use Refusal as R;
        let message = refusal.to_string();
        match refusal {
            R::LoginNameMissing => Self::invalid("LOGIN_NAME_MISSING", message),
            R::UserNameInvalid(_) => Self::invalid("USER_NAME_INVALID", message),
            R::EmailInvalid(_) => Self::invalid("EMAIL_INVALID", message),
            R::PhoneInvalid(_) => Self::invalid("PHONE_INVALID", message),
            R::UserNameTaken => Self::exists("USER_NAME_TAKEN", message),
            R::EmailTaken => Self::exists("EMAIL_TAKEN", message),
            R::PhoneTaken => Self::exists("PHONE_TAKEN", message),
            R::PasswordTooWeak(_) => Self::invalid("PASSWORD_TOO_WEAK", message),
            R::CredentialsWrong => Self::unauthenticated("CREDENTIALS_WRONG", message),
            R::AccountDisabled => Self::denied("ACCOUNT_DISABLED", message),
            R::TooManyAttempts { retry_after_ms } => {
                Self::exhausted("TOO_MANY_ATTEMPTS", message).with("retry_after_ms", retry_after_ms)
            }
            R::RefreshTokenInvalid => Self::unauthenticated("REFRESH_TOKEN_INVALID", message),
            R::RefreshTokenReused => Self::unauthenticated("REFRESH_TOKEN_REUSED", message),
            R::UserNotFound => Self::not_found("USER_NOT_FOUND", message),
            R::CinemaNotFound(ids) => Self::not_found("CINEMA_NOT_FOUND", message).with("cinema_ids", ids),
            R::PasswordNeeded => Self::denied("PASSWORD_NEEDED", message),
            R::LastAdmin => Self::precondition("LAST_ADMIN", message),
            R::FieldInvalid { field, code, value, problem } => Self::invalid("FIELD_INVALID", message)
                .with("field", field)
                .with("problem", problem)
                .with("code", code)
                .with("value", value),
            R::Overloaded => Self::overloaded(),
        }
    }
}
