-- What the sandbox remembers, on SQLite as on PostgreSQL; its migrations are counted apart from those of orders.
-- Times are milliseconds UTC, money is minor units.

CREATE TABLE sandbox_payment (
    payment_id BIGINT PRIMARY KEY,
    order_id BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    -- 1 processing, 2 succeeded, 3 failed.
    state BIGINT NOT NULL,
    -- Why it fails; empty where it does not.
    decline_code TEXT NOT NULL,
    -- 1 where refunds of it are refused.
    refusing_refunds BIGINT NOT NULL,
    -- When a payment that is processing ends.
    settle_at BIGINT NOT NULL
);
CREATE INDEX sandbox_payment_late ON sandbox_payment (settle_at) WHERE state = 1;

CREATE TABLE sandbox_refund (
    refund_id BIGINT PRIMARY KEY,
    payment_id BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    -- Why it was refused; empty where it was not.
    failure TEXT NOT NULL
);
CREATE INDEX sandbox_refund_of_payment ON sandbox_refund (payment_id);

-- Webhooks that are still to be delivered.
CREATE TABLE sandbox_outbox (
    payment_id BIGINT NOT NULL,
    -- Some are sent more than once.
    copy BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (payment_id, copy)
);
CREATE INDEX sandbox_outbox_due ON sandbox_outbox (due_at);
