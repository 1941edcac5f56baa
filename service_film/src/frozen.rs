//! Plans and prices by version: never changed once written, so remembered without asking again.

use std::sync::Arc;

use micro::Problem;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::domain::Refusal;
use crate::domain::prices::PriceTable;
use crate::domain::seating_plan::{Plan, pretix};
use crate::store::Store;

/// Seats of all plans remembered; a seat takes some 200 bytes, so at most about 100 MB.
const REMEMBERED_SEATS: u64 = 500_000;
/// Plans this many seats belong to, about.
const REMEMBERED_PLANS: usize = 2_000;
/// Price tables remembered; one takes a few hundred bytes.
const REMEMBERED_PRICES: usize = 10_000;

#[derive(Clone)]
struct BySeats;

impl Weighter<(i64, i64), Arc<Plan>> for BySeats {
    fn weight(&self, _: &(i64, i64), plan: &Arc<Plan>) -> u64 {
        // A plan with few seats has its own cost.
        plan.seats.len() as u64 + 10
    }
}

/// Reads plans and prices, each once.
pub struct Frozen {
    store: Store,
    plans: Cache<(i64, i64), Arc<Plan>, BySeats>,
    prices: Cache<(i64, i64), Arc<PriceTable>>,
}

impl Frozen {
    /// Remembers nothing yet.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self {
            store,
            plans: Cache::with_weighter(REMEMBERED_PLANS, REMEMBERED_SEATS, BySeats),
            prices: Cache::new(REMEMBERED_PRICES),
        }
    }

    /// A version of a hall's plan.
    ///
    /// # Errors
    /// `PLAN_NOT_FOUND`, or the database's.
    pub async fn plan(&self, hall_id: i64, plan_version: i64) -> Result<Arc<Plan>, Problem> {
        let read = async {
            let json = self.store.plan_json(hall_id, plan_version).await?.ok_or(Refusal::PlanNotFound)?;
            // Thousands of seats take milliseconds that other requests need.
            let plan = tokio::task::spawn_blocking(move || pretix::import(&json)).await;
            // It was checked when it was imported.
            plan.map_err(Problem::internal)?.map(Arc::new).map_err(Problem::internal)
        };
        self.plans.get_or_insert_async(&(hall_id, plan_version), read).await
    }

    /// A version of a list's prices.
    ///
    /// # Errors
    /// The database's.
    pub async fn prices(&self, price_list_id: i64, version: i64) -> Result<Arc<PriceTable>, Problem> {
        let read = async { self.store.price_table(price_list_id, version).await.map(Arc::new) };
        self.prices.get_or_insert_async(&(price_list_id, version), read).await
    }
}
