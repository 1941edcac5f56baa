//! A system with people who buy and seats to be bought.

use std::path::PathBuf;
use std::sync::Arc;

use contract::order::BuyRequest;
use contract::order::order_service_client::OrderServiceClient;
use tokio::sync::Mutex;

use super::server::Server;
use crate::Options;
use crate::audit::{self, Expected};
use crate::engines::Engines;
use crate::system::{Catalogue, SoldOut, Stock, System, Unpaids, open_accounts, preload};
use crate::worker::{self, Token};

/// Screenings planned at a time, so that none waits long for the others.
const PLANNED_AT_ONCE: usize = 500;

/// A running system and what the workers need to know of it.
pub struct Stage {
    /// The system.
    pub system: System,
    /// Access tokens, one for each worker.
    pub tokens: Vec<Token>,
    /// Free seats.
    pub stock: Arc<Stock>,
    /// Seats that are gone.
    pub sold_out: Arc<SoldOut>,
    /// Orders to be paid.
    pub unpaid: Arc<Unpaids>,
    catalogue: Arc<Mutex<Catalogue>>,
    engines: Option<Arc<Engines>>,
    dir: PathBuf,
}

impl Stage {
    /// Starts a system in a folder, with so many orders of the past.
    ///
    /// # Errors
    /// Whatever does not work.
    pub async fn open(
        server: &Server,
        dir: PathBuf,
        options: &Options,
        past: u64,
        engines: Option<Arc<Engines>>,
    ) -> anyhow::Result<Self> {
        let (folder, own) = (dir.clone(), engines.clone());
        let system = server.run(async move { System::start(&folder, own.as_deref()).await }).await?;
        if past > 0 {
            let file = system.order_file();
            tokio::task::spawn_blocking(move || preload(&file, past)).await??;
        }
        let (kit, buyers) = (system.kit.clone(), options.most_workers());
        let (mut catalogue, tokens) = server
            .run(async move { Ok((Catalogue::open(&kit).await?, open_accounts(kit, buyers).await?)) })
            .await?;
        let (catalogue, film_sids, seats) = server
            .run(async move {
                let film_sids = catalogue.screenings(1).await?;
                let seats = catalogue.seats(film_sids[0]).await?;
                Ok((catalogue, film_sids, seats))
            })
            .await?;
        let sold_out = Arc::new(SoldOut::new(film_sids[0], seats.clone()));
        sell_out(&system, &tokens[0], &sold_out).await?;
        Ok(Self {
            system,
            tokens,
            stock: Arc::new(Stock::new(seats)),
            sold_out,
            unpaid: Arc::default(),
            catalogue: Arc::new(Mutex::new(catalogue)),
            engines,
            dir,
        })
    }

    /// Makes sure that so many orders can be made.
    ///
    /// # Errors
    /// Where a screening cannot be planned.
    pub async fn stock_up(&self, server: &Server, orders: u64) -> anyhow::Result<()> {
        let mut missing = self.stock.missing(orders);
        while missing > 0 {
            let count = missing.min(PLANNED_AT_ONCE);
            let catalogue = self.catalogue.clone();
            let planned = server.run(async move { catalogue.lock().await.screenings(count).await }).await?;
            self.stock.add(planned);
            missing -= count;
        }
        Ok(())
    }

    /// Ends the system and checks what it has stored; gives back its folder.
    ///
    /// # Errors
    /// Where the database does not agree with the answers.
    pub async fn close(self, server: &Server) -> anyhow::Result<PathBuf> {
        let file = self.system.order_file();
        let expected = Expected {
            orders: self.stock.count_sold() + SoldOut::pairs() as u64,
            paid: self.unpaid.count_paid(),
        };
        let system = self.system;
        server
            .run(async move {
                system.stop().await;
                Ok(())
            })
            .await?;
        let engines = self.engines;
        let checking = tokio::task::spawn_blocking(move || match &engines {
            Some(engines) => audit::check(|query| engines.number(query), expected),
            None => audit::check_file(&file, expected),
        });
        checking.await??;
        Ok(self.dir)
    }
}

/// Sells every seat of a screening, pair by pair.
async fn sell_out(system: &System, token: &Token, sold_out: &SoldOut) -> anyhow::Result<()> {
    let mut orders = OrderServiceClient::new(worker::connect(system.order).await?);
    for at in 0..SoldOut::pairs() {
        let (film_sid, seats) = sold_out.pair(at);
        let wish = BuyRequest { film_sid, seats: seats.map(str::to_owned).into(), ..BuyRequest::default() };
        orders.buy(worker::signed(token, wish)).await?;
    }
    Ok(())
}
