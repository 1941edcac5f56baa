-- Ids do not tell which order is newer: every process hands out ids of its own.
DROP INDEX orders_of_user;
CREATE INDEX orders_of_user ON orders (user_id, created_at, order_id);
