//! Which calls may be made twice.

use http::HeaderMap;

use crate::server::method;

/// Standard services whose every method only reads.
const STANDARD: [&str; 2] = ["/grpc.health.v1.", "/grpc.reflection."];

/// What is known of a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Making it twice is as good as once.
    pub repeatable: bool,
    /// It has one request and one answer, for certain.
    pub unary: bool,
    /// It does nothing before it has a message.
    pub needs_message: bool,
}

impl Facts {
    /// Of a call, from the contract, and from whether it carries an idempotency key.
    ///
    /// A key counts where the contract says that the method honours it. Of a
    /// method outside the contract nothing is known: there the caller's word counts.
    pub fn of(path: &str, headers: &HeaderMap) -> Self {
        let key = headers.contains_key("idempotency-key");
        match method(path) {
            Some(method) => Self {
                repeatable: method.read_only || (method.idempotency_key && key),
                unary: !method.streaming,
                needs_message: true,
            },
            None => Self {
                repeatable: key || STANDARD.iter().any(|prefix| path.starts_with(prefix)),
                unary: false,
                needs_message: false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn what_changes_something_is_repeated_only_with_a_key_it_honours() {
        let none = HeaderMap::new();
        let mut key = HeaderMap::new();
        key.insert("idempotency-key", HeaderValue::from_static("k"));
        for (path, without, with) in [
            ("/user.UserService/GetProfile", true, true),
            ("/order.OrderService/Buy", false, true),
            ("/user.UserService/Refresh", false, false),
            ("/greet.Greeter/Hello", false, true),
            ("/grpc.health.v1.Health/Check", true, true),
        ] {
            assert_eq!(Facts::of(path, &none).repeatable, without, "{path}");
            assert_eq!(Facts::of(path, &key).repeatable, with, "{path}");
        }
        assert!(!Facts::of("/film.FilmService/WatchHall", &none).unary);
    }
}
