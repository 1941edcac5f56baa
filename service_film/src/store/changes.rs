//! Rows of `change`: who changed what, and when.

use contract::film as proto;
use contract::film::change::{Action, Thing};
use micro::{Identity, Problem, RequestContext};

use super::conditions::Statement;
use super::recorded::{Recorded, set};
use super::rows::small;
use super::{Change, Store};

/// Who makes a change, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct By {
    /// The account; 0 for the operator's command line.
    pub user_id: i64,
    /// Milliseconds UTC.
    pub now_ms: i64,
}

impl By {
    /// Who sent a request.
    #[must_use]
    pub fn of(context: &RequestContext, now_ms: i64) -> Self {
        let user_id = match &context.identity {
            Identity::User(caller) => caller.user_id,
            Identity::Service(_) | Identity::Anonymous => 0,
        };
        Self { user_id, now_ms }
    }
}

/// Which changes to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of things of this kind; of any where unspecified.
    pub thing: Thing,
    /// Of the thing with this id; of any where 0.
    pub thing_id: i64,
    /// By this account; by any where 0.
    pub user_id: i64,
    /// At these cinemas; everywhere where absent.
    pub cinema_ids: Option<Vec<i64>>,
    /// From this moment on.
    pub from: i64,
    /// Before this moment; without end where 0.
    pub to: i64,
    /// Before this revision.
    pub before: i64,
}

micro::row! {
    struct Row {
        revision: i64,
        changed_at: i64,
        user_id: i64,
        action: i64,
        thing: i64,
        thing_id: i64,
        cinema_id: i64,
        what: String,
    }
}

impl From<Row> for proto::Change {
    fn from(row: Row) -> Self {
        Self {
            change_id: row.revision,
            changed_at: row.changed_at,
            user_id: row.user_id,
            action: small(row.action),
            thing: small(row.thing),
            thing_id: row.thing_id,
            cinema_id: row.cinema_id,
            what: row.what,
        }
    }
}

impl Change {
    /// Writes down that something was made.
    ///
    /// # Errors
    /// The database's.
    pub async fn record_new<T: Recorded>(&mut self, by: By, thing: &T) -> Result<(), Problem> {
        self.record(by, Action::Create, None, thing, "").await
    }

    /// Writes down what of something was changed; nothing where nothing was.
    ///
    /// # Errors
    /// The database's.
    pub async fn record<T: Recorded>(
        &mut self,
        by: By,
        action: Action,
        before: Option<&T>,
        after: &T,
        reason: &str,
    ) -> Result<(), Problem> {
        let Some(what) = set(before, after, reason) else { return Ok(()) };
        // A change makes one row, so the revision is its key.
        let sql = "INSERT INTO change (revision, changed_at, user_id, action, thing, thing_id, cinema_id, what) \
                   SELECT revision, $1, $2, $3, $4, $5, $6, $7 FROM catalogue WHERE id = 1";
        sqlx::query(sql)
            .bind(by.now_ms)
            .bind(by.user_id)
            .bind(i64::from(action as i32))
            .bind(i64::from(T::THING as i32))
            .bind(after.id())
            .bind(after.cinema_id())
            .bind(what)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }
}

impl Store {
    /// Changes, the newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_changes(&self, wanted: &Wanted, limit: i64) -> Result<Vec<proto::Change>, Problem> {
        let mut statement = Statement::new(
            "SELECT revision, changed_at, user_id, action, thing, thing_id, cinema_id, what FROM change \
             WHERE revision < ",
        );
        statement.value(wanted.before).text(" AND changed_at >= ").value(wanted.from);
        if wanted.to != 0 {
            statement.text(" AND changed_at < ").value(wanted.to);
        }
        if wanted.thing != Thing::Unspecified {
            statement.text(" AND thing = ").value(i64::from(wanted.thing as i32));
        }
        if wanted.thing_id != 0 {
            statement.text(" AND thing_id = ").value(wanted.thing_id);
        }
        if wanted.user_id != 0 {
            statement.text(" AND user_id = ").value(wanted.user_id);
        }
        if let Some(cinema_ids) = &wanted.cinema_ids {
            if cinema_ids.is_empty() {
                return Ok(Vec::new());
            }
            statement.text(" AND cinema_id IN ").list(cinema_ids);
        }
        statement.text(" ORDER BY revision DESC LIMIT ").value(limit);
        Ok(statement.all::<Row>(&self.database).await?.into_iter().map(proto::Change::from).collect())
    }
}
