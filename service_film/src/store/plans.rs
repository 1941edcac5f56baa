//! Rows of `seating_plan`: written once, never changed.

use micro::Problem;

use super::rows::{from_json, to_json};
use super::{Change, Store};
use crate::domain::seating_plan::{Imported, Plan};

/// What prices and lists ask of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanSummary {
    /// Seats that can be sold.
    pub seats: i64,
    /// The categories of those seats.
    pub categories: Vec<String>,
}

impl PlanSummary {
    /// The summary of a plan.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        let used = plan.categories_for_sale().into_iter();
        Self {
            seats: i64::try_from(plan.seats_for_sale()).unwrap_or(i64::MAX),
            categories: used.map(|index| plan.categories[index].name.clone()).collect(),
        }
    }
}

impl Store {
    /// The JSON text of a plan, as it was imported.
    ///
    /// # Errors
    /// The database's.
    pub async fn plan_json(&self, hall_id: i64, plan_version: i64) -> Result<Option<String>, Problem> {
        let sql = "SELECT json FROM seating_plan WHERE hall_id = $1 AND plan_version = $2";
        let query = sqlx::query_scalar(sql).bind(hall_id).bind(plan_version);
        Ok(query.fetch_optional(self.database.pool()).await?)
    }
}

impl Change {
    /// Adds a version of a hall's plan.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_plan(
        &mut self,
        hall_id: i64,
        plan_version: i32,
        imported: &Imported,
    ) -> Result<(), Problem> {
        let summary = PlanSummary::of(&imported.plan);
        let sql = "INSERT INTO seating_plan (hall_id, plan_version, seats, categories, json) \
                   VALUES ($1, $2, $3, $4, $5)";
        sqlx::query(sql)
            .bind(hall_id)
            .bind(i64::from(plan_version))
            .bind(summary.seats)
            .bind(to_json(&summary.categories)?)
            .bind(&imported.json)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// The summary of a plan.
    ///
    /// # Errors
    /// `INTERNAL` where there is no such plan, or the database's.
    pub async fn plan_summary(&mut self, hall_id: i64, plan_version: i64) -> Result<PlanSummary, Problem> {
        let sql = "SELECT seats, categories FROM seating_plan WHERE hall_id = $1 AND plan_version = $2";
        let (seats, categories): (i64, String) =
            sqlx::query_as(sql).bind(hall_id).bind(plan_version).fetch_one(&mut *self.transaction).await?;
        Ok(PlanSummary { seats, categories: from_json(&categories)? })
    }
}
