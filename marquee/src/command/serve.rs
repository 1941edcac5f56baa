//! `marquee serve`: the server.

use std::time::Duration;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use marquee::Clients;
use marquee::admin;
use marquee::config::Config;
use marquee::role::{self, Part};
use marquee::system::System;
use marquee::{demo, healthz, open_files};
use micro::Clock;
use micro::telemetry::{Identity, Telemetry};
use tokio_util::sync::CancellationToken;

use super::{print, signals};

/// How long the first answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
#[derive(Debug, Args)]
pub struct Arguments {
    /// What runs in this process.
    #[arg(value_enum, default_value_t = Role::All)]
    role: Role,
    /// Set up the demo first, in a new system: one without cinemas and without accounts.
    #[arg(long)]
    demo: bool,
}

/// What a process can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Role {
    /// Everything in one process.
    All,
    /// The edge alone.
    Gateway,
    /// The user service alone.
    User,
    /// The film service alone.
    Film,
    /// The order service alone.
    Order,
}

impl Role {
    /// What traces call it.
    fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

/// Starts what the process tells of itself. In its runtime.
pub fn tell(config: &Config, arguments: &Arguments) -> anyhow::Result<Telemetry> {
    let identity = Identity { part: arguments.role.name(), version: env!("CARGO_PKG_VERSION") };
    config.admin.check(&config.gateway.listen)?;
    let Config { log, metrics, traces, .. } = config;
    Telemetry::start(log, metrics, traces, &identity).map_err(|error| anyhow::anyhow!("{error}"))
}

pub async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<()> {
    open_files::raise();
    // On the heap: what it waits for is deep, and this is once.
    Box::pin(serve_role(config, arguments)).await
}

async fn serve_role(config: &Config, arguments: &Arguments) -> anyhow::Result<()> {
    let role = match arguments.role {
        Role::All => return everything(config, arguments.demo).await,
        Role::Gateway => role::Role::Gateway,
        Role::User => role::Role::User,
        Role::Film => role::Role::Film,
        Role::Order => role::Role::Order,
    };
    if arguments.demo {
        bail!("--demo goes with everything in one process; beside a running system use: marquee demo");
    }
    one(config, role).await
}

async fn one(config: &Config, role: role::Role) -> anyhow::Result<()> {
    let stop = signals::stop()?;
    let part = Part::start(role, config, Clock::system()).await?;
    let admin = admin::open(config, Some(role), part.kit(), &stop).await;
    if role == role::Role::User {
        warn_of_public_logins(config).await;
    }
    let name = format!("{role:?}").to_lowercase();
    let scheme = if role == role::Role::Gateway { "http://" } else { "" };
    print(&format!("marquee {name} is ready at {scheme}{}\n", part.address()))?;
    part.serve(stop).await;
    admin::close(admin).await;
    tracing::info!("stopped");
    Ok(())
}

async fn everything(config: &Config, with_demo: bool) -> anyhow::Result<()> {
    let stop = signals::stop()?;
    let system = System::start(config, Clock::system()).await?;
    let admin = admin::open(config, None, system.kit(), &stop).await;
    if with_demo {
        let clients = Clients::new(system.kit());
        match stop.run_until_cancelled(demo::set_up(&clients, &system.kit().clock, demo::Where::New)).await {
            Some(outcome) => print(&outcome?.to_string())?,
            None => {
                bail!("stopped while the demo was being set up: remove the data folder before the next try")
            }
        }
    }
    warn_of_public_logins(config).await;
    let served = serve(system, stop).await;
    admin::close(admin).await;
    if served.is_ok() {
        tracing::info!("stopped");
    }
    served
}

/// The demo's password is known to everybody: who lets others in should hear that it works here.
async fn warn_of_public_logins(config: &Config) {
    match demo::exposed_logins(config).await {
        Ok(logins) if logins.is_empty() => {}
        Ok(logins) => {
            let logins = logins.join(", ");
            tracing::warn!(logins, "demo logins with the public password; {}", demo::PUBLIC_LOGINS_ADVICE);
        }
        Err(error) => tracing::warn!(error = %error, "cannot tell whether there are demo logins"),
    }
}

async fn serve(system: System, stop: CancellationToken) -> anyhow::Result<()> {
    let address = system.address();
    let stopping = stop.clone();
    let mut serving = tokio::spawn(system.serve(stop.clone()));
    tokio::select! {
        ended = &mut serving => return ended.context("the server has failed"),
        healthy = healthz::wait(address, PATIENCE) => {
            if healthy {
                print(&format!("marquee is ready at http://{address}\n"))?;
            } else if !stopping.is_cancelled() {
                stop.cancel();
                serving.await.context("the server has failed")?;
                bail!("the gateway at {address} did not report that it is healthy");
            }
        }
    }
    serving.await.context("the server has failed")
}
