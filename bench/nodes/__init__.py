"""Two web nodes and two workers that stop and start under load: what users meet, and what is lost.

Each is installed in a folder of its own with its own `.env`, as docs/operations.md says. They share
one PostgreSQL and one bucket. nginx stands before the nodes, with the settings of deploy/nginx.conf.
"""
