"""The inbox: channel systems post complaints to a topic, and every record is answered on another one."""
