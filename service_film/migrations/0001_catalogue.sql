-- Blocks of ids leased by processes.
CREATE TABLE id_block (
    name TEXT PRIMARY KEY,
    next_id BIGINT NOT NULL
);

-- One row, updated first by every change: changes of the catalogue are rare and
-- come one after the other on every engine, so each sees what the one before did.
CREATE TABLE catalogue (
    id BIGINT PRIMARY KEY,
    revision BIGINT NOT NULL
);
INSERT INTO catalogue (id, revision) VALUES (1, 0);

-- A `_key` is the form of a text that is equal for all its spellings.
CREATE TABLE cinema (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    city TEXT NOT NULL,
    city_key TEXT NOT NULL,
    address TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    currency TEXT NOT NULL,
    retired BIGINT NOT NULL
);
CREATE INDEX cinema_city ON cinema (city_key, name_key, id);

-- Seats and categories are those of its newest plan.
CREATE TABLE hall (
    id BIGINT PRIMARY KEY,
    cinema_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    cleaning_minutes BIGINT NOT NULL,
    plan_version BIGINT NOT NULL,
    seats BIGINT NOT NULL,
    categories TEXT NOT NULL,
    retired BIGINT NOT NULL
);
CREATE UNIQUE INDEX hall_name ON hall (cinema_id, name_key) WHERE retired = 0;

-- Plans are written once and never change. The JSON stands last: reading the
-- categories must not read all of it.
CREATE TABLE seating_plan (
    hall_id BIGINT NOT NULL,
    plan_version BIGINT NOT NULL,
    seats BIGINT NOT NULL,
    categories TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (hall_id, plan_version)
);

CREATE TABLE film (
    id BIGINT PRIMARY KEY,
    retired BIGINT NOT NULL,
    title_key TEXT NOT NULL,
    search_key TEXT NOT NULL,
    title TEXT NOT NULL,
    titles TEXT NOT NULL,
    minutes BIGINT NOT NULL,
    release_date TEXT NOT NULL,
    rating TEXT NOT NULL,
    genres TEXT NOT NULL,
    director TEXT NOT NULL,
    distributor TEXT NOT NULL,
    popularity BIGINT NOT NULL,
    synopsis TEXT NOT NULL
);
CREATE UNIQUE INDEX film_same ON film (title_key, release_date) WHERE retired = 0;
CREATE INDEX film_title ON film (title_key, id) WHERE retired = 0;
CREATE INDEX film_popularity ON film (popularity, id) WHERE retired = 0;
CREATE INDEX film_release ON film (release_date, id) WHERE retired = 0;

CREATE TABLE price_list (
    id BIGINT PRIMARY KEY,
    cinema_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    retired BIGINT NOT NULL
);
CREATE INDEX price_list_cinema ON price_list (cinema_id, name, id);

-- Prices of one version of a list: written once, never changed. A screening
-- that is over keeps the prices it had.
CREATE TABLE price_table (
    price_list_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    prices TEXT NOT NULL,
    PRIMARY KEY (price_list_id, version)
);

-- `price_from` and `seats` follow from plan and prices; they are kept because
-- lists search and show them. `order_untold` is 1 while the order service has
-- still to take note of a cancellation.
CREATE TABLE screening (
    film_sid BIGINT PRIMARY KEY,
    film_id BIGINT NOT NULL,
    cinema_id BIGINT NOT NULL,
    hall_id BIGINT NOT NULL,
    plan_version BIGINT NOT NULL,
    price_list_id BIGINT NOT NULL,
    price_version BIGINT NOT NULL,
    price_from BIGINT NOT NULL,
    seats BIGINT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    sales_open_at BIGINT NOT NULL,
    sales_close_at BIGINT NOT NULL,
    language TEXT NOT NULL,
    language_key TEXT NOT NULL,
    subtitles TEXT NOT NULL,
    format TEXT NOT NULL,
    format_key TEXT NOT NULL,
    cancelled BIGINT NOT NULL,
    cancel_reason TEXT NOT NULL,
    order_untold BIGINT NOT NULL,
    version BIGINT NOT NULL
);
-- All that a search asks of a screening, in the order of the answer.
CREATE INDEX screening_programme ON screening
    (cancelled, starts_at, film_sid, film_id, cinema_id, language_key, format_key, price_from);
CREATE INDEX screening_film ON screening (film_id, cancelled, starts_at, film_sid, cinema_id);
CREATE INDEX screening_cinema ON screening (cinema_id, cancelled, starts_at, film_sid, film_id);
CREATE INDEX screening_hall ON screening (hall_id, cancelled, starts_at);
CREATE INDEX screening_price_list ON screening (price_list_id, cancelled, starts_at);
CREATE INDEX screening_untold ON screening (film_sid) WHERE order_untold = 1;

-- First answers to requests with an idempotency key: the answer is the encoded
-- message, base64.
CREATE TABLE idempotency (
    caller TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    digest TEXT NOT NULL,
    answer TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (caller, idempotency_key)
);
CREATE INDEX idempotency_created ON idempotency (created_at);
