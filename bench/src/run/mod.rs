//! A run: everything is started, the measures take turns, and what was answered is counted again.

mod results;
mod server;
mod stage;
mod turns;

use std::sync::Arc;

use tempfile::TempDir;

use crate::ceiling::Bare;
use crate::engines::Engines;
use crate::machine::Machine;
use crate::traced::Receivers;
use crate::{Measure, Options, Report, process};

use results::Results;
pub use server::Server;
use stage::Stage;
use turns::Turns;

/// Measures what the options ask for.
///
/// # Errors
/// A system that does not start, any call that fails, and a database that does
/// not agree with the answers: numbers of such a run would be worth nothing.
pub async fn run(options: &Options) -> anyhow::Result<Report> {
    options.check()?;
    let machine = Machine::this();
    // Boxed below: all that is awaited here in one future is too deep for the compiler.
    let dir = tempfile::Builder::new().prefix("marquee-bench").tempdir_in(&options.dir)?;
    let mut results = Results::default();
    look_at_executable(options, &dir, &mut results).await?;
    let server = Server::start()?;
    let bare = Bare::start(server.handle()).await?;
    let engines = match options.distributed {
        true => Some(Arc::new(tokio::task::spawn_blocking(Engines::start).await?)),
        false => None,
    };
    let plain = Stage::open(&server, dir.path().join("plain"), options, 0, engines.clone());
    let plain = Box::pin(plain).await?;
    let many = match options.preload {
        orders if options.wants(Measure::BuyAmongMany) => {
            Some(Box::pin(Stage::open(&server, dir.path().join("many"), options, orders, None)).await?)
        }
        _ => None,
    };
    let receivers =
        match Measure::ALL.into_iter().any(|measure| measure.is_traced() && options.wants(measure)) {
            true => Some(Receivers::start().await?),
            false => None,
        };
    let mut turns = Turns {
        options,
        bare: &bare,
        server: &server,
        plain: &plain,
        many: many.as_ref(),
        engines,
        receivers: receivers.as_ref(),
    };
    Box::pin(turns.take(&mut results)).await?;
    if let Some(receivers) = &receivers {
        results.received(receivers.received());
    }
    plain.close(&server).await?;
    if let Some(many) = many {
        let dir = many.close(&server).await?;
        if let Some(executable) = &options.executable {
            results.idle_among_many(options.preload, process::look(executable, &dir).await?);
        }
    }
    Ok(results.report(machine, options))
}

async fn look_at_executable(options: &Options, dir: &TempDir, results: &mut Results) -> anyhow::Result<()> {
    if let Some(executable) = &options.executable {
        let data = dir.path().join("idle");
        std::fs::create_dir_all(&data)?;
        results.first_start(process::look(executable, &data).await?);
        results.second_start(process::look(executable, &data).await?);
    }
    Ok(())
}
