-- The film, for reports; 0 in orders that are older than this column.
ALTER TABLE orders ADD COLUMN film_id BIGINT NOT NULL DEFAULT 0;

-- For staff: the orders of a cinema or of a screening, newest first.
CREATE INDEX orders_of_cinema ON orders (cinema_id, created_at, order_id);
CREATE INDEX orders_of_screening ON orders (film_sid, created_at, order_id);

-- For reports: what a cinema sold. Unpaid orders are not in them, so opening one does not touch them.
CREATE INDEX orders_sold_by_start ON orders (cinema_id, starts_at) WHERE paid_at > 0;
CREATE INDEX orders_sold_by_sale ON orders (cinema_id, paid_at) WHERE paid_at > 0;
