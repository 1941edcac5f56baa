-- Blocks of ids leased by processes.
CREATE TABLE id_block (
    name TEXT PRIMARY KEY,
    next_id BIGINT NOT NULL
);

-- People and staff. A key is the form of a name that is equal for all its
-- spellings; the unique indexes decide who has a name.
CREATE TABLE account (
    id BIGINT PRIMARY KEY,
    user_name TEXT,
    user_name_key TEXT,
    email TEXT,
    email_key TEXT,
    phone_key TEXT,
    display_name TEXT NOT NULL,
    locale TEXT NOT NULL,
    search_text TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    roles TEXT NOT NULL,
    cinemas TEXT NOT NULL,
    admin BIGINT NOT NULL,
    disabled BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    signed_in_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX account_user_name_key ON account (user_name_key);
CREATE UNIQUE INDEX account_email_key ON account (email_key);
CREATE UNIQUE INDEX account_phone_key ON account (phone_key);
CREATE INDEX account_created ON account (created_at, id);
CREATE INDEX account_admin ON account (id) WHERE admin = 1;

-- One row, updated first by every change of standing, so that two admins
-- cannot remove each other at the same time.
CREATE TABLE admin_guard (
    id BIGINT PRIMARY KEY,
    changes BIGINT NOT NULL
);
INSERT INTO admin_guard (id, changes) VALUES (1, 0);

-- A sign-in on one device; every refresh token descends from one.
CREATE TABLE sign_in (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX sign_in_live ON sign_in (account_id, created_at, id) WHERE ended_at IS NULL;
CREATE INDEX sign_in_expires ON sign_in (expires_at);

-- Refresh tokens, known only by their SHA-256.
CREATE TABLE refresh_token (
    digest TEXT PRIMARY KEY,
    sign_in_id BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    spent_at BIGINT
);
CREATE INDEX refresh_token_expires ON refresh_token (expires_at);

-- Keys that sign access tokens. The seed is the private key, base64url: who can
-- read this table can sign tokens, so the database needs the care of a secret.
CREATE TABLE signing_key (
    serial BIGINT PRIMARY KEY,
    seed TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    sign_from BIGINT NOT NULL
);
