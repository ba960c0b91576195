-- The service's own role on PostgreSQL: it adds to the log and never takes from it.
--
-- Run after each `flask --app wsgi migrate`, as the owner of the tables, in the registry's database:
--     psql -v service=registry_service -f deploy/service-role.sql DATABASE
-- The service then connects as that role; `migrate` and `audit retire` stay with the owner.

GRANT USAGE ON SCHEMA public TO :"service";
REVOKE ALL ON SCHEMA log_months FROM :"service";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"service";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO :"service";

-- Rows of these are only ever added. A tile of the hash tree grows at the right edge, so it is also replaced:
-- what it says is held by the signed checkpoints.
REVOKE UPDATE, DELETE, TRUNCATE ON log, log_seals, log_tombstones FROM :"service";
REVOKE DELETE, TRUNCATE ON log_tiles FROM :"service";
