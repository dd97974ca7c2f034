"""What is kept: tables, migrations, one module of queries for each noun."""
