//! One line for a request, at the end of it.

use std::net::IpAddr;
use std::time::Duration;

use tonic::Code;
use tracing::Level;

use crate::seen::Seen;
use crate::trace::TraceContext;

/// What request lines are filtered by: `log.filter: "info,request=off"`.
pub const TARGET: &str = "request";
/// Microseconds of a millisecond.
const MICROSECONDS: f64 = 1_000.0;

/// How a request was answered. What is not known is left out.
#[derive(Debug)]
pub struct RequestLine<'a> {
    /// How much an operator should care.
    pub level: Level,
    /// `http`, `grpc` or `grpc_web`.
    pub protocol: &'static str,
    /// The HTTP method.
    pub http_method: Option<&'a str>,
    /// The path with names in place of what it says of its own, `/v1/orders/{order_id}`.
    pub route: Option<&'a str>,
    /// The method of the contract, `order.OrderService/Buy`.
    pub rpc: Option<&'a str>,
    /// The HTTP status.
    pub status: Option<u16>,
    /// The gRPC code.
    pub code: Option<Code>,
    /// How long it took; of a stream until it begins.
    pub took: Duration,
    /// Its trace.
    pub trace: TraceContext,
    /// The client.
    pub client: Option<IpAddr>,
}

impl RequestLine<'_> {
    /// Whether lines of requests that went as they should are written at all.
    #[must_use]
    pub fn are_written() -> bool {
        tracing::enabled!(target: TARGET, Level::INFO)
    }

    /// Writes the line, if its level is.
    pub fn write(&self, seen: Option<&Seen>) {
        macro_rules! line {
            ($level:ident) => {
                if tracing::enabled!(target: TARGET, Level::$level) {
                    let failed = self.failed();
                    tracing::event!(
                        target: TARGET,
                        Level::$level,
                        protocol = self.protocol,
                        http_method = self.http_method,
                        route = self.route,
                        rpc = self.rpc,
                        status = self.status,
                        code = self.code.map(tracing::field::debug),
                        reason = seen.filter(|_| failed).and_then(Seen::reason),
                        duration_ms = milliseconds(self.took),
                        trace_id = %self.trace,
                        user_id = seen.and_then(Seen::user_id),
                        order_id = seen.and_then(Seen::order_id),
                        client = self.client.map(tracing::field::display),
                        "answered"
                    );
                }
            };
        }
        match self.level {
            Level::ERROR => line!(ERROR),
            Level::WARN => line!(WARN),
            Level::INFO => line!(INFO),
            _ => line!(DEBUG),
        }
    }

    fn failed(&self) -> bool {
        self.code.is_some_and(|code| code != Code::Ok) || self.status.is_some_and(|status| status >= 400)
    }
}

/// How much an operator should care about an answer: what we could not do is an error or, where
/// something was away or too slow, a warning; what we refused is neither.
#[must_use]
pub fn level(code: Code) -> Level {
    match code {
        Code::Internal | Code::Unknown | Code::DataLoss => Level::ERROR,
        Code::Unavailable | Code::DeadlineExceeded => Level::WARN,
        _ => Level::INFO,
    }
}

/// To the microsecond: more digits say nothing.
#[allow(clippy::cast_precision_loss, reason = "no request takes 2^53 microseconds")]
fn milliseconds(took: Duration) -> f64 {
    took.as_micros() as f64 / MICROSECONDS
}
