#!/bin/sh
# Run once by the image of PostgreSQL, as the superuser, in an empty data directory.
set -eu

run() { psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" "$@"; }

run --dbname=postgres --file=/laufzettel/roles.sql
for role in migrator service queue; do
  # By a variable of psql, so that the password stands in no process list.
  { printf '\\set password `cat /run/secrets/%s_password`\n' "$role"
    printf "ALTER ROLE laufzettel_%s PASSWORD :'password';\n" "$role"
  } | run --dbname=postgres
done
run --dbname=postgres --command='CREATE DATABASE laufzettel OWNER laufzettel_migrator'
run --dbname=laufzettel --file=/laufzettel/database.sql
