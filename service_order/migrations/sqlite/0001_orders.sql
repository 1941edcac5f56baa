-- Twin of ../postgres/0001_orders.sql: the same tables. Here the keys are the
-- tables themselves (WITHOUT ROWID), which halves the work of a claim.
-- Times are milliseconds UTC, money is minor units, states are the numbers of the contract.

CREATE TABLE id_block (
    name TEXT PRIMARY KEY,
    next_id BIGINT NOT NULL
) WITHOUT ROWID;

-- A row exists exactly while a seat is held or sold. Its key is the promise
-- that no seat is sold twice.
CREATE TABLE seat_claim (
    film_sid BIGINT NOT NULL,
    seat TEXT NOT NULL,
    order_id BIGINT NOT NULL,
    PRIMARY KEY (film_sid, seat)
) WITHOUT ROWID;

CREATE TABLE orders (
    order_id INTEGER PRIMARY KEY,
    film_sid BIGINT NOT NULL,
    cinema_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    state BIGINT NOT NULL,
    -- Seats and prices as they were sold, JSON; never changed.
    items TEXT NOT NULL,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    sweep_at BIGINT NOT NULL,
    paid_at BIGINT NOT NULL
);
CREATE INDEX orders_of_user ON orders (user_id, order_id);
CREATE INDEX orders_to_sweep ON orders (sweep_at) WHERE state = 1;

CREATE TABLE payment (
    payment_id INTEGER PRIMARY KEY,
    order_id BIGINT NOT NULL,
    state BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    provider TEXT NOT NULL,
    method TEXT NOT NULL,
    provider_ref TEXT NOT NULL,
    decline_code TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX payment_of_order ON payment (order_id);
CREATE INDEX payment_open ON payment (created_at) WHERE state = 2;

CREATE TABLE refund (
    refund_id INTEGER PRIMARY KEY,
    order_id BIGINT NOT NULL,
    payment_id BIGINT NOT NULL,
    state BIGINT NOT NULL,
    seats TEXT NOT NULL,
    amount BIGINT NOT NULL,
    fee BIGINT NOT NULL,
    reason TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX refund_of_order ON refund (order_id);
CREATE INDEX refund_open ON refund (created_at) WHERE state = 1;

CREATE TABLE ticket (
    ticket_id INTEGER PRIMARY KEY,
    state BIGINT NOT NULL,
    refund_id BIGINT NOT NULL
);

-- Only ever added to. A movement has one row: its key is what it is and what it belongs to.
CREATE TABLE ledger (
    kind TEXT NOT NULL,
    reference BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    booked_at BIGINT NOT NULL,
    PRIMARY KEY (kind, reference)
) WITHOUT ROWID;
CREATE INDEX ledger_of_order ON ledger (order_id);

CREATE TABLE idempotency_key (
    user_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    fingerprint BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    reference BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, name)
) WITHOUT ROWID;
CREATE INDEX idempotency_key_age ON idempotency_key (created_at);

-- Screenings that are no longer sold, whatever their facts say.
CREATE TABLE stopped_screening (
    film_sid INTEGER PRIMARY KEY,
    stopped_at BIGINT NOT NULL,
    -- 1 once every order of it was ended.
    settled BIGINT NOT NULL
);

CREATE TABLE ticket_key (
    key_id INTEGER PRIMARY KEY,
    -- base64url
    seed TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
