//! What the user service counts.

use std::sync::LazyLock;

use micro::Problem;
use micro::metrics::opentelemetry::KeyValue;
use micro::metrics::{Count, counter, shown};

struct Logins {
    succeeded: Count,
    wrong: Count,
    disabled: Count,
    paused: Count,
    failed: Count,
}

static LOGINS: LazyLock<Logins> = LazyLock::new(|| {
    let logins = counter("marquee_logins_total", "Sign-ins with a password, by outcome");
    let of = |outcome| shown(&logins, &[KeyValue::new("outcome", outcome)]);
    Logins {
        succeeded: of("succeeded"),
        wrong: of("wrong"),
        disabled: of("disabled"),
        paused: of("paused"),
        failed: of("failed"),
    }
});

/// Shows every number from the start, with 0.
pub fn begin() {
    LazyLock::force(&LOGINS);
}

/// Somebody tried to sign in, and was refused for this.
pub fn login(refused: Option<&Problem>) {
    let logins = &*LOGINS;
    match refused.map(Problem::reason) {
        None => &logins.succeeded,
        Some("CREDENTIALS_WRONG") => &logins.wrong,
        Some("ACCOUNT_DISABLED") => &logins.disabled,
        Some("TOO_MANY_ATTEMPTS") => &logins.paused,
        Some(_) => &logins.failed,
    }
    .add(1);
}
