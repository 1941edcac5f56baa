//! The seat gate: what it turned away, where it was wrong, and how often it was made anew.

use std::sync::LazyLock;

use micro::metrics::opentelemetry::KeyValue;
use micro::metrics::{Count, counter, shown};

pub(super) struct Gate {
    kept: Count,
    taken: Count,
    conflicts: Count,
    rebuilt: Count,
    not_rebuilt: Count,
}

pub(super) static GATE: LazyLock<Gate> = LazyLock::new(|| {
    let claims =
        counter("marquee_gate_claims_total", "Purchases that asked the gate for seats: kept, or turned away");
    let rebuilds =
        counter("marquee_gate_rebuilds_total", "Gates of screenings made anew from the database, by outcome");
    let conflicts = counter(
        "marquee_gate_conflicts_total",
        "Purchases that the gate let through and the database refused: what the gate knew was wrong",
    );
    let of = |outcome| [KeyValue::new("outcome", outcome)];
    Gate {
        kept: shown(&claims, &of("kept")),
        taken: shown(&claims, &of("taken")),
        conflicts: shown(&conflicts, &[]),
        rebuilt: shown(&rebuilds, &of("done")),
        not_rebuilt: shown(&rebuilds, &of("failed")),
    }
});

/// A purchase has asked for seats; whether they are kept for it.
pub fn wanted(kept: bool) {
    if kept { &GATE.kept } else { &GATE.taken }.add(1);
}

/// The database refused seats that the gate had kept.
pub fn conflict() {
    GATE.conflicts.add(1);
}

/// A gate was made anew, or could not be.
pub fn rebuilt(done: bool) {
    if done { &GATE.rebuilt } else { &GATE.not_rebuilt }.add(1);
}
