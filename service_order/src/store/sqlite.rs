//! Batches on SQLite: one connection, prepared statements, one durable commit for a batch.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OptionalExtension, TransactionBehavior, params};

use super::{
    BeforeBuying, Booking, Changes, Claim, RecentOrders, StaffAct, Standing, Store, StoreError, Transaction,
    UsedKey, rows,
};
use crate::domain::order::{Aggregate, Order, Payment, Refund, TICKETS_PER_ORDER, Ticket};
use crate::domain::refund::RefundReason;

/// How long to wait for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// More than there are statements here.
const STATEMENTS: usize = 64;

/// The writing connection to an SQLite file.
pub struct Sqlite(Connection);

impl Sqlite {
    /// Opens a file whose tables are up to date.
    ///
    /// # Errors
    /// The database's.
    pub fn open(file: &Path) -> Result<Self, StoreError> {
        let connection = Connection::open(file)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        // FULL: the answer to a purchase survives the loss of power.
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;
             PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000;",
        )?;
        Ok(Self(connection))
    }

    /// For looking at the rows themselves.
    #[cfg(test)]
    pub fn connection(&self) -> &Connection {
        &self.0
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy(error.into()),
            _ => Self::Failed(error.into()),
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl Store for Sqlite {
    type Transaction<'a> = SqliteTransaction<'a>;

    async fn begin(&mut self) -> Result<SqliteTransaction<'_>, StoreError> {
        Ok(SqliteTransaction(self.0.transaction_with_behavior(TransactionBehavior::Immediate)?))
    }
}

/// A transaction on SQLite.
pub struct SqliteTransaction<'a>(rusqlite::Transaction<'a>);

impl Transaction for SqliteTransaction<'_> {
    async fn used_keys(&mut self, keys: &[(i64, Arc<str>)]) -> Result<Vec<UsedKey>, StoreError> {
        let mut statement = self.0.prepare_cached(
            "SELECT fingerprint, order_id, reference, created_at FROM idempotency_key WHERE user_id = ?1 AND name = ?2",
        )?;
        let mut used = Vec::new();
        for (user_id, name) in keys {
            let row = statement.query_row(params![user_id, &**name], |row| {
                Ok(UsedKey {
                    user_id: *user_id,
                    name: name.clone(),
                    fingerprint: row.get(0)?,
                    order_id: row.get(1)?,
                    reference: row.get(2)?,
                    created_at: row.get(3)?,
                })
            });
            used.extend(row.optional()?);
        }
        Ok(used)
    }

    async fn before_buying(&mut self, asked: &BeforeBuying) -> Result<Standing, StoreError> {
        Ok(Standing { stopped: self.stopped(&asked.film_sids)?, recent: self.recent_orders(asked)? })
    }

    async fn orders(&mut self, order_ids: &[i64]) -> Result<Vec<Aggregate>, StoreError> {
        let mut orders = Vec::with_capacity(order_ids.len());
        for id in order_ids {
            orders.extend(self.load(*id)?);
        }
        Ok(orders)
    }

    async fn claim(&mut self, claims: &[Claim]) -> Result<Vec<bool>, StoreError> {
        let mut statement = self.0.prepare_cached(
            "INSERT INTO seat_claim (film_sid, seat, order_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?;
        claims
            .iter()
            .map(|claim| Ok(statement.execute(params![claim.film_sid, &*claim.seat, claim.order_id])? == 1))
            .collect()
    }

    async fn release(&mut self, claims: &[Claim]) -> Result<(), StoreError> {
        let mut statement = self
            .0
            .prepare_cached("DELETE FROM seat_claim WHERE film_sid = ?1 AND seat = ?2 AND order_id = ?3")?;
        for claim in claims {
            statement.execute(params![claim.film_sid, &*claim.seat, claim.order_id])?;
        }
        Ok(())
    }

    async fn write(&mut self, changes: &Changes<'_>) -> Result<(), StoreError> {
        self.insert_orders(&changes.opened)?;
        changes.changed_orders().try_for_each(|order| self.update_order(order))?;
        changes.new_payments().try_for_each(|(order_id, payment)| self.put_payment(order_id, payment))?;
        changes.new_refunds().try_for_each(|(order_id, refund)| self.put_refund(order_id, refund))?;
        changes.new_tickets().try_for_each(|(ticket_id, ticket)| self.put_ticket(ticket_id, ticket))?;
        self.insert_ledger(changes)?;
        self.insert_keys(&changes.keys)?;
        self.insert_staff_acts(&changes.staff_acts)?;
        for (film_sid, at) in &changes.stopped {
            self.0
                .prepare_cached(
                    "INSERT INTO stopped_screening (film_sid, stopped_at, settled) VALUES (?1, ?2, 0)
                     ON CONFLICT DO NOTHING",
                )?
                .execute([film_sid, at])?;
        }
        self.release(&changes.released).await
    }

    async fn commit(self) -> Result<(), StoreError> {
        Ok(self.0.commit()?)
    }
}

impl SqliteTransaction<'_> {
    fn stopped(&self, film_sids: &[i64]) -> Result<Vec<i64>, StoreError> {
        let mut statement = self.0.prepare_cached("SELECT 1 FROM stopped_screening WHERE film_sid = ?1")?;
        let mut stopped = Vec::new();
        for film_sid in film_sids {
            if statement.exists([film_sid])? {
                stopped.push(*film_sid);
            }
        }
        Ok(stopped)
    }

    fn recent_orders(&self, asked: &BeforeBuying) -> Result<Vec<RecentOrders>, StoreError> {
        let mut statement = self.0.prepare_cached(
            "SELECT count(*), count(*) FILTER (WHERE state = 1) FROM (SELECT state FROM orders WHERE user_id = ?1 AND created_at > ?2 ORDER BY created_at DESC LIMIT ?3)",
        )?;
        let mut recent = |user_id: &i64| {
            let counted = |row: &rusqlite::Row<'_>| {
                Ok(RecentOrders { user_id: *user_id, all: row.get(0)?, unpaid: row.get(1)? })
            };
            Ok(statement.query_row(params![user_id, asked.since, asked.most], counted)?)
        };
        asked.user_ids.iter().map(&mut recent).collect()
    }

    fn load(&self, order_id: i64) -> Result<Option<Aggregate>, StoreError> {
        let mut statement = self.0.prepare_cached(
            "SELECT film_sid, cinema_id, user_id, state, items, amount, currency, starts_at, created_at, expires_at,
             sweep_at, paid_at, film_id FROM orders WHERE order_id = ?1",
        )?;
        let row = statement.query_row([order_id], |row| {
            let items: String = row.get(4)?;
            let currency: String = row.get(6)?;
            let order = Order {
                order_id,
                film_sid: row.get(0)?,
                cinema_id: row.get(1)?,
                user_id: row.get(2)?,
                state: rows::order_state(row.get(3)?),
                items: Vec::new(),
                amount: row.get(5)?,
                currency: currency.into(),
                starts_at: row.get(7)?,
                created_at: row.get(8)?,
                expires_at: row.get(9)?,
                sweep_at: row.get(10)?,
                paid_at: row.get(11)?,
                film_id: row.get(12)?,
            };
            Ok((order, items))
        });
        let Some((mut order, items)) = row.optional()? else { return Ok(None) };
        order.items = rows::items(&items)?;
        let payments = self.payments(order_id)?;
        let refunds = if payments.is_empty() { Vec::new() } else { self.refunds(order_id)? };
        let tickets = if order.paid_at == 0 { Vec::new() } else { self.tickets(order_id)? };
        Ok(Some(Aggregate { order, payments, refunds, tickets }))
    }

    fn payments(&self, order_id: i64) -> Result<Vec<Payment>, StoreError> {
        let mut statement = self.0.prepare_cached(
            "SELECT payment_id, state, amount, provider, method, provider_ref, decline_code, created_at
             FROM payment WHERE order_id = ?1 ORDER BY created_at",
        )?;
        let payments = statement.query_map([order_id], |row| {
            Ok(Payment {
                payment_id: row.get(0)?,
                state: rows::payment_state(row.get(1)?),
                amount: row.get(2)?,
                provider: row.get(3)?,
                method: row.get(4)?,
                provider_ref: row.get(5)?,
                decline_code: row.get(6)?,
                created_at: row.get(7)?,
            })
        })?;
        Ok(payments.collect::<Result<_, _>>()?)
    }

    fn refunds(&self, order_id: i64) -> Result<Vec<Refund>, StoreError> {
        let mut statement = self.0.prepare_cached(
            "SELECT refund_id, payment_id, state, seats, amount, fee, reason, created_at
             FROM refund WHERE order_id = ?1 ORDER BY created_at",
        )?;
        let mut found = statement.query([order_id])?;
        let mut refunds = Vec::new();
        while let Some(row) = found.next()? {
            refunds.push(Refund {
                refund_id: row.get(0)?,
                payment_id: row.get(1)?,
                state: rows::refund_state(row.get(2)?),
                seats: rows::seats(&row.get::<_, String>(3)?)?,
                amount: row.get(4)?,
                fee: row.get(5)?,
                reason: RefundReason::parse(&row.get::<_, String>(6)?).unwrap_or(RefundReason::Buyer),
                created_at: row.get(7)?,
            });
        }
        Ok(refunds)
    }

    fn tickets(&self, order_id: i64) -> Result<Vec<Ticket>, StoreError> {
        let mut statement = self.0.prepare_cached(
            "SELECT state, refund_id, used_at, used_by FROM ticket WHERE ticket_id >= ?1 AND ticket_id < ?2
             ORDER BY ticket_id",
        )?;
        let first = order_id * TICKETS_PER_ORDER;
        let tickets = statement.query_map([first, first + TICKETS_PER_ORDER], |row| {
            Ok(Ticket {
                state: rows::ticket_state(row.get(0)?),
                refund_id: row.get(1)?,
                used_at: row.get(2)?,
                used_by: row.get(3)?,
            })
        })?;
        Ok(tickets.collect::<Result<_, _>>()?)
    }

    fn insert_orders(&self, orders: &[&Order]) -> Result<(), StoreError> {
        let mut statement = self.0.prepare_cached(
            "INSERT INTO orders (order_id, film_sid, cinema_id, user_id, state, items, amount, currency, starts_at,
             created_at, expires_at, sweep_at, paid_at, film_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?;
        for order in orders {
            statement.execute(params![
                order.order_id,
                order.film_sid,
                order.cinema_id,
                order.user_id,
                i64::from(order.state as i32),
                rows::items_json(&order.items),
                order.amount,
                &*order.currency,
                order.starts_at,
                order.created_at,
                order.expires_at,
                order.sweep_at,
                order.paid_at,
                order.film_id,
            ])?;
        }
        Ok(())
    }

    fn update_order(&self, order: &Order) -> Result<(), StoreError> {
        self.0
            .prepare_cached("UPDATE orders SET state = ?2, sweep_at = ?3, paid_at = ?4 WHERE order_id = ?1")?
            .execute(params![order.order_id, i64::from(order.state as i32), order.sweep_at, order.paid_at])?;
        Ok(())
    }

    fn put_payment(&self, order_id: i64, payment: &Payment) -> Result<(), StoreError> {
        self.0
            .prepare_cached(
                "INSERT INTO payment (payment_id, order_id, state, amount, provider, method, provider_ref,
                 decline_code, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                 ON CONFLICT (payment_id) DO UPDATE SET state = ?3, provider_ref = ?7, decline_code = ?8",
            )?
            .execute(params![
                payment.payment_id,
                order_id,
                i64::from(payment.state as i32),
                payment.amount,
                payment.provider,
                payment.method,
                payment.provider_ref,
                payment.decline_code,
                payment.created_at,
            ])?;
        Ok(())
    }

    fn put_refund(&self, order_id: i64, refund: &Refund) -> Result<(), StoreError> {
        self.0
            .prepare_cached(
                "INSERT INTO refund (refund_id, order_id, payment_id, state, seats, amount, fee, reason, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (refund_id) DO UPDATE SET state = ?4",
            )?
            .execute(params![
                refund.refund_id,
                order_id,
                refund.payment_id,
                i64::from(refund.state as i32),
                rows::seats_json(&refund.seats),
                refund.amount,
                refund.fee,
                refund.reason.as_str(),
                refund.created_at,
            ])?;
        Ok(())
    }

    fn put_ticket(&self, ticket_id: i64, ticket: Ticket) -> Result<(), StoreError> {
        self.0
            .prepare_cached(
                "INSERT INTO ticket (ticket_id, state, refund_id, used_at, used_by) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (ticket_id) DO UPDATE SET state = ?2, refund_id = ?3, used_at = ?4, used_by = ?5",
            )?
            .execute(params![
                ticket_id,
                i64::from(ticket.state as i32),
                ticket.refund_id,
                ticket.used_at,
                ticket.used_by
            ])?;
        Ok(())
    }

    fn insert_ledger(&self, changes: &Changes<'_>) -> Result<(), StoreError> {
        let mut statement = self.0.prepare_cached(
            "INSERT INTO ledger (kind, reference, order_id, amount, currency, booked_at, provider)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        for Booking { order_id, currency, provider, row } in &changes.ledger {
            statement.execute(params![
                row.kind.as_str(),
                row.reference,
                order_id,
                row.amount,
                &**currency,
                row.at,
                provider
            ])?;
        }
        Ok(())
    }

    fn insert_staff_acts(&self, acts: &[StaffAct]) -> Result<(), StoreError> {
        let mut statement = self.0.prepare_cached(
            "INSERT INTO staff_act (order_id, acted_at, user_id, action, reference) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO NOTHING",
        )?;
        for act in acts {
            statement.execute(params![act.order_id, act.at, act.user_id, act.action, act.reference])?;
        }
        Ok(())
    }

    fn insert_keys(&self, keys: &[UsedKey]) -> Result<(), StoreError> {
        let mut statement = self.0.prepare_cached(
            "INSERT INTO idempotency_key (user_id, name, fingerprint, order_id, reference, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for key in keys {
            statement.execute(params![
                key.user_id,
                &*key.name,
                key.fingerprint,
                key.order_id,
                key.reference,
                key.created_at
            ])?;
        }
        Ok(())
    }
}
