//! A very short run of everything.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use bench::{Measure, Options};

#[tokio::test(flavor = "multi_thread")]
async fn every_measure_runs_and_the_database_agrees_with_the_answers() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options {
        time: Duration::from_millis(200),
        rounds: 1,
        connections: 2,
        in_flight: vec![2],
        preload: 1_000,
        dir: dir.path().to_owned(),
        ..Options::default()
    };
    let report = bench::run(&options).await.unwrap();
    for measure in Measure::ALL {
        let row = report.rows.iter().find(|row| row.measure == measure.title()).unwrap();
        assert!(row.value > 0.0, "{row}");
        assert!(row.latency.unwrap().p50 > 0, "{row}");
        assert_eq!(row.met.is_some(), measure.target().is_some(), "{row}");
    }
    assert!(report.markdown().contains("| durable Buy, 2 free seats, gRPC | 2 x 2 |"));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "something was left behind");
}

#[tokio::test]
async fn options_that_measure_nothing_are_refused() {
    let options = Options { in_flight: Vec::new(), ..Options::default() };
    assert!(bench::run(&options).await.unwrap_err().to_string().contains("in flight"));
}
