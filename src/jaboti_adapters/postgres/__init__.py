"""PostgreSQL: statements are written with SQLAlchemy Core, compiled once, and run on asyncpg."""
