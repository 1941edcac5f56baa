#!/usr/bin/env bash
# Makes Marquee's role and its three databases; the PostgreSQL image runs it when
# its volume is new. Elsewhere: POSTGRES_USER=postgres MARQUEE_DB_PASSWORD=... deploy/postgres-init.sh
set -euo pipefail
psql --set=ON_ERROR_STOP=1 --set=password="$MARQUEE_DB_PASSWORD" --username="$POSTGRES_USER" --dbname=postgres <<'SQL'
CREATE ROLE marquee LOGIN PASSWORD :'password';
CREATE DATABASE users OWNER marquee;
CREATE DATABASE films OWNER marquee;
CREATE DATABASE orders OWNER marquee;
SQL
