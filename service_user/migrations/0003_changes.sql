-- Who set whose roles, and when. Only ever added to, in the transaction of the change itself.
CREATE TABLE change (
    -- How many changes there had been, with this one: `admin_guard.changes`.
    id BIGINT PRIMARY KEY,
    changed_at BIGINT NOT NULL,
    -- The account that did it; 0 for the operator's command line.
    changed_by BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    roles_before TEXT NOT NULL,
    cinemas_before TEXT NOT NULL,
    disabled_before BIGINT NOT NULL,
    roles TEXT NOT NULL,
    cinemas TEXT NOT NULL,
    disabled BIGINT NOT NULL
);
CREATE INDEX change_of_account ON change (account_id, id);
CREATE INDEX change_by ON change (changed_by, id);
