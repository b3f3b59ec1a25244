"""What every table of the console's database is declared on."""

from sqlalchemy import MetaData

metadata = MetaData()
