//! Rows of `price_list`, and of `price_table`, which never change once written.

use std::collections::BTreeMap;

use contract::film as proto;
use micro::Problem;

use super::rows::{from_json, to_json};
use super::{Change, Store};
use crate::domain::prices::PriceTable;

/// A price list with its newest prices.
#[derive(Debug, Clone)]
pub struct PriceList {
    /// Its id.
    pub id: i64,
    /// Its cinema.
    pub cinema_id: i64,
    /// Name.
    pub name: String,
    /// Version of its prices, from 1.
    pub version: i64,
    /// The prices.
    pub prices: PriceTable,
    /// Whether it is out of use.
    pub retired: bool,
}

impl PriceList {
    /// The list as callers see it, in its cinema's currency.
    #[must_use]
    pub fn to_proto(&self, currency: &str) -> proto::PriceList {
        proto::PriceList {
            price_list_id: self.id,
            cinema_id: self.cinema_id,
            name: self.name.clone(),
            currency: currency.to_owned(),
            prices: self.prices.to_prices(),
            retired: self.retired,
        }
    }
}

micro::row! {
    struct Row {
        id: i64,
        cinema_id: i64,
        name: String,
        version: i64,
        prices: String,
        retired: i64,
    }
}

impl TryFrom<Row> for PriceList {
    type Error = Problem;

    fn try_from(row: Row) -> Result<Self, Problem> {
        Ok(Self {
            id: row.id,
            cinema_id: row.cinema_id,
            name: row.name,
            version: row.version,
            prices: read_prices(&row.prices)?,
            retired: row.retired != 0,
        })
    }
}

/// The columns of [`Row`].
macro_rules! select_price_list {
    ($rest:literal) => {
        concat!(
            "SELECT l.id, l.cinema_id, l.name, l.version, t.prices, l.retired FROM price_list l \
             JOIN price_table t ON t.price_list_id = l.id AND t.version = l.version ",
            $rest
        )
    };
}

/// Prices as the column holds them: by category, then ticket type and amount.
type Written = BTreeMap<String, Vec<(i32, i64)>>;

fn write_prices(prices: &PriceTable) -> Result<String, Problem> {
    let mut written = Written::new();
    for price in prices.to_prices() {
        written.entry(price.category).or_default().push((price.ticket_type, price.amount));
    }
    to_json(&written)
}

fn read_prices(column: &str) -> Result<PriceTable, Problem> {
    let written: Written = from_json(column)?;
    let mut prices = Vec::new();
    for (category, amounts) in written {
        for (ticket_type, amount) in amounts {
            prices.push(proto::Price { category: category.clone(), ticket_type, amount });
        }
    }
    PriceTable::new(&prices).map_err(Problem::internal)
}

impl Store {
    /// The price lists of a cinema that are in use, by name.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_price_lists(&self, cinema_id: i64) -> Result<Vec<PriceList>, Problem> {
        let sql = select_price_list!("WHERE l.cinema_id = $1 AND l.retired = 0 ORDER BY l.name, l.id");
        let rows: Vec<Row> = sqlx::query_as(sql).bind(cinema_id).fetch_all(self.database.pool()).await?;
        rows.into_iter().map(PriceList::try_from).collect()
    }

    /// The prices of one version of a list.
    ///
    /// # Errors
    /// `INTERNAL` where there is no such version, or the database's.
    pub async fn price_table(&self, price_list_id: i64, version: i64) -> Result<PriceTable, Problem> {
        let sql = "SELECT prices FROM price_table WHERE price_list_id = $1 AND version = $2";
        let column: String =
            sqlx::query_scalar(sql).bind(price_list_id).bind(version).fetch_one(self.database.pool()).await?;
        read_prices(&column)
    }
}

impl Change {
    /// The price list with this id, if there is one.
    ///
    /// # Errors
    /// The database's.
    pub async fn price_list(&mut self, id: i64) -> Result<Option<PriceList>, Problem> {
        let sql = select_price_list!("WHERE l.id = $1");
        let row: Option<Row> = sqlx::query_as(sql).bind(id).fetch_optional(&mut *self.transaction).await?;
        row.map(PriceList::try_from).transpose()
    }

    /// Adds a price list.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_price_list(&mut self, list: &PriceList) -> Result<(), Problem> {
        let sql = "INSERT INTO price_list (id, cinema_id, name, version, retired) VALUES ($1, $2, $3, $4, 0)";
        sqlx::query(sql)
            .bind(list.id)
            .bind(list.cinema_id)
            .bind(&list.name)
            .bind(list.version)
            .execute(&mut *self.transaction)
            .await?;
        self.insert_price_table(list).await
    }

    /// Writes a price list down as it is now; new prices go with [`insert_price_table`](Self::insert_price_table).
    ///
    /// # Errors
    /// The database's.
    pub async fn update_price_list(&mut self, list: &PriceList) -> Result<(), Problem> {
        sqlx::query("UPDATE price_list SET name = $2, version = $3, retired = $4 WHERE id = $1")
            .bind(list.id)
            .bind(&list.name)
            .bind(list.version)
            .bind(i64::from(list.retired))
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Adds the list's prices as a new version.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_price_table(&mut self, list: &PriceList) -> Result<(), Problem> {
        sqlx::query("INSERT INTO price_table (price_list_id, version, prices) VALUES ($1, $2, $3)")
            .bind(list.id)
            .bind(list.version)
            .bind(write_prices(&list.prices)?)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }
}
