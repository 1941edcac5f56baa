-- Who moved the money of a row; empty in rows that are older than this column.
ALTER TABLE ledger ADD COLUMN provider TEXT NOT NULL DEFAULT '';

-- What staff did about orders, and who it was. Only ever added to, in the transaction of what was done.
CREATE TABLE staff_act (
    order_id BIGINT NOT NULL,
    acted_at BIGINT NOT NULL,
    -- The account of who did it.
    user_id BIGINT NOT NULL,
    action TEXT NOT NULL,
    -- The order, payment, refund or ticket that it made or used.
    reference BIGINT NOT NULL,
    PRIMARY KEY (order_id, acted_at, user_id, action, reference)
);
CREATE INDEX staff_act_by ON staff_act (user_id, acted_at);
