"""The rows of a plan as OData v4, read only, for programs that refresh a sheet by themselves.

Each entity set is one entry of a table over the API's schemas and rows; nothing here reads the database by itself.
"""
