//! The measures, in slices that take turns.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use contract::film::film_service_client::FilmServiceClient;
use contract::order::order_service_client::OrderServiceClient;
use http::HeaderValue;
use tonic::transport::Channel;

use super::results::{PLAIN_POSTGRES, Results};
use super::server::Server;
use super::stage::Stage;
use crate::ceiling::{self, Bare, EmptyCall, JsonEcho};
use crate::engines::Engines;
use crate::load::{Sample, Worker, drive};
use crate::traced::Receivers;
use crate::worker::{Buy, BuyHttp, HttpConnection, Pay, SeatMap, SeatsGone, connect};
use crate::{Measure, Options};

/// Orders that can be made or paid for each that is expected.
const RESERVE: f64 = 1.5;
/// And so many more: the shortest slices are hard to foresee.
const LEAST: u64 = 1_000;
/// Calls a second expected before anything was measured.
const FIRST_GUESS: f64 = 20_000.0;

/// How quick things were under the same load.
#[derive(Clone, Copy)]
struct Pace {
    /// Calls a second of the quickest; no Buy is quicker.
    fastest: f64,
    /// Orders a second.
    buying: f64,
}

/// What the measures need.
pub struct Turns<'a> {
    /// What to measure.
    pub options: &'a Options,
    /// The bare servers.
    pub bare: &'a Bare,
    /// Where everything that answers runs.
    pub server: &'a Server,
    /// A system with nothing stored.
    pub plain: &'a Stage,
    /// A system with many orders stored, where it is measured.
    pub many: Option<&'a Stage>,
    /// The servers the system is on, where it is not on its own.
    pub engines: Option<Arc<Engines>>,
    /// Those of traces, where something traced is measured.
    pub receivers: Option<&'a Receivers>,
}

impl Turns<'_> {
    /// Runs all measures under all loads.
    ///
    /// # Errors
    /// The first that fails, and which it is.
    pub async fn take(&mut self, results: &mut Results) -> anyhow::Result<()> {
        for round in 0..self.options.rounds {
            self.stores(results).await?;
            for in_flight in self.options.in_flight.clone() {
                for measure in Measure::ALL.into_iter().filter(|measure| self.options.wants(*measure)) {
                    progress(&format!("round {}: {in_flight} in flight: {}", round + 1, measure.title()));
                    let pace = Pace {
                        fastest: results.fastest(in_flight).unwrap_or(FIRST_GUESS),
                        buying: results.per_second(Measure::Buy, in_flight).unwrap_or_default(),
                    };
                    let sample = self.slice(measure, in_flight, pace).await;
                    let sample =
                        sample.with_context(|| format!("{}, {in_flight} in flight", measure.title()))?;
                    results.add(measure, in_flight, &sample)?;
                }
            }
        }
        progress("");
        Ok(())
    }

    /// What the disk and SQLite can do by themselves.
    async fn stores(&self, results: &mut Results) -> anyhow::Result<()> {
        if let Some(engines) = self.engines.clone() {
            let time = self.options.slice();
            let measuring = tokio::task::spawn_blocking(move || {
                (engines.one_order_a_transaction(time), engines.two_seats())
            });
            let (postgres, redis) = measuring.await?;
            results.stores(PLAIN_POSTGRES, postgres);
            results.stores("Redis alone, two seats by a plain script, 50 connections", redis);
            return Ok(());
        }
        if !self.options.only.is_empty() {
            return Ok(());
        }
        let (dir, time) = (self.options.dir.clone(), self.options.slice());
        let model = self.plain.system.order_file();
        let (append, single, shared) = tokio::task::spawn_blocking(move || {
            let dir = tempfile::Builder::new().prefix("marquee-bench").tempdir_in(dir)?;
            let append = ceiling::append(dir.path(), time)?;
            let orders = |in_transaction| ceiling::orders(dir.path(), &model, in_transaction, time);
            Ok::<_, anyhow::Error>((append, orders(1)?, orders(64)?))
        })
        .await??;
        results.stores("4 KiB append and fdatasync", append);
        results.stores("SQLite alone, 1 order for each durable transaction", single);
        results.stores("SQLite alone, 64 orders for each durable transaction", shared);
        Ok(())
    }

    async fn slice(&self, measure: Measure, in_flight: usize, pace: Pace) -> anyhow::Result<Sample> {
        let plain = self.plain;
        match measure {
            Measure::EmptyCall => {
                let channels = self.channels(self.bare.grpc, in_flight).await?;
                self.drive(channels.map(|channel| EmptyCall { channel, token: None })).await
            }
            Measure::SignedCall => {
                let channels = self.channels(self.bare.grpc, in_flight).await?.zip(&plain.tokens);
                self.drive(channels.map(|(channel, token)| EmptyCall { channel, token: Some(token.clone()) }))
                    .await
            }
            Measure::JsonEcho => {
                let connections = self.http_connections(self.bare.json, in_flight).await?;
                self.drive(connections.into_iter().map(JsonEcho)).await
            }
            Measure::Buy => self.buy(plain, plain.system.order, in_flight, pace).await,
            Measure::BuyRecorded | Measure::BuySkywalking | Measure::BuyOtlp => {
                self.buy_traced(measure, in_flight, pace).await
            }
            Measure::BuyGateway => self.buy(plain, plain.system.gateway, in_flight, pace).await,
            Measure::BuyAmongMany => {
                let many = self.many.context("no system with many orders")?;
                self.buy(many, many.system.order, in_flight, pace).await
            }
            Measure::SeatsGone => {
                let channels = self.channels(plain.system.order, in_flight).await?;
                self.drive(channels.zip(&plain.tokens).enumerate().map(|(at, (channel, token))| SeatsGone {
                    orders: OrderServiceClient::new(channel),
                    token: token.clone(),
                    sold_out: plain.sold_out.clone(),
                    at,
                }))
                .await
            }
            Measure::BuyHttp => self.buy_http(plain, in_flight, pace).await,
            Measure::Pay => self.pay(plain, in_flight, pace).await,
            Measure::SeatMap | Measure::SeatMapOfOne => {
                let mut film_sids = plain.stock.first_screenings();
                if measure == Measure::SeatMapOfOne {
                    film_sids.truncate(1);
                }
                let film_sids: std::sync::Arc<[i64]> = film_sids.into();
                let channels = self.channels(plain.system.film, in_flight).await?;
                self.drive(channels.enumerate().map(|(at, channel)| SeatMap {
                    films: FilmServiceClient::new(channel),
                    film_sids: film_sids.clone(),
                    at,
                }))
                .await
            }
        }
    }

    async fn buy(
        &self,
        stage: &Stage,
        address: SocketAddr,
        in_flight: usize,
        pace: Pace,
    ) -> anyhow::Result<Sample> {
        stage.stock_up(self.server, self.in_slice(pace.fastest)).await?;
        let channels = self.channels(address, in_flight).await?;
        let workers = channels.zip(&stage.tokens).map(|(channel, token)| Buy {
            orders: OrderServiceClient::new(channel),
            token: token.clone(),
            stock: stage.stock.clone(),
            bought: Vec::new(),
        });
        let (sample, buyers) = drive(workers.collect(), self.options.slice()).await?;
        stage.unpaid.add(buyers.into_iter().flat_map(|buyer| buyer.bought).collect());
        Ok(sample)
    }

    /// Buys while the system makes traces. What is left of them is sent after the slice.
    async fn buy_traced(&self, measure: Measure, in_flight: usize, pace: Pace) -> anyhow::Result<Sample> {
        let receivers = self.receivers.context("nobody receives traces")?;
        let traces = receivers.begin(self.server, measure).await?;
        let sample = self.buy(self.plain, self.plain.system.order, in_flight, pace).await;
        self.server
            .run(async move {
                traces.end().await;
                Ok(())
            })
            .await?;
        sample
    }

    async fn buy_http(&self, stage: &Stage, in_flight: usize, pace: Pace) -> anyhow::Result<Sample> {
        stage.stock_up(self.server, self.in_slice(pace.fastest)).await?;
        let connections = self.http_connections(stage.system.gateway, in_flight).await?;
        let mut workers = Vec::with_capacity(connections.len());
        for (connection, token) in connections.into_iter().zip(&stage.tokens) {
            let token = HeaderValue::from_bytes(token.as_encoded_bytes())?;
            workers.push(BuyHttp { connection, token, stock: stage.stock.clone() });
        }
        self.drive(workers).await
    }

    /// Pays what was bought; buys more first where that could be too little.
    async fn pay(&self, stage: &Stage, in_flight: usize, pace: Pace) -> anyhow::Result<Sample> {
        while stage.unpaid.count() < self.in_slice(pace.buying) {
            self.buy(stage, stage.system.order, in_flight, pace).await?;
        }
        let channels = self.channels(stage.system.order, in_flight).await?;
        self.drive(
            channels.map(|channel| Pay {
                orders: OrderServiceClient::new(channel),
                unpaid: stage.unpaid.clone(),
            }),
        )
        .await
    }

    async fn drive<W: Worker>(&self, workers: impl IntoIterator<Item = W>) -> anyhow::Result<Sample> {
        Ok(drive(workers.into_iter().collect(), self.options.slice()).await?.0)
    }

    /// So many connections, each for several workers.
    async fn channels(
        &self,
        address: SocketAddr,
        in_flight: usize,
    ) -> anyhow::Result<impl Iterator<Item = Channel> + use<>> {
        let mut channels = Vec::with_capacity(self.options.connections);
        for _ in 0..self.options.connections {
            channels.push(connect(address).await?);
        }
        Ok((0..in_flight).flat_map(move |_| channels.clone()))
    }

    /// One connection for each worker: HTTP/1.1 has one call at a time on each.
    async fn http_connections(
        &self,
        address: SocketAddr,
        in_flight: usize,
    ) -> anyhow::Result<Vec<HttpConnection>> {
        let count = self.options.connections * in_flight;
        let mut connections = Vec::with_capacity(count);
        for _ in 0..count {
            connections.push(HttpConnection::open(address).await?);
        }
        Ok(connections)
    }

    /// Calls of a slice at that rate, and a reserve: no slice may run dry.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn in_slice(&self, per_second: f64) -> u64 {
        (per_second * self.options.slice().as_secs_f64() * RESERVE) as u64 + LEAST
    }
}

/// One line that is written over and over, where somebody watches.
fn progress(line: &str) {
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[K{line}");
    }
}
