//! The seat protocol under chance: random commands in random batches, against a
//! store that fails on purpose, on simulated time.
//!
//! The rules, the batches and the SQL are the real ones; only the faults are
//! made up. After every batch the invariants are checked in the rows
//! themselves. A failing run prints its seed: `MARQUEE_SIMULATION_SEED=<seed>`
//! repeats it alone.

mod faults;
mod invariants;
mod world;

use rand::SeedableRng;
use rand::rngs::SmallRng;

use faults::Faulty;
use world::World;

/// Runs, each with its own seed.
const SEEDS: u64 = 200;
/// Batches of a run.
const BATCHES: usize = 60;

#[test]
fn invariants_hold_whatever_fails() {
    let only = std::env::var("MARQUEE_SIMULATION_SEED").ok().map(|seed| seed.parse().unwrap());
    let seeds = only.map_or(0..SEEDS, |seed: u64| seed..seed + 1);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut sold = 0;
    for seed in seeds {
        let outcome = std::panic::catch_unwind(|| runtime.block_on(run(seed)));
        sold += outcome.unwrap_or_else(|cause| {
            eprintln!("failing seed: MARQUEE_SIMULATION_SEED={seed}");
            std::panic::resume_unwind(cause)
        });
    }
    assert!(only.is_some() || sold > 500, "the simulation must sell something: {sold}");
}

/// One run; says how many tickets were sold.
async fn run(seed: u64) -> usize {
    let mut random = SmallRng::seed_from_u64(seed);
    let mut store = Faulty::new(seed);
    let mut world = World::new(&mut random);
    for _ in 0..BATCHES {
        let commands = world.commands(&mut random);
        let before = invariants::dump(store.connection());
        match super::batch::run(&mut store, &commands).await {
            Ok(written) => {
                assert_eq!(written.answers.len(), commands.len());
                world.learn(&commands, &written.answers);
            }
            // Nothing was answered, so nothing may have been done.
            Err(_) => assert_eq!(invariants::dump(store.connection()), before),
        }
        invariants::check(store.connection());
        world.check(store.connection());
    }
    world.sold()
}
