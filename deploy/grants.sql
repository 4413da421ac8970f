-- What the two roles may do in a database of Plan Register. Run it as a superuser, before `migrate` or `pg_restore`.
-- The owner makes tables; the application reads and writes rows.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
-- A temporary table would stand before the real one of its name, for triggers too.
REVOKE ALL ON DATABASE :"DBNAME" FROM PUBLIC;
-- No role of another installation gets in.
GRANT CONNECT ON DATABASE :"DBNAME" TO plan_owner;
GRANT CONNECT ON DATABASE :"DBNAME" TO plan;
GRANT USAGE, CREATE ON SCHEMA public TO plan_owner;
GRANT USAGE ON SCHEMA public TO plan;
ALTER DEFAULT PRIVILEGES FOR ROLE plan_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO plan;
ALTER DEFAULT PRIVILEGES FOR ROLE plan_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO plan;
