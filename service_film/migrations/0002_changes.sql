-- Who changed what, and when. Only ever added to, in the transaction of the change itself.
CREATE TABLE change (
    -- The catalogue's revision with this change.
    revision BIGINT PRIMARY KEY,
    changed_at BIGINT NOT NULL,
    -- The account that did it; 0 for the operator's command line.
    user_id BIGINT NOT NULL,
    -- Action and thing are numbers of the contract.
    action BIGINT NOT NULL,
    thing BIGINT NOT NULL,
    thing_id BIGINT NOT NULL,
    -- 0 for films, which are of no cinema.
    cinema_id BIGINT NOT NULL,
    -- What was set, JSON.
    what TEXT NOT NULL
);
CREATE INDEX change_of_thing ON change (thing, thing_id, revision);
CREATE INDEX change_by ON change (user_id, revision);
CREATE INDEX change_at_cinema ON change (cinema_id, revision);
